"""Template help of the resident's side: what is to be paid of an invoice, and where it stands."""

from decimal import Decimal
from typing import Any

from django import template

from residences.readings import own_money

register = template.Library()


@register.filter
def to_pay(invoice: Any) -> Decimal:
    """What is still to be paid of an invoice."""
    return own_money.to_pay(invoice)


@register.inclusion_tag("components/status_tag.html")
def invoice_tag(invoice: Any) -> dict[str, Any]:
    """Where an invoice stands, in words on a tint."""
    state = own_money.state_of(invoice)
    return {"text": state.label, "tone": own_money.TONES[state]}
