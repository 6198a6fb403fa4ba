"""Pages of a home for its director: its data, how to reach it, the account on which residents pay."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from partenamut.accounts.permissions import user_of
from partenamut.registry import services as registry
from partenamut.registry.deeds import accepted, form_page
from partenamut.registry.forms import ContactForm
from partenamut.web import formats
from partenamut.web.resume import posted
from residences.forms.homes import AccountForm, OwnHomeForm, values_of
from residences.models import RestHome
from residences.readings import homes as reading
from residences.services import homes as services
from residences.views.loading import directs, home_of

FORM = "residences/settings/form.html"
HERE = "settings"


def way_back(home: RestHome, name: str = "settings", label: Any = "", *args: Any) -> dict[str, Any]:
    """What a page of the settings has in its head: the home, the menu, the way back."""
    back = reverse(f"residences:{name}", args=[home.public_id, *args])
    return {"home": home, "here": HERE, "back": back, "back_label": label or _("Rest home")}


@directs
@require_safe
def settings(request: HttpRequest, home_id: uuid.UUID) -> HttpResponse:
    """What the home keeps, what is missing, and what changed."""
    home, today = home_of(request, home_id), localdate()
    context = {
        "home": home,
        "here": HERE,
        "cards": reading.data_of(home),
        "parts": reading.parts_of(home, today),
        "remarks": reading.remarks(home, today),
        "directors": reading.directors_of(home.residence).on(today),
        "history": reading.history(home),
    }
    return render(request, "residences/settings/settings.html", context)


@directs
@require_http_methods(["GET", "POST"])
def edit_home(request: HttpRequest, home_id: uuid.UUID) -> HttpResponse:
    """Capacity, manager, courts, internal rules, language."""
    home = home_of(request, home_id)

    def edit(cleaned: dict[str, Any]) -> None:
        services.edit_own_home(home=home, changes=cleaned, actor=user_of(request), at=timezone.now())

    return form_page(
        request,
        OwnHomeForm(posted(request), initial=values_of(home, OwnHomeForm.base_fields)),
        edit,
        title=_("Change the data of the home"),
        lead=_("Texts that were offered or signed keep the data they were made with."),
        submit=_("Keep the changes"),
        done=_("The changes are kept."),
        template=FORM,
        **way_back(home),
    )


@directs
@require_http_methods(["GET", "POST"])
def edit_contact(request: HttpRequest, home_id: uuid.UUID) -> HttpResponse:
    """Phone and e-mail address, as everybody reads them."""
    home = home_of(request, home_id)
    place = home.residence

    def edit(cleaned: dict[str, Any]) -> None:
        registry.edit_contact(residence=place, **cleaned, actor=user_of(request), at=timezone.now())

    return form_page(
        request,
        ContactForm(posted(request), initial={"phone": place.phone, "email": place.email}),
        edit,
        title=_("How to reach %(name)s") % {"name": place.name},
        lead=_(
            "The name and the address are kept by the administration of the mutuality: ask it when one is wrong."
        ),
        submit=_("Keep the changes"),
        done=_("The changes are kept."),
        template=FORM,
        **way_back(home),
    )


@directs
@require_http_methods(["GET", "POST"])
def account(request: HttpRequest, home_id: uuid.UUID) -> HttpResponse:
    """The account on which residents pay, changed once the new one was looked at again."""
    home = home_of(request, home_id)
    form = AccountForm(posted(request), initial=values_of(home, AccountForm.base_fields))
    asked = request.method == "POST" and "change" not in request.POST

    def change(cleaned: dict[str, Any]) -> None:
        services.change_account(home=home, **cleaned, actor=user_of(request), at=timezone.now())

    if asked and "confirmed" in request.POST and accepted(form, change):
        messages.success(request, _("The account is changed: invoices from now on ask to pay there."))
        return redirect("residences:settings", home.public_id)
    if asked and form.is_valid():
        return render(request, "residences/settings/account.html", _account_page(home, form))
    context = {
        "form": form,
        "title": _("Account on which residents pay"),
        "lead": _("Invoices that were issued keep the account they bear."),
        "submit": _("Go on"),
        **way_back(home),
    }
    return render(request, FORM, context)


def _account_page(home: RestHome, form: AccountForm) -> dict[str, Any]:
    """The account as it is and as it would be."""
    cleaned = form.cleaned_data
    rows = [
        (_("Account until now"), formats.iban(home.iban) or _("None")),
        (_("New account"), formats.iban(cleaned["iban"])),
        (_("Holder of the account"), cleaned["account_holder"]),
    ]
    return {
        "rows": [{"label": label, "value": value} for label, value in rows],
        "kept": cleaned.items(),
        **way_back(home),
    }
