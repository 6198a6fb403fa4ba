"""A convention from its draft to the offered text: drafts saved step by step, remarks, the bed kept free."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from partenamut.accounts.models import User
from partenamut.audit.services import record
from partenamut.casework.services import advance, lock, next_number
from partenamut.documents.services import Order, place
from partenamut.registry.services.rows import altered, saved
from residences.documents.conventions import convention_order
from residences.models import (
    Amendment,
    ArticleComment,
    Bed,
    Contact,
    ContactRole,
    Convention,
    ConventionClause,
    ConventionSupplement,
    Edition,
    Occupancy,
    Resident,
    RestHome,
    StayKind,
    Supplement,
)
from residences.services.convention_faults import (
    bed_error,
    clause_errors,
    elsewhere,
    gaps,
    latest_edition,
    text_of,
)
from residences.text import as_data, fingerprint
from residences.workflow import UNSIGNED, ConventionAction, ConventionStatus

__all__ = [
    "ARTICLE_OF",
    "answer",
    "bed_error",
    "change_draft",
    "clause_errors",
    "comment",
    "create_draft",
    "discard",
    "elsewhere",
    "frozen",
    "gaps",
    "latest_edition",
    "offered_number",
    "open_all",
    "prepare",
    "reopen",
    "set_clauses",
    "set_guarantors",
    "set_supplements",
    "text_of",
    "unsigned_of",
]

#: The article that each field of the draft stands in; the parties stand above the articles.
PARTIES = 0
ARTICLE_OF = {
    "language": PARTIES,
    "representative": PARTIES,
    "place_signed": PARTIES,
    "kind": 2,
    "respite": 2,
    "rehabilitation": 2,
    "entry": 2,
    "until": 2,
    "bed": 3,
    "supplements": 4,
    "clauses": 12,
    "guarantors": 13,
}


@transaction.atomic
def create_draft(*, home: RestHome, resident: Resident, actor: User, at: datetime) -> Convention:
    """A new draft for a resident, in their language, with the special clauses of the home and all its supplements."""
    today = localdate(at)
    if unsigned_of(home, resident) is not None:
        raise ValidationError(_("There is a draft for this resident already: go on with that one."))
    convention = Convention.objects.create(
        home=home,
        resident=resident,
        language=resident.language,
        place_signed=home.residence.city,
        created_by=actor,
    )
    texts = home.clauses.on(today).order_by("position", "pk").values_list("text", flat=True)
    _write_clauses(convention, list(texts))
    _choose(convention, list(home.supplements.filter(prices__in=_priced(home, today)).distinct()), today)
    record(action="convention_drafted", subject=convention, actor=actor, at=at)
    return convention


def unsigned_of(home: RestHome, resident: Resident) -> Convention | None:
    """The convention of a resident with a home that is still to be signed, if there is one."""
    rows = Convention.objects.filter(home=home, resident=resident, status__in=UNSIGNED)
    found: Convention | None = rows.order_by("pk").first()
    return found


@transaction.atomic
def change_draft(
    *, convention: Convention, changes: Mapping[str, Any], actor: User, at: datetime
) -> Convention:
    """The draft with plain fields changed; after a remark only those of the articles it opened."""
    row = _draft(convention, changes)
    _refuse_choices(row, changes)
    if trace := altered(row, changes):
        saved(row)
        record(action="draft_convention_changed", subject=row, actor=actor, at=at, changes=trace)
    return row


@transaction.atomic
def set_clauses(*, convention: Convention, texts: Sequence[str], actor: User, at: datetime) -> None:
    """The special clauses of a draft, in this order (art. 12)."""
    row = _draft(convention, ["clauses"])
    before = list(row.clauses.order_by("position").values_list("text", flat=True))
    kept = ["\n".join(text.strip().splitlines()) for text in texts if text.strip()]
    if kept == before:
        return
    if wrong := [sentence for text in kept for sentence in clause_errors(text)]:
        raise ValidationError({"clauses": wrong})
    row.clauses.all().delete()
    _write_clauses(row, kept)
    changes = {"clauses": [len(before), len(kept)]}
    record(action="draft_convention_changed", subject=row, actor=actor, at=at, changes=changes)


@transaction.atomic
def set_supplements(
    *, convention: Convention, supplements: Iterable[Supplement], actor: User, at: datetime
) -> None:
    """The supplements that a draft has; others can never be charged (art. 4 §4)."""
    row = _draft(convention, ["supplements"])
    wanted = list(supplements)
    before = sorted(row.supplements.values_list("supplement__label", flat=True))
    if any(one.home_id != row.home_id for one in wanted):
        raise ValidationError(_("Choose supplements of this home."))
    row.supplements.all().delete()
    _choose(row, wanted, row.entry or localdate(at))
    changes = {"supplements": [before, sorted(one.label for one in wanted)]}
    record(action="draft_convention_changed", subject=row, actor=actor, at=at, changes=changes)


@transaction.atomic
def set_guarantors(
    *, convention: Convention, guarantors: Iterable[Contact], actor: User, at: datetime
) -> None:
    """The people who stand surety, jointly and severally (art. 13)."""
    row = _draft(convention, ["guarantors"])
    wanted = list(guarantors)
    if any(one.resident_id != row.resident_id or one.role != ContactRole.GUARANTOR for one in wanted):
        raise ValidationError(_("Choose guarantors among the contacts of the resident."))
    before = sorted(row.guarantors.values_list("name", flat=True))
    row.guarantors.set(wanted)
    changes = {"guarantors": [before, sorted(one.name for one in wanted)]}
    record(action="draft_convention_changed", subject=row, actor=actor, at=at, changes=changes)


@transaction.atomic
def prepare(*, convention: Convention, actor: User, at: datetime) -> Edition:
    """The text of the draft, frozen and offered for signature; its bed is kept free from the day of entry."""
    row = lock(convention)
    today = localdate(at)
    # Whoever takes the bed out of service meanwhile waits here, or is seen below.
    Bed.objects.select_for_update().filter(pk=row.bed_id).first()
    if row.status == ConventionStatus.DRAFT and (missing := gaps(row, today)):
        raise ValidationError(list(missing.values()))
    advance(row, ConventionAction.PREPARE, actor=actor, at=at)
    row.refresh_from_db()
    _keep_bed_free(row)
    row.open_articles = []
    row.number = row.number or next_number(f"{row.home.code}-C", today.year)
    row.save(update_fields=["open_articles", "number"])
    edition = _edition(row, actor, at)
    convention.refresh_from_db()
    return edition


@transaction.atomic
def reopen(*, convention: Convention, actor: User, at: datetime, note: str = "") -> Convention:
    """The offered text taken back to the draft by the director; what was signed under it is void."""
    return advance(convention, ConventionAction.REOPEN, actor=actor, at=at, note=note)


@transaction.atomic
def open_all(*, convention: Convention, because: str, actor: User, at: datetime) -> Convention:
    """The draft that a remark had reopened in part, with all its articles open, and the reason."""
    row = lock(convention)
    if row.status != ConventionStatus.DRAFT or not row.open_articles:
        raise ValidationError(_("All the articles of this draft are open already."))
    if not because.strip():
        raise ValidationError({"because": _("Say why the other articles are opened too.")})
    changes = {"open_articles": [row.open_articles, []]}
    row.open_articles = []
    row.save(update_fields=["open_articles"])
    record(action="articles_opened", subject=row, actor=actor, at=at, changes=changes, note=because.strip())
    convention.refresh_from_db()
    return row


@transaction.atomic
def comment(*, edition: Edition, article: int, text: str, actor: User, at: datetime) -> ArticleComment:
    """A remark on one article of the text of a convention or amendment: exactly that article is open again."""
    row: Convention | Amendment = lock(edition.amendment) if edition.amendment else lock(edition.convention)
    if edition.pk != latest_edition(row).pk:
        raise ValidationError(
            _("The text has changed since you opened it: read the new one."), code="changed"
        )
    if not text.strip():
        raise ValidationError({"text": _("Write your remark.")})
    if edition.amendment and article not in edition.content["changed"]:
        raise ValidationError(
            {"article": _("The amendment does not change this article: choose one of those that it changes.")}
        )
    remark = saved(
        ArticleComment(edition=edition, article=article, text=text.strip(), made_by=actor, made_at=at)
    )
    if row.status == ConventionStatus.READY:
        advance(row, ConventionAction.COMMENT, actor=actor, at=at, note=f"art. {article}")
    elif row.status != ConventionStatus.DRAFT or not row.open_articles:
        raise ValidationError(_("This text cannot be changed any more: ask the home for an amendment."))
    row.open_articles = sorted({*row.open_articles, article})
    row.save(update_fields=["open_articles"])
    return remark


@transaction.atomic
def answer(*, remark: ArticleComment, text: str, actor: User, at: datetime) -> ArticleComment:
    """The remark with the director's answer."""
    if not text.strip():
        raise ValidationError({"answer": _("Write your answer.")})
    row = ArticleComment.objects.select_for_update(of=("self",)).get(pk=remark.pk)
    row.answer, row.answered_by, row.answered_at = text.strip(), actor, at
    saved(row)
    record(
        action="remark_answered",
        subject=row.edition.amendment or row.edition.convention,
        actor=actor,
        at=at,
        note=f"art. {row.article}",
    )
    return row


