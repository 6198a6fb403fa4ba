"""Pages of quality labels: criteria, grant, renewal, withdrawal, the files of the evidence."""

import uuid
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from partenamut.accounts.models import User
from partenamut.accounts.permissions import requires, user_of
from partenamut.accounts.roles import Permission
from partenamut.documents.errors import UploadRefused
from partenamut.documents.models import Upload
from partenamut.documents.responses import as_download
from partenamut.documents.services import receive
from partenamut.registry import services
from partenamut.registry.deeds import form_page
from partenamut.registry.forms import CriterionForm, EndForm, LabelForm, WithdrawalForm, label_form
from partenamut.registry.models import Label, LabelCriterion, Residence
from partenamut.registry.residence_views import load_residence, manages_residences, residence_url


@manages_residences
@require_http_methods(["GET", "POST"])
def grant_label(request: HttpRequest, public_id: uuid.UUID, label: str) -> HttpResponse:
    """A label for a residence, with what was found for each criterion."""
    residence = load_residence(request, public_id)
    if label not in Label.values:
        raise Http404

    def grant(form: LabelForm, findings: list[services.Finding]) -> None:
        services.grant_label(
            residence=residence,
            label=label,
            first_day=form.cleaned_data["first_day"],
            last_day=form.cleaned_data["last_day"],
            findings=findings,
            actor=user_of(request),
            at=timezone.now(),
        )

    title = _("Grant the label “%(label)s”") % {"label": Label(label).label}
    return _evidence_page(request, residence, label, grant, title=title, submit=_("Grant the label"))


@manages_residences
@require_http_methods(["GET", "POST"])
def renew_label(request: HttpRequest, public_id: uuid.UUID, grant_id: uuid.UUID) -> HttpResponse:
    """A new term of a label, with what was found again."""
    residence = load_residence(request, public_id)
    old = get_object_or_404(residence.labels, public_id=grant_id)

    def renew(form: LabelForm, findings: list[services.Finding]) -> None:
        services.renew_label(
            grant=old,
            first_day=form.cleaned_data["first_day"],
            last_day=form.cleaned_data["last_day"],
            findings=findings,
            actor=user_of(request),
            at=timezone.now(),
        )

    title = _("Renew the label “%(label)s”") % {"label": old.get_label_display()}
    return _evidence_page(request, residence, old.label, renew, title=title, submit=_("Renew the label"))


@manages_residences
@require_http_methods(["GET", "POST"])
def withdraw_label(request: HttpRequest, public_id: uuid.UUID, grant_id: uuid.UUID) -> HttpResponse:
    """The end of a label, with its reason."""
    residence = load_residence(request, public_id)
    grant = get_object_or_404(residence.labels, public_id=grant_id)

    def withdraw(cleaned: dict[str, Any]) -> None:
        services.withdraw_label(grant=grant, **cleaned, actor=user_of(request), at=timezone.now())

    return form_page(
        request,
        WithdrawalForm(request.POST or None),
        withdraw,
        title=_("Withdraw the label “%(label)s”") % {"label": grant.get_label_display()},
        lead=residence.name,
        warning=_(
            "From the day after, the public page no longer shows the label. The history keeps it, with the reason."
        ),
        submit=_("Withdraw the label"),
        done=_("The label is withdrawn."),
        back=residence_url(residence),
        back_label=residence.name,
    )


@requires(Permission.MANAGE_RESIDENCES, Permission.DIRECT_RESIDENCE)
@require_safe
def evidence_file(request: HttpRequest, public_id: uuid.UUID, upload_id: uuid.UUID) -> HttpResponse:
    """A file that proves a criterion, for those who manage the residence and its director."""
    residence = load_residence(request, public_id)
    evidence = residence.labels.filter(evidence__upload__public_id=upload_id)
    return as_download(
        get_object_or_404(Upload, public_id=upload_id, pk__in=evidence.values("evidence__upload"))
    )


# --- criteria


