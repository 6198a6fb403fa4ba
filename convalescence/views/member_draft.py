"""The steps of a request that is being prepared; every answer is kept on the server."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from convalescence import services
from convalescence.documents import CONTACT
from convalescence.forms import member_draft as forms
from convalescence.models import Attachment, AttachmentKind, Benefit, Request
from convalescence.readings.estimate import estimate, meters
from convalescence.readings.offer import offers
from convalescence.readings.reach import own_members, stays_to_accompany
from convalescence.readings.stays import obstacles, overlapping
from convalescence.services import asking
from convalescence.views import steps
from convalescence.views.answers import cards
from convalescence.views.steps import first_open, frame, on_draft, onward
from convalescence.workflow import Status
from partenamut.accounts.models import User
from partenamut.accounts.permissions import requires, user_of
from partenamut.accounts.roles import Permission
from partenamut.documents.errors import UploadRefused
from partenamut.registry.models import InamiApproval, PartnerPeriod, Residence, StructureType
from partenamut.web.files import FilesForm, named
from partenamut.web.resume import posted

#: Residences drawn at once; filters find the others.
RESIDENCES_SHOWN = 30

form_page = require_http_methods(["GET", "POST"])


# --- begin ------------------------------------------------------------------------------------------------


@form_page
@requires(Permission.FILE_REQUESTS)
def new(request: HttpRequest) -> HttpResponse:
    """Which benefit, and for whom; one question where one only acts for oneself."""
    user, today = user_of(request), localdate()
    members = sorted(own_members(user, today), key=lambda member: (member.user_id != user.pk, member.pk))
    if not members:
        return render(request, "convalescence/member/no_member.html", {"contact": CONTACT})
    typed = posted(request)
    asked = {"benefit": request.GET.get("benefit", ""), "member": str(members[0].public_id)}
    form = forms.NewRequestForm(typed, initial=asked, members=members, user_id=user.pk, offers=offers(today))
    if request.method == "POST" and form.is_valid():
        return _begin(request, form, user)
    return render(request, "convalescence/member/new.html", {"form": form, "contact": CONTACT})


def _begin(request: HttpRequest, form: forms.NewRequestForm, user: User) -> HttpResponse:
    benefit, member = Benefit(form.cleaned_data["benefit"]), form.chosen_member
    standing = Request.objects.filter(member=member, benefit=benefit, status=Status.DRAFT).exists()
    draft = services.start(member=member, benefit=benefit, actor=user, at=now())
    if standing:
        messages.info(request, _("You already have a draft of this request. Go on where you stopped."))
    return go_on(draft)


def go_on(draft: Request) -> HttpResponse:
    """To the first step that has no answer yet."""
    return redirect(f"convalescence:{first_open(draft).name}", draft.public_id)


@form_page
@on_draft(*Benefit)
def discard(request: HttpRequest, draft: Request) -> HttpResponse:
    """The draft thrown away, once confirmed."""
    if request.method == "POST":
        services.discard(request=draft, actor=user_of(request), at=now())
        messages.success(request, _("The draft is gone."))
        return redirect("convalescence:requests")
    return render(request, "convalescence/member/discard.html", {"draft": draft})


# --- convalescence ----------------------------------------------------------------------------------------


@form_page
@on_draft(Benefit.CONVALESCENCE)
def medical(request: HttpRequest, draft: Request) -> HttpResponse:
    """The medical criterion and its proof."""
    form = forms.MedicalForm(posted(request), request.FILES or None, initial={"criteria": draft.criteria})
    if request.method == "POST":
        form.is_valid()
        _keep_files(request, form, draft, AttachmentKind.MEDICAL_PROOF)
        services.fill_in(request=draft, actor=user_of(request), at=now(), criteria=_ticked(form, draft))
        if answer := _after_files(request, form, draft, steps.MEDICAL):
            return answer
    return _files_page(request, form, draft, steps.MEDICAL, AttachmentKind.MEDICAL_PROOF)


def _ticked(form: forms.MedicalForm, draft: Request) -> list[str]:
    return list(form.cleaned_data.get("criteria") or draft.criteria)


@form_page
@on_draft(Benefit.CONVALESCENCE)
def choose_residence(request: HttpRequest, draft: Request) -> HttpResponse:
    """The residence, among the partners that fit the filters."""
    today = localdate()
    filters = forms.ResidenceFilter(request.GET or None)
    partners = list(_partners(today))
    fitting = _fitting(partners, filters, draft, today)
    form = forms.ResidenceForm(
        posted(request),
        initial={"residence": str(draft.residence.public_id) if draft.residence else ""},
        shown=fitting[:RESIDENCES_SHOWN],
        known=partners,
        on=today,
    )
    if request.method == "POST" and form.is_valid():
        services.fill_in(
            request=draft, actor=user_of(request), at=now(), residence=form.cleaned_data["residence"]
        )
        return onward(request, draft, steps.RESIDENCE)
    context = {
        "form": form,
        "filters": filters,
        "found": len(fitting),
        "shown": min(len(fitting), RESIDENCES_SHOWN),
    }
    return render(
        request, "convalescence/member/residence.html", frame(request, draft, steps.RESIDENCE) | context
    )


def _partners(today: date) -> QuerySet[Residence]:
    """Residences that are partners today or will be, with what their cards show."""
    current = PartnerPeriod.objects.filter(Q(last_day=None) | Q(last_day__gte=today))
    rows = Residence.objects.filter(pk__in=current.values("residence"))
    return rows.prefetch_related("partner_periods", "labels").order_by("postal_code", "name", "pk")


def _fitting(
    partners: list[Residence], filters: forms.ResidenceFilter, draft: Request, today: date
) -> list[Residence]:
    """The residences that fit the filters; the chosen one always stands first."""
    asked = filters.cleaned_data if filters.is_valid() else {}
    named = (
        set(Residence.objects.named(asked["place"]).values_list("pk", flat=True))
        if asked.get("place")
        else None
    )
    fitting = [
        residence
        for residence in partners
        if (named is None or residence.pk in named)
        and (not asked.get("structure") or asked["structure"] in residence.structure_types)
        and (not asked.get("label") or _holds(residence, asked["label"], today))
        and (not asked.get("accompanied") or residence.accompanied is not False)
    ]
    chosen = [residence for residence in partners if residence.pk == draft.residence_id]
    return chosen + [residence for residence in fitting if residence.pk != draft.residence_id]


def _holds(residence: Residence, label: str, today: date) -> bool:
    return any(grant.label == label and today in grant.period for grant in residence.labels.all())


@form_page
@on_draft(Benefit.CONVALESCENCE, Benefit.SHORT_STAY)
def dates(request: HttpRequest, draft: Request) -> HttpResponse:
    """Arrival and departure, with the days left and the amount shown as they are typed, or on demand."""
    today = localdate()
    initial = {"arrival": draft.arrival, "departure": draft.departure}
    form = forms.DatesForm(posted(request), initial=initial, draft=draft, today=today)
    only_shown = getattr(request, "htmx", False) or "show" in request.POST
    if request.method == "POST" and form.is_valid():
        draft.arrival, draft.departure = form.cleaned_data["arrival"], form.cleaned_data["departure"]
        if not only_shown:
            services.fill_in(
                request=draft,
                actor=user_of(request),
                at=now(),
                arrival=draft.arrival,
                departure=draft.departure,
            )
            _warn(request, draft)
            return onward(request, draft, steps.DATES)
    looked_at = estimate(draft, on=today) if not form.errors else None
    context = {
        "form": form,
        "estimate": looked_at,
        "meters": meters(draft, today),
        "overlap": form.overlap,
        "sentences": form.sentences,
    }
    template = "estimate" if getattr(request, "htmx", False) else "dates"
    return render(
        request, f"convalescence/member/{template}.html", frame(request, draft, steps.DATES) | context
    )


def _warn(request: HttpRequest, draft: Request) -> None:
    """Says which days would not be paid because the residence is no partner on them."""
    looked_at = estimate(draft, on=localdate())
    if looked_at and looked_at.without_partner:
        sentence = ngettext(
            "The residence is no partner on %(days)d day of your stay. This day cannot be paid.",
            "The residence is no partner on %(days)d days of your stay. These days cannot be paid.",
            looked_at.without_partner,
        )
        messages.warning(request, sentence % {"days": looked_at.without_partner})


@form_page
@on_draft(Benefit.CONVALESCENCE)
def caregiver(request: HttpRequest, draft: Request) -> HttpResponse:
    """Who comes along: nobody, a recognised caregiver, or somebody to be recognised."""
    recognitions = asking.in_force(draft.member, draft.arrival or localdate())
    form = forms.CaregiverForm(
        posted(request), initial=_companion(draft, recognitions), recognitions=recognitions
    )
    if request.method == "POST" and form.is_valid() and _accompanied(request, form, draft):
        return onward(request, draft, steps.CAREGIVER)
    context = {"form": form, "contact": CONTACT, "offer": offers(localdate())[Benefit.CAREGIVER]}
    return render(
        request, "convalescence/member/caregiver.html", frame(request, draft, steps.CAREGIVER) | context
    )


def _companion(draft: Request, recognitions: Iterable[Any]) -> dict[str, str]:
    if draft.accompanied is False:
        return {"choice": forms.NONE}
    for row in recognitions:
        if row.caregiver_id == draft.companion_id:
            return {"choice": f"{forms.INVITE}-{row.public_id}"}
    return {}


def _accompanied(request: HttpRequest, form: forms.CaregiverForm, draft: Request) -> bool:
    """Keeps the answer; False where asking for a recognition was refused."""
    user, at = user_of(request), now()
    if form.asks_recognition and not ask(request, form, draft.member, asker_is_caregiver=False):
        return False
    services.fill_in(
        request=draft,
        actor=user,
        at=at,
        accompanied=form.cleaned_data["choice"] != forms.NONE,
        companion=form.companion,
    )
    return True


def ask(request: HttpRequest, form: forms.PersonForm, asker: Any, *, asker_is_caregiver: bool) -> bool:
    """Asks for a recognition; what is said is the same whether the person exists or not."""
    typed = form.cleaned_data
    try:
        asking.ask(
            asker=asker,
            person=asking.Person(typed["niss"], typed["last_name"], typed["birth_date"]),
            asker_is_caregiver=asker_is_caregiver,
            relation=typed["relation"],
            help_given=typed["help_given"],
            actor=user_of(request),
            at=now(),
        )
    except ValidationError as error:
        form.add_error(None, error)
        return False
    messages.success(
        request,
        _(
            "Your request for recognition has left. If the three details agree with our files, "
            "the service looks at it and writes to both of you."
        ),
    )
    return True


# --- short stay -------------------------------------------------------------------------------------------


@form_page
@on_draft(Benefit.SHORT_STAY)
def rest_home(request: HttpRequest, draft: Request) -> HttpResponse:
    """The rest home: one that INAMI approved, or another one by its name."""
    homes = Residence.objects.filter(
        structure_types__contains=[StructureType.REST_HOME], pk__in=InamiApproval.objects.values("residence")
    ).order_by("name", "pk")
    initial = {"residence": str(draft.residence.public_id) if draft.residence else "", "place": draft.place}
    form = forms.RestHomeForm(posted(request), initial=initial, known=homes)
    if request.method == "POST" and form.is_valid():
        services.fill_in(
            request=draft,
            actor=user_of(request),
            at=now(),
            residence=form.home,
            place="" if form.home else form.cleaned_data["place"],
        )
        return onward(request, draft, steps.REST_HOME)
    return render(
        request,
        "convalescence/member/rest_home.html",
        frame(request, draft, steps.REST_HOME) | {"form": form},
    )


@form_page
@on_draft(Benefit.SHORT_STAY)
def draft_invoice(request: HttpRequest, draft: Request) -> HttpResponse:
    """The invoice of the rest home, now or later."""
    form = forms.FilesOnlyForm(posted(request), request.FILES or None)
    if request.method == "POST":
        form.is_valid()
        _keep_files(request, form, draft, AttachmentKind.INVOICE)
        if answer := _after_files(request, form, draft, steps.INVOICE):
            return answer
    return _files_page(request, form, draft, steps.INVOICE, AttachmentKind.INVOICE)


# --- caregiver --------------------------------------------------------------------------------------------


@form_page
@on_draft(Benefit.CAREGIVER)
def accompany(request: HttpRequest, draft: Request) -> HttpResponse:
    """Whose stay the caregiver accompanies, and on which days of it."""
    today = localdate()
    stays = stays_to_accompany(draft.member, today)
    form = forms.AccompanyForm(
        posted(request), initial=_stay(draft, stays), draft=draft, stays=stays, today=today
    )
    if request.method == "POST" and form.is_valid():
        services.fill_in(
            request=draft,
            actor=user_of(request),
            at=now(),
            cared_for_request=form.chosen,
            arrival=form.cleaned_data["arrival"],
            departure=form.cleaned_data["departure"],
        )
        return onward(request, draft, steps.ACCOMPANY)
    context = {"form": form, "stays": stays, "overlap": form.overlap}
    return render(
        request, "convalescence/member/accompany.html", frame(request, draft, steps.ACCOMPANY) | context
    )


def _stay(draft: Request, stays: list[Request]) -> dict[str, object]:
    """The answers given before; else the only stay there is, on all its days."""
    stay = draft.cared_for_request or (stays[0] if len(stays) == 1 else None)
    if stay is None:
        return {"arrival": draft.arrival, "departure": draft.departure}
    return {
        "stay": str(stay.public_id),
        "arrival": draft.arrival or stay.arrival,
        "departure": draft.departure or stay.departure,
    }


# --- check and send ---------------------------------------------------------------------------------------


@form_page
@on_draft(*Benefit, when_sent="convalescence:sent")
def check_answers(request: HttpRequest, draft: Request) -> HttpResponse:
    """All answers, what they would bring, and the button that sends them."""
    today = localdate()
    lacks = _lacks(draft, today)
    if request.method == "POST" and "later" in request.POST:
        return onward(request, draft, steps.CHECK)
    if request.method == "POST" and not lacks:
        sent = services.send(request=draft, actor=user_of(request), at=now())
        return redirect("convalescence:sent", sent.public_id)
    posted(request)
    context = {
        "lacks": lacks,
        "page_has_errors": bool(lacks) and request.method == "POST",
        "cards": cards(draft),
        "estimate": None if lacks else estimate(draft, on=today),
        "contact": CONTACT,
    }
    return render(request, "convalescence/member/check.html", frame(request, draft, steps.CHECK) | context)


def _lacks(draft: Request, today: date) -> list[dict[str, str]]:
    """What keeps the draft from being sent: sentences, each with the step that mends it."""
    dates_step = steps.ACCOMPANY if draft.benefit == Benefit.CAREGIVER else steps.DATES
    found = [{"text": text, "url": _url(draft, first_open(draft))} for text in services.missing(draft)]
    if draft.benefit == Benefit.CONVALESCENCE and not draft.criteria:
        found.append({"text": _("Say why you need to recover."), "url": _url(draft, steps.MEDICAL)})
    if draft.arrival and draft.departure:
        found += [
            {"text": obstacle.sentence, "url": _url(draft, dates_step)}
            for obstacle in obstacles(draft.benefit, draft.arrival, draft.departure, today)
        ]
        if other := overlapping(draft.member, draft.arrival, draft.departure, without=draft):
            text = _("These days are already in your request %(number)s.") % {"number": other.number}
            found.append({"text": text, "url": _url(draft, dates_step)})
    return found


def _url(draft: Request, step: steps.Step) -> str:
    return f"{reverse(f'convalescence:{step.name}', args=[draft.public_id])}?change=1"


# --- files ------------------------------------------------------------------------------------------------


def _keep_files(request: HttpRequest, form: FilesForm, draft: Request, kind: AttachmentKind) -> None:
    """Attaches the good files; the others get their sentence."""
    refused = form.files_refused
    for file in form.files_kept:
        try:
            services.attach(request=draft, kind=kind, file=file, actor=user_of(request), at=now())
        except UploadRefused as error:
            refused.append(named(file, error.message))
    form.refuse_files(refused)


def _after_files(request: HttpRequest, form: Any, draft: Request, step: steps.Step) -> HttpResponse | None:
    """Where to go after a POST with files; None to show the page again."""
    here = request.get_full_path()
    if "remove" in request.POST:
        attachment = get_object_or_404(
            draft.attachments.filter(removed_at=None), public_id=_named_file(request)
        )
        services.detach(attachment=attachment, actor=user_of(request), at=now())
        messages.success(request, _("The file is removed."))
        return redirect(here)
    if "upload" in request.POST:
        form.errors.pop("criteria", None)
        return None if form.errors else redirect(here)
    return onward(request, draft, step) if form.is_valid() else None


def _named_file(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST["remove"])
    except ValueError:
        raise Http404 from None


def _files_page(
    request: HttpRequest, form: Any, draft: Request, step: steps.Step, kind: AttachmentKind
) -> HttpResponse:
    context = {"form": form, "attachments": kept_files(draft, kind)}
    return render(request, f"convalescence/member/{step.name}.html", frame(request, draft, step) | context)


def kept_files(draft: Request, kind: AttachmentKind) -> list[Attachment]:
    """The documents of one kind that were not taken away."""
    rows = draft.attachments.filter(kind=kind, removed_at=None).select_related("upload")
    return list(rows.order_by("pk"))
