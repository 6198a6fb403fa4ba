"""The queue of claims: the list with its figures, several claims assigned at once, saved views."""

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
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hospitalisation.forms.desk_queue import AssignManyForm, SaveViewForm, ViewNameForm, known_query
from hospitalisation.models import SavedView
from hospitalisation.readings.queue import QueueList, claims_of, figures, queue_of, tabs
from hospitalisation.services import queue as services
from partenamut.accounts.permissions import requires, user_of
from partenamut.accounts.roles import Permission
from partenamut.registry.desk_views import into_form

TITLE = gettext_lazy("Claims of the hospital insurance")


@require_safe
@requires(Permission.HANDLE_REQUESTS)
def queue(request: HttpRequest) -> HttpResponseBase:
    """The claims that wait, narrowed by filters."""
    user, today = user_of(request), localdate()
    counted = figures(user, today)
    query = known_query(request.GET.urlencode())
    return QueueList(queue_of(user, today)).respond(
        request,
        title=TITLE,
        tabs=tabs(request, counted),
        figures=counted,
        views=SavedView.objects.filter(owner=user).order_by("name"),
        bulk=AssignManyForm(prefix="bulk"),
        save=SaveViewForm(initial={"query": query}) if query else None,
        query=query,
    )


@require_POST
@requires(Permission.HANDLE_REQUESTS)
def assign_many(request: HttpRequest) -> HttpResponse:
    """Assigns the claims that were ticked, and leads back to the same list."""
    user = user_of(request)
    form = AssignManyForm(request.POST, claims=claims_of(user, localdate()), prefix="bulk")
    if form.is_valid():
        picked = list(form.cleaned_data["picked"])
        services.assign_all(claims=picked, assignee=form.chosen(user), actor=user, at=timezone.now())
        done = ngettext("%(count)d claim assigned.", "%(count)d claims assigned.", len(picked))
        messages.success(request, done % {"count": len(picked)})
    else:
        _say_errors(request, form)
    return _to_queue(known_query(request.POST.get("bulk-query", "")[:500]))


@require_POST
@requires(Permission.HANDLE_REQUESTS)
def save_view(request: HttpRequest) -> HttpResponse:
    """Keeps the filters in use under a name."""
    form = SaveViewForm(request.POST)
    if form.is_valid():
        try:
            view = services.save_view(owner=user_of(request), **form.cleaned_data)
            messages.success(request, _("The view “%(name)s” is saved.") % {"name": view.name})
            return _to_queue(view.query)
        except ValidationError as error:
            into_form(form, error)
    return render(request, "hospitalisation/desk/queue_view.html", {"form": form, "view": None})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.HANDLE_REQUESTS)
def saved_view(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """A saved view of one's own under another name."""
    view = get_object_or_404(SavedView, owner=user_of(request), public_id=public_id)
    form = ViewNameForm(request.POST or None, initial={"name": view.name})
    if request.method == "POST" and form.is_valid():
        try:
            services.rename_view(view=view, name=form.cleaned_data["name"])
            messages.success(request, _("The view is now called “%(name)s”.") % {"name": view.name})
            return _to_queue(view.query)
        except ValidationError as error:
            into_form(form, error)
    return render(request, "hospitalisation/desk/queue_view.html", {"form": form, "view": view})


@require_POST
@requires(Permission.HANDLE_REQUESTS)
def drop_view(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """A saved view of one's own removed; the claims stay."""
    view = get_object_or_404(SavedView, owner=user_of(request), public_id=public_id)
    view.delete()
    messages.success(request, _("The view “%(name)s” is removed.") % {"name": view.name})
    return redirect("hospitalisation:queue")


def _to_queue(query: str) -> HttpResponse:
    return redirect(f"{reverse('hospitalisation:queue')}?{query}")


def _say_errors(request: HttpRequest, form: AssignManyForm) -> None:
    for errors in form.errors.values():
        for sentence in errors:
            messages.error(request, str(sentence))
