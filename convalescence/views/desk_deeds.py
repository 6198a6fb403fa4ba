"""What an adviser can do with a request, as one table; each line is a small page with its form."""

import uuid
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from convalescence import services
from convalescence.forms.desk import (
    AppealForm,
    AskForm,
    AssignForm,
    DatesForm,
    MessageForm,
    PaperDocumentForm,
    PlainForm,
    ReasonForm,
    RestHomeForm,
)
from convalescence.models import Benefit, Departure, Request
from convalescence.readings.casefile import facts
from convalescence.readings.queue import TONES
from convalescence.services import desk
from convalescence.views.desk import CASE, attempt, member_of_case, opened_case, to_case
from convalescence.workflow import REQUEST, Action, Status
from partenamut.accounts.models import User
from partenamut.accounts.permissions import requires, user_of
from partenamut.accounts.roles import Permission
from partenamut.casework.deeds import Deed
from partenamut.casework.services import may_take
from partenamut.registry.desk_views import View, say, watched

CLOSED = (Status.PAID, Status.WITHDRAWN)


def _is_open_claim(case: Request) -> bool:
    return case.benefit == Benefit.CAREGIVER and case.status in desk.TO_DECIDE and not case.extension


def _is_typed_home(case: Request) -> bool:
    return case.benefit == Benefit.SHORT_STAY and case.residence_id is None and case.status not in CLOSED


DEEDS = (
    Deed(
        "ask",
        gettext_lazy("Ask the member for information"),
        AskForm,
        lambda case, form, actor, at: services.ask_information(
            request=case, text=form.cleaned_data["text"], actor=actor, at=at
        ),
        done=gettext_lazy("The question is sent to the member."),
        submit=gettext_lazy("Send the question"),
        action=Action.ASK_INFORMATION,
    ),
    Deed(
        "extend",
        gettext_lazy("Extend to 28 days"),
        ReasonForm,
        lambda case, form, actor, at: services.extend(
            request=case, reason=form.cleaned_data["reason"], actor=actor, at=at
        ),
        done=gettext_lazy("The exceptional extension is granted."),
        submit=gettext_lazy("Grant the extension"),
        fits=_is_open_claim,
        lead=gettext_lazy("A caregiver is paid 14 days a stay, or 28 where the situation is exceptional."),
    ),
    Deed(
        "rest-home",
        gettext_lazy("Name the rest home"),
        RestHomeForm,
        lambda case, form, actor, at: services.name_residence(
            request=case, residence_id=form.cleaned_data["residence"].pk, actor=actor, at=at
        ),
        done=gettext_lazy("The rest home is named."),
        submit=gettext_lazy("Name it"),
        fits=_is_typed_home,
        lead=gettext_lazy("The member wrote a name: choose the rest home of the registry that is meant."),
    ),
    Deed(
        "dates",
        gettext_lazy("Change the dates"),
        DatesForm,
        lambda case, form, actor, at: services.change_dates(
            request=case,
            arrival=form.cleaned_data["arrival"],
            departure=form.cleaned_data["departure"],
            actor=actor,
            at=at,
        ),
        done=gettext_lazy("The dates are changed; the request is to be decided on them."),
        submit=gettext_lazy("Change the dates"),
        action=Action.CHANGE_DATES,
        lead=gettext_lazy("At the request of the member. A request that was decided is decided again."),
    ),
    Deed(
        "paper",
        gettext_lazy("Note a document received on paper"),
        PaperDocumentForm,
        lambda case, form, actor, at: services.note_paper(
            request=case, **form.cleaned_data, actor=actor, at=at
        ),
        done=gettext_lazy("The paper is noted."),
        submit=gettext_lazy("Note it"),
        fits=lambda case: case.status not in CLOSED,
        lead=gettext_lazy("An invoice moves the request on, as a file would."),
    ),
    Deed(
        "stay",
        gettext_lazy("Confirm the stay"),
        PlainForm,
        lambda case, _form, actor, at: services.confirm_stay(request=case, actor=actor, at=at),
        done=gettext_lazy("The stay is confirmed."),
        submit=gettext_lazy("Confirm the stay"),
        action=Action.CONFIRM_STAY,
        lead=gettext_lazy("The member says that the stay took place as granted."),
    ),
    Deed(
        "payment",
        gettext_lazy("Prepare the payment"),
        PlainForm,
        lambda case, _form, actor, at: services.propose_payment(request=case, actor=actor, at=at),
        done=gettext_lazy("The payment waits for the approval of a colleague."),
        submit=gettext_lazy("Prepare the payment"),
        action=Action.PROPOSE_PAYMENT,
        lead=gettext_lazy("The amount of the decision in force; a colleague approves it."),
    ),
    Deed(
        "appeal",
        gettext_lazy("Note an appeal"),
        AppealForm,
        lambda case, form, actor, at: services.appeal(
            request=case, reason=form.cleaned_data["reason"], actor=actor, at=at
        ),
        done=gettext_lazy("The appeal is noted."),
        submit=gettext_lazy("Note the appeal"),
        action=Action.APPEAL,
        lead=gettext_lazy("An appeal that came by post or by phone."),
    ),
    Deed(
        "reopen",
        gettext_lazy("Reopen"),
        ReasonForm,
        lambda case, form, actor, at: services.reopen(
            request=case, reason=form.cleaned_data["reason"], actor=actor, at=at
        ),
        done=gettext_lazy("The request is to be decided again."),
        submit=gettext_lazy("Reopen the request"),
        action=Action.REOPEN,
        lead=gettext_lazy("The decision in force stays until the new one."),
    ),
    Deed(
        "assign",
        gettext_lazy("Assign"),
        AssignForm,
        lambda case, form, actor, at: services.assign(
            request=case, assignee=_chosen(form, actor), actor=actor, at=at
        ),
        done=gettext_lazy("The request is assigned."),
        submit=gettext_lazy("Assign"),
    ),
    Deed(
        "withdraw",
        gettext_lazy("Withdraw for the member"),
        ReasonForm,
        lambda case, form, actor, at: services.withdraw(
            request=case, reason=form.cleaned_data["reason"], actor=actor, at=at
        ),
        done=gettext_lazy("The request is withdrawn; its days are free again."),
        submit=gettext_lazy("Withdraw the request"),
        action=Action.WITHDRAW,
        lead=gettext_lazy("Only at the request of the member: say how it was asked."),
        warning=True,
    ),
)


