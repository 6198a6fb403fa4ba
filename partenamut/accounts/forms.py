"""The forms of log-in and passwords, in the look of the portal."""

from django import forms
from django.contrib.auth import forms as auth_forms
from django.utils.translation import gettext_lazy as _

from partenamut.accounts.models import User
from partenamut.accounts.roles import Role
from partenamut.web.forms import PortalForm, PortalModelForm


class LoginForm(PortalForm, auth_forms.AuthenticationForm):
    """E-mail address and password."""

    error_messages = {
        **auth_forms.AuthenticationForm.error_messages,
        "invalid_login": _(
            "This address and password do not go together. After five tries log-in is locked for a while."
        ),
    }


class PasswordForm(PortalForm, auth_forms.PasswordChangeForm):
    """The present password and the new one, twice."""


class ResetForm(PortalForm, auth_forms.PasswordResetForm):
    """The address to which the link is sent."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class NewPasswordForm(PortalForm, auth_forms.SetPasswordForm):  # type: ignore[type-arg]
    """The new password, twice."""


class UserForm(PortalModelForm):
    """A user as the admin enters one."""

    roles = forms.MultipleChoiceField(
        label=_("Roles"), choices=Role.choices, widget=forms.CheckboxSelectMultiple, required=False
    )

    class Meta:
        model = User
        fields: tuple[str, ...] = ("name", "email", "language")

    def clean_email(self) -> str:
        """The address in lower case, as log-in looks it up."""
        return str(self.cleaned_data["email"]).lower()


class UserEditForm(UserForm):
    """A user as the admin changes one."""

    class Meta(UserForm.Meta):
        fields = ("name", "email", "language", "is_active")
