"""Log-in, passwords, and the users and roles that the admin keeps."""

from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from partenamut.accounts import services
from partenamut.accounts.forms import (
    LoginForm,
    NewPasswordForm,
    PasswordForm,
    ResetForm,
    UserEditForm,
    UserForm,
)
from partenamut.accounts.lists import UserList
from partenamut.accounts.models import User
from partenamut.accounts.permissions import requires, user_of
from partenamut.accounts.roles import Permission, Role


class Login(auth_views.LoginView):
    """The log-in page; who is logged in already goes on."""

    template_name = "accounts/login.html"
    authentication_form = LoginForm
    redirect_authenticated_user = True


class PasswordChange(auth_views.PasswordChangeView):
    """A new password for who is logged in; other sessions end."""

    template_name = "accounts/password_change_form.html"
    form_class = PasswordForm
    success_url = reverse_lazy("accounts:password_change_done")


class PasswordChangeDone(auth_views.PasswordChangeDoneView):
    """Says that the password was changed."""

    template_name = "accounts/password_change_done.html"


@method_decorator(login_not_required, name="dispatch")
class PasswordReset(auth_views.PasswordResetView):
    """Asks for the address to which the link goes."""

    template_name = "accounts/password_reset_form.html"
    email_template_name = "accounts/password_reset_email.txt"
    subject_template_name = "accounts/password_reset_subject.txt"
    form_class = ResetForm
    success_url = reverse_lazy("accounts:password_reset_done")


@method_decorator(login_not_required, name="dispatch")
class PasswordResetDone(auth_views.PasswordResetDoneView):
    """Says that a link was sent if the address is known."""

    template_name = "accounts/password_reset_done.html"


@method_decorator(login_not_required, name="dispatch")
class PasswordResetConfirm(auth_views.PasswordResetConfirmView):
    """Takes the new password behind the link."""

    template_name = "accounts/password_reset_confirm.html"
    form_class = NewPasswordForm
    success_url = reverse_lazy("accounts:password_reset_complete")


@method_decorator(login_not_required, name="dispatch")
class PasswordResetComplete(auth_views.PasswordResetCompleteView):
    """Says that the new password holds."""

    template_name = "accounts/password_reset_complete.html"


@requires(Permission.MANAGE_USERS)
def users(request: HttpRequest) -> HttpResponseBase:
    """All users with their roles."""
    return UserList(User.objects.prefetch_related("role_assignments")).respond(
        request, title=_("Users"), actions=[{"label": _("Add a user"), "url": reverse("accounts:new_user")}]
    )


@requires(Permission.MANAGE_USERS)
@require_http_methods(["GET", "POST"])
def new_user(request: HttpRequest) -> HttpResponse:
    """A user made by the admin; they set their own password through the reset link."""
    form = UserForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = services.create_user(
            **{name: form.cleaned_data[name] for name in ("name", "email", "language")},
            roles=[Role(role) for role in form.cleaned_data["roles"]],
            actor=user_of(request),
            at=now(),
        )
        messages.success(
            request, _("%(name)s can now set a password with “I forgot my password”.") % {"name": user.name}
        )
        return redirect("accounts:users")
    return render(request, "accounts/user.html", {"form": form, "title": _("New user")})


@requires(Permission.MANAGE_USERS)
@require_http_methods(["GET", "POST"])
def edit_user(request: HttpRequest, public_id: str) -> HttpResponse:
    """The name, address and roles of a user; taking a role away ends the user's sessions."""
    user = get_object_or_404(User, public_id=public_id)
    form = UserEditForm(request.POST or None, instance=user, initial={"roles": sorted(user.roles)})
    title = user.name  # the form writes on the user as it is read
    if request.method == "POST" and form.is_valid():
        try:
            services.change_user(
                user=user,
                values={name: form.cleaned_data[name] for name in UserEditForm.Meta.fields},
                roles=[Role(role) for role in form.cleaned_data["roles"]],
                actor=user_of(request),
                at=now(),
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The changes to %(name)s are kept.") % {"name": user.name})
            return redirect("accounts:users")
    return render(request, "accounts/user.html", {"form": form, "title": title, "subject": user})
