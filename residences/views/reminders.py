"""Reminders and formal notices: what is overdue, letters made for one share or several, the letters themselves."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from partenamut.accounts.permissions import user_of
from partenamut.audit.services import record
from partenamut.documents.checks import clean_name
from partenamut.documents.responses import as_download
from partenamut.documents.services import bytes_of
from partenamut.documents.zipping import as_zip, zipped
from partenamut.money import total
from partenamut.web.resume import posted
from residences.forms.reminders import LettersForm
from residences.models import Reminder, ReminderLevel, RestHome
from residences.readings.arrears import arrears_of
from residences.readings.money import address, links
from residences.readings.reminders import OverdueList, choosable, letters_of, step_tabs
from residences.services import reminders as services
from residences.services.payments import shares_of
from residences.services.reminders import overdue_of
from residences.views.loading import directs, home_of


@directs
@require_safe
def reminders(request: HttpRequest, home_id: uuid.UUID) -> HttpResponseBase:
    """What is overdue, by age, with the letters that were made."""
    home, today = home_of(request, home_id), localdate()
    rows = overdue_of(home, today)
    actions = links(home, (_("Make letters"), "make_reminders"), (_("Disputes"), "disputes"))
    return OverdueList(home, rows).respond(
        request,
        title=_("Reminders"),
        actions=actions,
        tabs=step_tabs(rows, request.GET.get("step", "")),
        arrears=arrears_of(home, today),
        letters_today=letters_of(home, today).count(),
        **_shell(home),
    )


@directs
@require_http_methods(["GET", "POST"])
def make(request: HttpRequest, home_id: uuid.UUID) -> HttpResponse:
    """Letters for the shares that are ticked: chosen, looked at once more, made."""
    home, today = home_of(request, home_id), localdate()
    data = posted(request)
    level = _level((data or request.GET).get("level", ""))
    choices, others = choosable(home, level, today)
    form = LettersForm(data, shares=choices, initial={"shares": request.GET.getlist("share")})
    context: dict[str, Any] = {
        "form": form, "level": level, "choices": choices, "others": others, "levels": ReminderLevel.choices,
        **_shell(home, "reminders", _("Reminders")),
    }  # fmt: skip
    if request.method == "POST" and "again" not in request.POST and form.is_valid():
        chosen = list(overdue_of(home, today).filter(public_id__in=form.cleaned_data["shares"]))
        if "confirmed" in request.POST:
            return _made(request, home, level, chosen)
        context |= {
            "chosen": chosen,
            "total": total(row.balance for row in chosen),
            "level_label": ReminderLevel(level).label,
        }
        return render(request, "residences/reminders/confirm.html", context)
    return render(request, "residences/reminders/make.html", context)


@directs
@require_safe
def letter(request: HttpRequest, home_id: uuid.UUID, reminder_id: uuid.UUID) -> HttpResponse:
    """One letter, as a PDF."""
    home = home_of(request, home_id)
    rows = Reminder.objects.filter(share__invoice__home=home).select_related("document")
    found = get_object_or_404(rows, public_id=reminder_id)
    return as_download(bytes_of(found.document, at=timezone.now()), inline=True)


@directs
@require_safe
def letters(request: HttpRequest, home_id: uuid.UUID) -> HttpResponseBase:
    """The letters of today as one file; the trail says who took it."""
    home, today, now = home_of(request, home_id), localdate(), timezone.now()
    rows = list(letters_of(home, today))
    if not rows:
        raise Http404
    for row in rows:
        bytes_of(row.document, at=now)
    places = {
        row.document.key: clean_name(f"{row.share.invoice.number} {_plain(row.share.name)} {row.level}.pdf")
        for row in rows
    }
    changes = {"files": [None, len(rows)]}
    record(action="letters_taken", subject=home, actor=user_of(request), at=now, changes=changes)
    return as_zip(zipped([(places, today)], day=today), f"{home.code}-{today:%Y-%m-%d}.zip")


# --- inside -----------------------------------------------------------------------------------------------


def _shell(home: RestHome, name: str = "payments", label: str = "") -> dict[str, Any]:
    return {
        "home": home,
        "here": "payments",
        "back": address(name, home),
        "back_label": label or _("Payments"),
    }


def _level(typed: str) -> str:
    return typed if typed in ReminderLevel.values else ReminderLevel.REMINDER.value


def _plain(name: str) -> str:
    """A stroke in a name is no folder."""
    return name.replace("/", "-").replace("\\", "-")


def _made(request: HttpRequest, home: RestHome, level: str, chosen: list[Any]) -> HttpResponse:
    """The letters made; what could not be meanwhile is said one by one."""
    rows = list(shares_of(home).filter(pk__in=[row.pk for row in chosen]).order_by("invoice__due_on", "pk"))
    made, left_out = services.remind_many(shares=rows, level=level, actor=user_of(request), at=timezone.now())
    for one in left_out:
        messages.warning(
            request,
            _("%(name)s, invoice %(number)s: %(why)s")
            % {"name": one.share.name, "number": one.share.invoice.number, "why": one.why},
        )
    if made:
        messages.success(
            request,
            ngettext(
                "%(count)d letter is made: download and send it.",
                "%(count)d letters are made: download and send them.",
                len(made),
            )
            % {"count": len(made)},
        )
    if len(rows) == 1:
        return redirect("residences:share", home.public_id, rows[0].public_id)
    return redirect("residences:reminders", home.public_id)
