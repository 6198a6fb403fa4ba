"""A member's own account pages: where they are paid, and who opened their file."""

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.contrib.auth import authenticate
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from partenamut.accounts.models import User
from partenamut.accounts.permissions import requires, user_of
from partenamut.accounts.roles import Permission, Role
from partenamut.audit import words
from partenamut.audit.models import Access
from partenamut.registry.masking import masked_iban
from partenamut.registry.models import Member
from partenamut.registry.services.members import change_iban
from partenamut.web.forms import IbanField, PortalForm
from partenamut.web.resume import posted
from partenamut.web.worklist import Column, DayFilter, ListFilter, WorkList

member_page = requires(Permission.FILE_REQUESTS)
#: A change of account is confirmed within this time.
CONFIRM_SECONDS = 15 * 60
_SALT = "partenamut.web.iban"


class IbanForm(PortalForm):
    """The account number that payments should go to."""

    iban = IbanField(label=gettext_lazy("New account number (IBAN)"))


class ConfirmForm(PortalForm):
    """The password once more, with the signed number that was typed before."""

    token = forms.CharField(max_length=300, widget=forms.HiddenInput)
    password = forms.CharField(
        label=gettext_lazy("Your password"),
        help_text=gettext_lazy("So that nobody else changes where your money goes."),
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        strip=False,
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_password(self) -> str:
        """The password of the user."""
        password: str = self.cleaned_data["password"]
        # Through the backends of the log-in: they count wrong passwords and shut the door after some.
        if authenticate(self.request, username=user_of(self.request).email, password=password) is None:
            raise ValidationError(_("This is not your password. Type it again."))
        return password


@require_http_methods(["GET", "POST"])
@member_page
def iban(request: HttpRequest) -> HttpResponse:
    """The account in use, and another one in its place."""
    member = _own(request)
    form = IbanForm(posted(request))
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["iban"] == member.iban:
            form.add_error("iban", _("This is the account that we already use."))
        else:
            return _confirm_page(request, member, form.cleaned_data["iban"])
    context = {"form": form, "current": masked_iban(member.iban)}
    return render(request, "web/account/iban.html", context)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
@member_page
def confirm_iban(request: HttpRequest) -> HttpResponse:
    """The change itself, with the password; the number is the one that was shown."""
    member, user = _own(request), user_of(request)
    if request.method == "GET":
        return redirect("web:iban")
    form = ConfirmForm(request.POST, request=request)
    typed = _unsigned(request.POST.get("token", ""), user)
    if typed is None:
        messages.warning(request, _("Too much time has passed. Type the account number again."))
        return redirect("web:iban")
    if not form.is_valid():
        return _confirm_page(request, member, typed, form)
    change_iban(member=member, iban=typed, actor=user, at=now())
    messages.success(request, _("Your account number is changed. Payments to come go to the new account."))
    return redirect("web:iban")


def _confirm_page(
    request: HttpRequest, member: Member, typed: str, form: ConfirmForm | None = None
) -> HttpResponse:
    token = signing.dumps([user_of(request).pk, typed], salt=_SALT)
    form = form or ConfirmForm(initial={"token": token}, request=request)
    context = {"form": form, "old": masked_iban(member.iban), "new": typed}
    return render(request, "web/account/confirm_iban.html", context)


def _unsigned(token: str, user: User) -> str | None:
    try:
        key, typed = signing.loads(token, salt=_SALT, max_age=CONFIRM_SECONDS)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return str(typed) if key == user.pk else None


def _own(request: HttpRequest) -> Member:
    """The user's own file; an account is never changed for somebody else here."""
    member = Member.objects.filter(user=user_of(request)).first()
    if member is None:
        raise Http404
    return member


# --- who opened my file -----------------------------------------------------------------------------------

PURPOSES = {
    "mandate": gettext_lazy("Acts for you"),
    "request": gettext_lazy("To handle a request"),
    "search": gettext_lazy("To find your file"),
}


def _roles(row: Access) -> str:
    labels = dict(Role.choices)
    return ", ".join(str(labels.get(role, role)) for role in row.roles.split(",") if role)


def _purpose(row: Access) -> str:
    return str(PURPOSES.get(row.purpose) or words.purpose(row.purpose))


class AccessFilter(ListFilter):
    """From a day on."""

    since = DayFilter(field_name="at", lookup_expr="gte", moment=True, label=gettext_lazy("From"))


class MyAccesses(WorkList):
    """When, in which role and why; never by whom by name, nor which page."""

    columns = (
        Column("at", gettext_lazy("Day"), "at", kind="day", sort="at"),
        Column("roles", gettext_lazy("Role"), _roles),
        Column("purpose", gettext_lazy("Why"), _purpose),
    )
    filterset_class: ClassVar = AccessFilter
    ordering = ("-at",)
    export_name = gettext_lazy("accesses-to-my-file")
    empty_text = gettext_lazy("Nobody has opened your file yet.")


@require_safe
@member_page
def accesses(request: HttpRequest) -> HttpResponseBase:
    """Who opened my file: day, role, purpose."""
    member = _own(request)
    rows = Access.objects.filter(person_id=member.public_id, allowed=True)
    lead = _("Each time somebody else opens your file, a line is kept that nobody can change.")
    return MyAccesses(rows).respond(request, title=_("Who opened my file"), lead=lead)
