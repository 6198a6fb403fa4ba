"""Template help of the member's pages of claims."""

from django import template

from hospitalisation.readings.states import TONES

register = template.Library()


@register.filter
def tone(status: str) -> str:
    """The colour of a state; its words stand beside it."""
    return TONES[status]
