"""What every page that changes the registry does: show the form, do the deed, say what was done, lead back."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from partenamut.registry.forms import F, refuse

TEMPLATE = "registry/form.html"


def accepted(form: F, deed: Callable[[dict[str, Any]], object]) -> bool:
    """Whether the form is right and the deed was done; what stands against it is shown on the form."""
    if not form.is_valid():
        return False
    try:
        deed(form.cleaned_data)
    except ValidationError as error:
        refuse(form, error)
        return False
    return True


def form_page(
    request: HttpRequest,
    form: F,
    deed: Callable[[dict[str, Any]], object],
    *,
    title: Any,
    submit: Any,
    done: Any,
    back: str,
    back_label: Any,
    lead: Any = "",
    warning: Any = "",
    template: str = TEMPLATE,
    **extra: Any,
) -> HttpResponse:
    """The page of a form; once the deed is done, the way back with a message."""
    if request.method == "POST" and accepted(form, deed):
        messages.success(request, done)
        return redirect(back)
    context = {
        "title": title,
        "form": form,
        "submit": submit,
        "back": back,
        "back_label": back_label,
        "lead": lead,
        "warning": warning,
    }
    return render(request, template, context | extra)
