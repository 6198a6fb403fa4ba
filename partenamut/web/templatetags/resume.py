"""The hidden field that says whose form it is, so that a form sent too late is not lost."""

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from partenamut.web.resume import OWNER, owner_of

register = template.Library()


@register.simple_tag(takes_context=True)
def owner(context: Any) -> SafeString | str:
    """A hidden input for every POST form of a closed page; nothing for a visitor."""
    request = context.get("request") or getattr(context, "request", None)
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return ""
    return format_html('<input type="hidden" name="{}" value="{}">', OWNER, owner_of(user))
