"""The dated rows that hang on a record of the registry: their section on its page, and the forms that begin, end, correct."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from partenamut.accounts.permissions import user_of
from partenamut.registry.deeds import form_page
from partenamut.registry.forms import CorrectionForm, DaysCorrectionForm, EndForm, PeriodForm
from partenamut.registry.models import DatedRow


@dataclass(frozen=True)
class Kind:
    """A kind of dated row of a record: its words, its form and its use cases."""

    title: Any
    add: Any
    stop: Any
    empty: Any
    consequence: Any
    form: type[PeriodForm]
    rows: Callable[[Any], models.QuerySet[Any]]
    about: Callable[[Any], str]
    begin: Callable[..., DatedRow]
    end: Callable[..., DatedRow]
    #: None: a row that was entered wrong is ended and entered anew.
    correct: Callable[..., DatedRow] | None = None
    correction: type[CorrectionForm] = DaysCorrectionForm
    #: A further page of the record for rows of this kind: its label and the name of its address.
    beside: tuple[Any, str] | None = None


@dataclass(frozen=True)
class RowPages:
    """The pages of all kinds of dated rows of one kind of record; addresses take its public id, the kind and the row's."""

    kinds: Mapping[str, Kind]
    add_name: str
    end_name: str
    #: The page of the record itself.
    home_name: str
    correct_name: str = ""

    def sections(self, owner: Any) -> list[dict[str, Any]]:
        """What the page of a record shows of each kind."""
        return [self._section(name, kind, owner) for name, kind in self.kinds.items()]

    def add(self, request: HttpRequest, owner: Any, name: str) -> HttpResponse:
        """The form of a new row."""
        kind = self._kind(name)

        def begin(cleaned: dict[str, Any]) -> None:
            kind.begin(owner, cleaned, actor=user_of(request), at=timezone.now())

        return form_page(
            request,
            kind.form(request.POST or None),
            begin,
            title=kind.add,
            lead=str(owner),
            submit=kind.add,
            done=_("It is entered."),
            **self._way_back(owner),
        )

    def end(self, request: HttpRequest, owner: Any, name: str, row_id: Any) -> HttpResponse:
        """The form of a row's last day."""
        kind = self._kind(name)
        row = get_object_or_404(kind.rows(owner), public_id=row_id)

        def end(cleaned: dict[str, Any]) -> None:
            kind.end(row, actor=user_of(request), at=timezone.now(), **cleaned)

        return form_page(
            request,
            EndForm(request.POST or None, initial={"last_day": row.last_day}),
            end,
            title=kind.stop,
            lead=str(owner),
            warning=kind.consequence,
            submit=kind.stop,
            done=_("The last day is kept."),
            row=row,
            row_about=kind.about(row),
            **self._way_back(owner),
        )

    def correct(self, request: HttpRequest, owner: Any, name: str, row_id: Any) -> HttpResponse:
        """The form of what a row should have said from the start; 404 for a kind that is not corrected."""
        kind = self._kind(name)
        if kind.correct is None:
            raise Http404
        row, service = get_object_or_404(kind.rows(owner), public_id=row_id), kind.correct

        def correct(cleaned: dict[str, Any]) -> None:
            reason = cleaned.pop("reason")
            service(row, changes=cleaned, reason=reason, actor=user_of(request), at=timezone.now())

        initial = {name: getattr(row, name) for name in kind.correction.base_fields if name != "reason"}
        return form_page(
            request,
            kind.correction(request.POST or None, initial=initial),
            correct,
            title=_("Correct “%(kind)s”") % {"kind": kind.title},
            lead=str(owner),
            warning=_(
                "A correction says how it was from the start. For what changes from a day on, go back and end the row."
            ),
            submit=_("Correct"),
            done=_("It is corrected."),
            row=row,
            row_about=kind.about(row),
            **self._way_back(owner),
        )

    # --- inside

    def _kind(self, name: str) -> Kind:
        if name not in self.kinds:
            raise Http404
        return self.kinds[name]

    def _way_back(self, owner: Any) -> dict[str, Any]:
        return {"back": reverse(self.home_name, args=[owner.public_id]), "back_label": str(owner)}

    def _section(self, name: str, kind: Kind, owner: Any) -> dict[str, Any]:
        rows = kind.rows(owner).order_by("-first_day", "-pk")
        return {
            "name": name,
            "title": kind.title,
            "add": kind.add,
            "add_url": reverse(self.add_name, args=[owner.public_id, name]),
            "stop": kind.stop,
            "empty": kind.empty,
            "beside": self._beside(kind, owner),
            "rows": [self._row(name, kind, owner, row) for row in rows],
        }

    def _row(self, name: str, kind: Kind, owner: Any, row: Any) -> dict[str, Any]:
        arguments = [owner.public_id, name, row.public_id]
        return {
            "row": row,
            "about": kind.about(row),
            "url": reverse(self.end_name, args=arguments),
            "correct_url": reverse(self.correct_name, args=arguments) if kind.correct else "",
        }

    def _beside(self, kind: Kind, owner: Any) -> dict[str, Any] | None:
        if kind.beside is None:
            return None
        label, name = kind.beside
        return {"label": label, "url": reverse(name, args=[owner.public_id])}


def with_row(service: Callable[..., DatedRow], name: str) -> Callable[..., DatedRow]:
    """A use case that names its row `name`, called with the row first."""
    return lambda row, **cleaned: service(**{name: row}, **cleaned)
