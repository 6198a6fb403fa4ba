"""The tables on the pages of a project: conventions, yearly maximums, users; with links for who may change them."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from partenamut.web import formats
from protocol3.models import Project
from protocol3.readings import projects as reading

Table = dict[str, Any]


def convention_table(project: Project, on: date, *, change: bool = False) -> Table:
    """The conventions, each leading to where it is ended or put right, if one may."""
    rows = [
        [
            _cell(
                formats.period(row.first_day, row.last_day),
                _url("change_convention", project, row) if change else "",
            ),
            row.reference,
            _state(row, on),
        ]
        for row in reading.conventions_of(project)
    ]
    return {"columns": _columns(_("Days"), _("Reference"), _("State")), "rows": rows}


def year_table(project: Project, *, change: bool = False) -> Table:
    """The maximums of the years, each leading to where it is changed, if one may."""
    rows = [
        [
            _cell(
                str(row.year),
                reverse("protocol3:change_maximum", args=[project.public_id, row.year]) if change else "",
            ),
            formats.euros(row.allowance_maximum),
            formats.euros(row.alternatives_maximum) if row.alternatives_maximum is not None else "–",
        ]
        for row in reading.years_of(project)
    ]
    columns = [
        {"label": _("Year")},
        {"label": _("Operating allowance"), "numeric": True},
        {"label": _("Night visits and care education"), "numeric": True},
    ]
    return {"columns": columns, "rows": rows}


def user_table(project: Project, on: date, *, change: bool = False) -> Table:
    """Who works for the project, with their roles; who lacks one sees nothing, and the table says so."""
    rows = []
    for each in reading.users_of(project, on):
        row = each["row"]
        rows.append(
            [
                _cell(each["user"].name, _url("end_project_user", project, row) if change else ""),
                each["user"].email,
                ", ".join(str(role) for role in each["roles"])
                or {"text": _("No role: sees nothing"), "tone": "warning"},
                formats.period(row.first_day, row.last_day),
                _state(row, on),
            ]
        )
    return {
        "columns": _columns(_("Name"), _("E-mail address"), _("Roles"), _("Days"), _("State")),
        "rows": rows,
    }


def assignment_table(project: Project, practitioner: Any, on: date) -> Table:
    """The functions of a practitioner in the project, each leading to where it is changed."""
    rows = [
        [
            _cell(
                row.get_function_display(),
                reverse(
                    "protocol3:change_function",
                    args=[project.public_id, practitioner.public_id, row.public_id],
                ),
            ),
            formats.number(row.hours_per_week, 1),
            formats.period(row.first_day, row.last_day),
            _state(row, on),
        ]
        for row in project.assignments.filter(practitioner=practitioner).order_by("-first_day", "pk")
    ]
    columns = [
        {"label": _("Function")},
        {"label": _("Hours a week"), "numeric": True},
        {"label": _("Days")},
        {"label": _("State")},
    ]
    return {"columns": columns, "rows": rows}


def _columns(*labels: str) -> list[dict[str, str]]:
    return [{"label": label} for label in labels]


def _cell(text: str, url: str) -> dict[str, Any]:
    return {"text": text, "url": url}


def _url(name: str, project: Project, row: Any) -> str:
    return reverse(f"protocol3:{name}", args=[project.public_id, row.public_id])


def _state(row: Any, on: date) -> dict[str, str]:
    if on in row.period:
        return {"text": _("In force"), "tone": "success"}
    if row.first_day > on:
        return {"text": _("To come"), "tone": "info"}
    return {"text": _("Over"), "tone": "neutral"}