@manages_residences
@require_safe
def criteria(request: HttpRequest) -> HttpResponse:
    """What each label asks, and what it asked before."""
    rows = list(LabelCriterion.objects.order_by("label", "first_day", "code"))
    labels = [
        {"label": Label(value), "criteria": [row for row in rows if row.label == value]}
        for value in Label.values
    ]
    return render(request, "registry/criteria.html", {"labels": labels, "today": timezone.localdate()})


@manages_residences
@require_http_methods(["GET", "POST"])
def add_criterion(request: HttpRequest) -> HttpResponse:
    """A new criterion of a label."""

    def add(cleaned: dict[str, Any]) -> None:
        code = _free_code(cleaned["label"], cleaned["text"])
        services.add_criterion(**cleaned, code=code, actor=user_of(request), at=timezone.now())

    return form_page(
        request,
        CriterionForm(request.POST or None, initial={"label": request.GET.get("label", "")}),
        add,
        title=_("Enter a criterion"),
        lead=_("Labels granted before its first day do not need it; grants and renewals from that day do."),
        submit=_("Enter the criterion"),
        done=_("The criterion is entered."),
        back=reverse("registry:criteria"),
        back_label=_("Criteria of the labels"),
    )


@manages_residences
@require_http_methods(["GET", "POST"])
def end_criterion(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The last day of a criterion."""
    criterion = get_object_or_404(LabelCriterion, public_id=public_id)

    def end(cleaned: dict[str, Any]) -> None:
        services.end_criterion(criterion=criterion, **cleaned, actor=user_of(request), at=timezone.now())

    return form_page(
        request,
        EndForm(request.POST or None, initial={"last_day": criterion.last_day}),
        end,
        title=_("End the criterion"),
        lead=criterion.text,
        warning=_("Labels already granted stay. Grants and renewals after the last day no longer need it."),
        submit=_("End the criterion"),
        done=_("The last day is kept."),
        back=reverse("registry:criteria"),
        back_label=_("Criteria of the labels"),
    )


# --- inside


def _evidence_page(
    request: HttpRequest, residence: Residence, label: str, deed: Any, *, title: str, submit: str
) -> HttpResponse:
    criteria = services.criteria_in_force(label, _first_day(request))
    form = label_form(criteria, request.POST or None, request.FILES or None)

    def act(_cleaned: dict[str, Any]) -> None:
        with transaction.atomic():
            deed(form, _with_files(form, user_of(request)))

    return form_page(
        request,
        form,
        act,
        title=title,
        lead=residence.name,
        submit=submit,
        done=_("The label is granted."),
        back=residence_url(residence),
        back_label=residence.name,
        template="registry/label_form.html",
        criteria=criteria,
        criteria_url=f"{reverse('registry:add_criterion')}?label={label}",
    )


def _first_day(request: HttpRequest) -> date:
    """The first day typed, on which the criteria must be proved; today while there is none."""
    parts = [request.POST.get(f"first_day_{part}", "") for part in ("year", "month", "day")]
    try:
        return date(*map(int, parts))
    except ValueError:
        return timezone.localdate()


def _with_files(form: LabelForm, actor: User) -> list[services.Finding]:
    """The findings with their files received; ValidationError beside the file that is refused."""
    files = form.uploaded()
    found = []
    for finding in form.findings():
        file = files.get(finding.criterion.pk)
        upload = _receive(file, f"file_{finding.criterion.pk}", actor) if file else None
        found.append(services.Finding(finding.criterion, finding.seen_on, finding.text, upload))
    return found


def _receive(file: Any, field: str, actor: User) -> Upload:
    try:
        return receive(file=file, kind="label_evidence", actor=actor, at=timezone.now())
    except UploadRefused as error:
        raise ValidationError({field: str(error)}) from error


def _free_code(label: str, text: str) -> str:
    base = slugify(text)[:30] or "criterion"
    taken = LabelCriterion.objects.filter(label=label, code__startswith=base).count()
    return f"{base}-{taken + 1}" if taken else base
