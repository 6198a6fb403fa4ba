"""Pages of what the price includes and of the special clauses of a home."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from partenamut.accounts.permissions import user_of
from partenamut.registry.deeds import form_page
from partenamut.registry.history import history_of
from partenamut.registry.lists import way
from partenamut.web.resume import posted
from residences.forms.house_texts import (
    ClauseForm,
    IncludedForm,
    NewClauseForm,
    NewIncludedForm,
    StandardListForm,
)
from residences.forms.tariffs import LastDayForm
from residences.rules.included import LAWFUL
from residences.services import house_texts as services
from residences.views.loading import directs, home_of
from residences.views.settings import FORM, way_back
from residences.views.settings_lists import ClauseList, IncludedList


@directs
@require_safe
def included(request: HttpRequest, home_id: uuid.UUID) -> HttpResponseBase:
    """What the price includes, in the order of the conventions."""
    home = home_of(request, home_id)
    load = way(_("Load the standard list"), "residences:settings_load_included", home.public_id)
    add = way(_("Add an element"), "residences:settings_add_included", home.public_id)
    return IncludedList(home.included.all(), empty_action=load).respond(
        request,
        title=_("What the price includes"),
        lead=_("A closed list, kept with the convention: none of it is charged as a supplement (art. 4 §2)."),
        actions=[add, load],
        lawful={element.code for element in LAWFUL},
        **way_back(home),
    )


@directs
@require_http_methods(["GET", "POST"])
def load_included(request: HttpRequest, home_id: uuid.UUID) -> HttpResponse:
    """The standard list, in one go."""
    home = home_of(request, home_id)

    def load(cleaned: dict[str, Any]) -> None:
        count = services.load_standard(home=home, **cleaned, actor=user_of(request), at=timezone.now())
        if not count:
            messages.info(request, _("All elements of the standard list stood there already."))

    return form_page(
        request,
        StandardListForm(posted(request), initial={"first_day": localdate()}),
        load,
        title=_("Load the standard list"),
        lead=_(
            "All that the law asks the daily price to include, in the language of the home. Elements that stand in "
            "the list already are left alone."
        ),
        submit=_("Load the list"),
        done=_("The standard list stands among what the price includes."),
        template=FORM,
        **_to_included(home),
    )


@directs
@require_http_methods(["GET", "POST"])
def add_included(request: HttpRequest, home_id: uuid.UUID) -> HttpResponse:
    """An element of the home's own."""
    home = home_of(request, home_id)

    def add(cleaned: dict[str, Any]) -> None:
        services.add_included(home=home, **cleaned, actor=user_of(request), at=timezone.now())

    return form_page(
        request,
        NewIncludedForm(posted(request), initial={"first_day": localdate()}),
        add,
        title=_("Add an element"),
        lead=_("It stands at the end of the list; conventions that are signed keep theirs."),
        submit=_("Add the element"),
        done=_("The element is added."),
        template=FORM,
        **_to_included(home),
    )


@directs
@require_http_methods(["GET", "POST"])
def change_included(request: HttpRequest, home_id: uuid.UUID, element_id: uuid.UUID) -> HttpResponse:
    """The words of an element."""
    home = home_of(request, home_id)
    element = get_object_or_404(home.included, public_id=element_id)
    initial = {"text": element.text, "guard_words": element.guard_words}

    def change(cleaned: dict[str, Any]) -> None:
        services.change_included(element=element, **cleaned, actor=user_of(request), at=timezone.now())

    return form_page(
        request,
        IncludedForm(posted(request), initial=initial),
        change,
        title=_("Change the element"),
        lead=_("Texts that were offered or signed keep the words they were made with."),
        submit=_("Keep the changes"),
        done=_("The changes are kept."),
        template=FORM,
        history=history_of(element),
        **_to_included(home),
    )


@directs
@require_http_methods(["GET", "POST"])
def end_included(request: HttpRequest, home_id: uuid.UUID, element_id: uuid.UUID) -> HttpResponse:
    """The last day of an element."""
    home = home_of(request, home_id)
    element = get_object_or_404(home.included, public_id=element_id)

    def end(cleaned: dict[str, Any]) -> None:
        services.end_included(element=element, **cleaned, actor=user_of(request), at=timezone.now())

    return form_page(
        request,
        LastDayForm(posted(request), initial={"last_day": element.last_day}),
        end,
        title=_("End an element of the price"),
        lead=element.text,
        warning=_("From the day after, new conventions leave it out, and it may become a supplement."),
        submit=_("Keep the last day"),
        done=_("The last day is kept."),
        template=FORM,
        **_to_included(home),
    )