def _chosen(form: Form, actor: User) -> User | None:
    assert isinstance(form, AssignForm)
    return form.chosen(actor)


def deeds_for(case: Request, user: User) -> list[dict[str, Any]]:
    """What the user can do with the request now: the ways to decide first."""
    links = [*_deciding(case, user)]
    for deed in DEEDS:
        if deed.open_to(case, user):
            url = reverse(f"convalescence:case_{deed.slug}", args=[case.public_id])
            links.append({"label": deed.title, "url": url, "warning": deed.warning})
    return links


def _deciding(case: Request, user: User) -> list[dict[str, Any]]:
    pages = {
        Action.DECIDE: (_("Decide by the rules"), "convalescence:case_decide"),
        Action.PROPOSE_DEPARTURE: (_("Depart from the rules"), "convalescence:case_depart"),
        Action.REVIEW_DEPARTURE: (_("Read the proposal"), "convalescence:case_review"),
    }
    return [
        {"label": label, "url": reverse(name, args=[case.public_id]), "warning": False}
        for step in REQUEST.possible(Status(case.status))
        if step.action in pages and may_take(user, step)
        for label, name in [pages[step.action]]
        if step.action != Action.REVIEW_DEPARTURE or not _own_departure(case, user)
    ]


def _own_departure(case: Request, user: User) -> bool:
    return case.departures.filter(verdict=Departure.Verdict.OPEN, proposed_by=user).exists()


def page(deed: Deed) -> View:
    """The page of a deed."""

    @watched(member_of_case, CASE)
    @requires(Permission.HANDLE_REQUESTS)
    def view(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
        case, user = opened_case(request, public_id), user_of(request)
        if not deed.open_to(case, user):
            messages.error(
                request,
                _("This is not possible now: the request is “%(status)s”.")
                % {"status": case.get_status_display()},
            )
            return to_case(case)
        form = deed.form(request.POST if request.method == "POST" else None, case=case)
        if request.method == "POST" and form.is_valid():
            back = attempt(
                request,
                form,
                to_case(case),
                str(deed.done),
                lambda actor, at: deed.do(case, form, actor, at),
            )
            if back:
                return back
        shown = {"case": case, "tone": TONES[case.status], "deed": deed, "form": form}
        return render(request, "convalescence/desk/deed.html", shown | {"facts": facts(case, localdate())})

    view.__doc__ = f"The page of a request: {deed.slug}."
    return view


@require_POST
@watched(member_of_case, CASE)
@requires(Permission.HANDLE_REQUESTS)
def take(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The request on one's own desk, unless a colleague was faster."""
    case, form = opened_case(request, public_id), PlainForm(request.POST)
    form.is_valid()
    deed = lambda actor, at: desk.take(request=case, actor=actor, at=at)  # noqa: E731
    if not attempt(request, form, to_case(case), _("The request is on your desk."), deed):
        say(request, form)
    return to_case(case)


@require_POST
@watched(member_of_case, CASE)
@requires(Permission.HANDLE_REQUESTS)
def write(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """A message to the member."""
    case, form = opened_case(request, public_id), MessageForm(request.POST)
    if form.is_valid():
        text = form.cleaned_data["text"]
        deed = lambda actor, at: services.write(request=case, text=text, actor=actor, at=at)  # noqa: E731
        if done := attempt(request, form, to_case(case), _("The message is sent."), deed):
            return done
    shown = {"case": case, "tone": TONES[case.status], "deed": WRITING, "form": form}
    return render(request, "convalescence/desk/deed.html", shown | {"facts": facts(case, localdate())})


WRITING = {
    "title": gettext_lazy("Write to the member"),
    "submit": gettext_lazy("Send the message"),
    "lead": "",
}


urlpatterns: list[URLPattern] = [
    path(f"desk/requests/<uuid:public_id>/{deed.slug}/", page(deed), name=f"case_{deed.slug}")
    for deed in DEEDS
]