@transaction.atomic
def discard(*, convention: Convention, because: str, actor: User, at: datetime) -> Convention:
    """The draft given up with its reason; its bed is free again."""
    row = advance(convention, ConventionAction.DISCARD, actor=actor, at=at, note=because)
    row.occupancies.all().delete()
    return row


def offered_number(convention: Convention, amendment_id: int | None = None) -> int:
    """The number that the next offered text of a convention or amendment has."""
    return Edition.objects.filter(convention=convention, amendment=amendment_id).count() + 1


def frozen(edition: Edition, paper: Order, *, actor: User, at: datetime) -> Edition:
    """The offered text, stored with its fingerprint and its paper; it never changes."""
    edition.sha256, edition.document = fingerprint(edition.content), place(paper, actor=actor, at=at)
    edition.made_at, edition.made_by = at, actor
    edition.save(force_insert=True)
    return edition


# --- inside -----------------------------------------------------------------------------------------------


def _draft(convention: Convention, names: Iterable[str]) -> Convention:
    """The draft, locked; ValidationError where it is no draft, or where the article of a field is closed."""
    row = lock(convention)
    if row.status != ConventionStatus.DRAFT:
        raise ValidationError(_("A text that was offered is not changed: take it back to the draft first."))
    if row.open_articles:
        closed = sorted({ARTICLE_OF[name] for name in names} - set(row.open_articles))
        if closed:
            raise ValidationError(
                _(
                    "A remark has opened only article %(articles)s: the other articles stay as they were offered."
                )
                % {"articles": ", ".join(str(number) for number in row.open_articles)}
            )
    return row


