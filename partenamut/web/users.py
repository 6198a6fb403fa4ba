"""Users and roles as the admin keeps them; here rather than in accounts, because each change stands in the audit."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from partenamut.accounts import services
from partenamut.accounts.forms import UserEditForm, UserForm
from partenamut.accounts.lists import UserList
from partenamut.accounts.models import User
from partenamut.accounts.permissions import requires, user_of
from partenamut.accounts.roles import Permission, Role
from partenamut.audit.services import record


@transaction.atomic
def create(*, name: str, email: str, language: str, roles: Iterable[Role], actor: User, at: datetime) -> User:
    """The new user, with an entry in the audit."""
    given = sorted(roles)
    user = services.create_user(name=name, email=email, language=language, roles=given, actor=actor, at=at)
    changes = {"name": [None, name], "email": [None, email], "roles": [None, ", ".join(given)]}
    record(action="user_created", subject=user, actor=actor, at=at, changes=changes)
    return user


@transaction.atomic
def change(
    *, user: User, values: Mapping[str, object], roles: Iterable[Role], actor: User, at: datetime
) -> User:
    """The user with these values and roles, and an entry in the audit of what was other before."""
    stored = User.objects.select_for_update().get(pk=user.pk)
    wanted = sorted(roles)
    changes = {
        name: [getattr(stored, name), value]
        for name, value in values.items()
        if getattr(stored, name) != value
    }
    if sorted(stored.roles) != wanted:
        changes["roles"] = [", ".join(sorted(stored.roles)), ", ".join(wanted)]
    changed = services.change_user(user=stored, values=values, roles=wanted, actor=actor, at=at)
    if changes:
        record(action="user_changed", subject=changed, actor=actor, at=at, changes=changes)
    return changed


@requires(Permission.MANAGE_USERS)
def users(request: HttpRequest) -> HttpResponseBase:
    """All users with their roles."""
    return UserList(User.objects.prefetch_related("role_assignments")).respond(
        request, title=_("Users"), actions=[{"label": _("Add a user"), "url": reverse("web:new_user")}]
    )


@requires(Permission.MANAGE_USERS)
@require_http_methods(["GET", "POST"])
def new_user(request: HttpRequest) -> HttpResponse:
    """A user made by the admin; they set their own password through the reset link."""
    form = UserForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = create(
            **{name: form.cleaned_data[name] for name in ("name", "email", "language")},
            roles=[Role(role) for role in form.cleaned_data["roles"]],
            actor=user_of(request),
            at=now(),
        )
        messages.success(
            request, _("%(name)s can now set a password with “I forgot my password”.") % {"name": user.name}
        )
        return redirect("web:users")
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
            change(
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
            return redirect("web:users")
    return render(request, "accounts/user.html", {"form": form, "title": title, "subject": user})