@directs
@require_POST
def move_included(request: HttpRequest, home_id: uuid.UUID, element_id: uuid.UUID) -> HttpResponse:
    """An element a place up or down."""
    home = home_of(request, home_id)
    element = get_object_or_404(home.included, public_id=element_id)
    by: dict[str, Any] = {"actor": user_of(request), "at": timezone.now()}
    services.move_included(element=element, up="up" in request.POST, on=localdate(), **by)
    return redirect(_place(home, "settings_included", element.public_id))


# --- special clauses ----------------------------------------------------------------------------------------


@directs
@require_safe
def clauses(request: HttpRequest, home_id: uuid.UUID) -> HttpResponseBase:
    """The special clauses, in the order of the conventions."""
    home = home_of(request, home_id)
    add = way(_("Add a clause"), "residences:settings_add_clause", home.public_id)
    return ClauseList(home.clauses.all(), empty_action=add).respond(
        request,
        title=_("Special clauses"),
        lead=_("New conventions have them; each can still be changed for one resident (art. 12)."),
        actions=[add],
        **way_back(home),
    )


@directs
@require_http_methods(["GET", "POST"])
def add_clause(request: HttpRequest, home_id: uuid.UUID) -> HttpResponse:
    """A new clause; refused where it weakens a rule."""
    home = home_of(request, home_id)

    def add(cleaned: dict[str, Any]) -> None:
        services.add_clause(home=home, **cleaned, actor=user_of(request), at=timezone.now())

    return form_page(
        request,
        NewClauseForm(posted(request), initial={"first_day": localdate()}),
        add,
        title=_("Add a clause"),
        submit=_("Add the clause"),
        done=_("The clause is added."),
        template=FORM,
        **_to_clauses(home),
    )


@directs
@require_http_methods(["GET", "POST"])
def change_clause(request: HttpRequest, home_id: uuid.UUID, clause_id: uuid.UUID) -> HttpResponse:
    """The words of a clause."""
    home = home_of(request, home_id)
    clause = get_object_or_404(home.clauses, public_id=clause_id)

    def change(cleaned: dict[str, Any]) -> None:
        services.change_clause(clause=clause, changes=cleaned, actor=user_of(request), at=timezone.now())

    return form_page(
        request,
        ClauseForm(posted(request), initial={"text": clause.text}),
        change,
        title=_("Change the clause"),
        lead=_("Conventions that have it keep it as it was."),
        submit=_("Keep the changes"),
        done=_("The changes are kept."),
        template=FORM,
        history=history_of(clause),
        **_to_clauses(home),
    )


@directs
@require_http_methods(["GET", "POST"])
def end_clause(request: HttpRequest, home_id: uuid.UUID, clause_id: uuid.UUID) -> HttpResponse:
    """The last day of a clause."""
    home = home_of(request, home_id)
    clause = get_object_or_404(home.clauses, public_id=clause_id)

    def end(cleaned: dict[str, Any]) -> None:
        services.end_clause(clause=clause, **cleaned, actor=user_of(request), at=timezone.now())

    return form_page(
        request,
        LastDayForm(posted(request), initial={"last_day": clause.last_day}),
        end,
        title=_("End a special clause"),
        lead=clause.text,
        warning=_("Conventions drafted after that day leave it out; those that have it keep it."),
        submit=_("Keep the last day"),
        done=_("The last day is kept."),
        template=FORM,
        **_to_clauses(home),
    )


@directs
@require_POST
def move_clause(request: HttpRequest, home_id: uuid.UUID, clause_id: uuid.UUID) -> HttpResponse:
    """A clause a place up or down."""
    home = home_of(request, home_id)
    clause = get_object_or_404(home.clauses, public_id=clause_id)
    by: dict[str, Any] = {"actor": user_of(request), "at": timezone.now()}
    services.move_clause(clause=clause, up="up" in request.POST, on=localdate(), **by)
    return redirect(_place(home, "settings_clauses", clause.public_id))


# --- inside -------------------------------------------------------------------------------------------------


def _to_included(home: Any) -> dict[str, Any]:
    return way_back(home, "settings_included", _("What the price includes"))


def _to_clauses(home: Any) -> dict[str, Any]:
    return way_back(home, "settings_clauses", _("Special clauses"))


def _place(home: Any, name: str, row_id: uuid.UUID) -> str:
    """The address of a row in its list."""
    return f"{reverse(f'residences:{name}', args=[home.public_id])}#row-{row_id}"