def _refuse_choices(convention: Convention, changes: Mapping[str, Any]) -> None:
    bed: Bed | None = changes.get("bed")
    if bed is not None and bed.room.home_id != convention.home_id:
        raise ValidationError({"bed": _("Choose a bed of this home.")})
    person: Contact | None = changes.get("representative")
    if person is not None and person.resident_id != convention.resident_id:
        raise ValidationError({"representative": _("Choose a contact of the resident.")})


def _keep_bed_free(convention: Convention) -> None:
    assert convention.entry is not None
    assert convention.bed is not None
    convention.occupancies.all().delete()
    last = convention.until if convention.kind == StayKind.SHORT else None
    saved(Occupancy(convention=convention, bed=convention.bed, first_day=convention.entry, last_day=last))


def _edition(convention: Convention, actor: User, at: datetime) -> Edition:
    today = localdate(at)
    content = as_data(text_of(convention, today))
    turn = offered_number(convention)
    paper = convention_order(
        content,
        key=f"residences/convention/{convention.public_id}/{turn}",
        language=convention.language,
        resident=convention.resident.full_name,
        offered_on=today,
        number=str(convention),
        turn=turn,
        place=convention.place_signed,
    )
    return frozen(Edition(convention=convention, turn=turn, content=content), paper, actor=actor, at=at)


def _write_clauses(convention: Convention, texts: Sequence[str]) -> None:
    ConventionClause.objects.bulk_create(
        [
            ConventionClause(convention=convention, position=position, text=text)
            for position, text in enumerate(texts, 1)
        ]
    )


def _priced(home: RestHome, day: date) -> Any:
    from residences.models import SupplementPrice

    return SupplementPrice.objects.on(day).filter(supplement__home=home)


def _choose(convention: Convention, supplements: Iterable[Supplement], first: date) -> None:
    for supplement in supplements:
        saved(ConventionSupplement(convention=convention, supplement=supplement, first_day=first))
