"""The adviser's queue: the list with its figures, several requests assigned at once, saved views."""

import uuid

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from convalescence.forms.desk import AssignForm, BulkForm, SaveViewForm, ViewNameForm, known_query
from convalescence.models import SavedView
from convalescence.readings.queue import QueueList, figures, queue_of, tabs
from convalescence.services import desk
from convalescence.views.desk import requests_seen_by
from partenamut.accounts.permissions import requires, user_of
from partenamut.accounts.roles import Permission
from partenamut.registry.desk_views import into_form

TITLE = gettext_lazy("Requests")


@require_safe
@requires(Permission.HANDLE_REQUESTS)
def queue(request: HttpRequest) -> HttpResponseBase:
    """The requests that wait, narrowed by filters."""
    user, today = user_of(request), localdate()
    counted = figures(user, today)
    query = known_query(request.GET.urlencode())
    return QueueList(queue_of(user, today)).respond(
        request,
        title=TITLE,
        tabs=tabs(request, counted),
        figures=counted,
        views=SavedView.objects.filter(owner=user).order_by("name"),
        bulk=AssignForm(prefix="bulk"),
        save=SaveViewForm(initial={"query": query}) if query else None,
        query=query,
    )


@require_POST
@requires(Permission.HANDLE_REQUESTS)
def assign_many(request: HttpRequest) -> HttpResponse:
    """Assigns the requests that were ticked, and leads back to the same list."""
    user = user_of(request)
    form = BulkForm(request.POST, requests=requests_seen_by(user), prefix="bulk")
    if form.is_valid():
        picked = list(form.cleaned_data["picked"])
        desk.assign_all(requests=picked, assignee=form.chosen(user), actor=user, at=timezone.now())
        done = ngettext("%(count)d request assigned.", "%(count)d requests assigned.", len(picked))
        messages.success(request, done % {"count": len(picked)})
    else:
        _say_errors(request, form)
    query = known_query(request.POST.get("bulk-query", "")[:500])
    return redirect(f"{reverse('convalescence:queue')}?{query}")


@require_POST
@requires(Permission.HANDLE_REQUESTS)
def save_view(request: HttpRequest) -> HttpResponse:
    """Keeps the filters in use under a name."""
    form = SaveViewForm(request.POST)
    if form.is_valid():
        try:
            view = desk.save_view(owner=user_of(request), **form.cleaned_data)
            messages.success(request, _("The view “%(name)s” is saved.") % {"name": view.name})
            return redirect(f"{reverse('convalescence:queue')}?{view.query}")
        except ValidationError as error:
            into_form(form, error)
    return render(request, "convalescence/desk/view.html", {"form": form, "view": None})


@requires(Permission.HANDLE_REQUESTS)
def saved_view(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """A saved view of one's own under another name."""
    view = get_object_or_404(SavedView, owner=user_of(request), public_id=public_id)
    form = ViewNameForm(request.POST or None, initial={"name": view.name})
    if request.method == "POST" and form.is_valid():
        try:
            desk.rename_view(view=view, name=form.cleaned_data["name"])
            messages.success(request, _("The view is now called “%(name)s”.") % {"name": view.name})
            return redirect(f"{reverse('convalescence:queue')}?{view.query}")
        except ValidationError as error:
            into_form(form, error)
    return render(request, "convalescence/desk/view.html", {"form": form, "view": view})


@require_POST
@requires(Permission.HANDLE_REQUESTS)
def drop_view(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """A saved view of one's own removed; the requests stay."""
    view = get_object_or_404(SavedView, owner=user_of(request), public_id=public_id)
    view.delete()
    messages.success(request, _("The view “%(name)s” is removed.") % {"name": view.name})
    return redirect("convalescence:queue")


def _say_errors(request: HttpRequest, form: BulkForm) -> None:
    for errors in form.errors.values():
        for sentence in errors:
            messages.error(request, str(sentence))
