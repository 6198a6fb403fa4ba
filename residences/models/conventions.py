"""Residents and their conventions: the parties, the text as offered and signed, the bed, the price, the amendments."""

import uuid
from datetime import date, timedelta
from decimal import Decimal
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from partenamut.accounts.models import User
from partenamut.audit.models import WRITTEN_ONCE
from partenamut.casework.models import Case
from partenamut.constraints import not_before, one_at_a_time
from partenamut.documents.models import Document, Upload
from partenamut.fields import EncryptedTextField, EuroField
from partenamut.registry.models import OPEN_END, DatedQuerySet, DatedRow, Member
from residences.models.homes import Bed, RestHome, RoomType
from residences.workflow import (
    AMENDMENT,
    CONVENTION,
    OPEN_AMENDMENTS,
    UNSIGNED,
    AmendmentStatus,
    ConventionStatus,
)

LANGUAGES = [("fr", "Français"), ("nl", "Nederlands"), ("de", "Deutsch"), ("en", "English")]


class ResidentQuerySet(models.QuerySet["Resident"]):
    """Residents, by who may see them."""

    def visible_to(self, user: User, on: date) -> Self:
        """Those of the homes that the user directs on that day, oneself, and those one acts for."""
        return self.filter(
            Q(conventions__home__in=RestHome.objects.directed_by(user, on))
            | Q(member__in=Member.objects.on_the_side_of(user, on))
        ).distinct()


class Resident(models.Model):
    """A person of any mutuality who lives, or is to live, in a rest home; one row a person, over all homes."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    member = models.OneToOneField(
        Member, null=True, blank=True, on_delete=models.PROTECT, related_name="resident"
    )
    niss = EncryptedTextField(_("NISS"))
    niss_index = models.CharField(max_length=64, unique=True, editable=False)
    last_name = models.CharField(_("last name"), max_length=100)
    first_name = models.CharField(_("first name"), max_length=100)
    search_name = models.CharField(max_length=220, editable=False, db_index=True)
    birth_date = models.DateField(_("birth date"))
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGES, default="fr")
    street = models.CharField(
        _("street and number"), max_length=150, help_text=_("Where the resident lived before.")
    )
    postal_code = models.CharField(_("postal code"), max_length=10)
    city = models.CharField(_("place"), max_length=100)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    mutuality_code = models.PositiveSmallIntegerField(
        _("code of the mutuality"),
        null=True,
        blank=True,
        validators=[MinValueValidator(100), MaxValueValidator(999)],
    )
    insured = models.BooleanField(
        _("sufficiently insured"),
        default=True,
        help_text=_(
            "No: small care material and care staff are charged, at most what INAMI would pay (art. 4 §6)."
        ),
    )

    objects: ClassVar = ResidentQuerySet.as_manager()

    class Meta:
        verbose_name = _("resident")

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        """First name and last name."""
        return f"{self.first_name} {self.last_name}"


class ContactRole(models.TextChoices):
    """What a person or body is to a resident."""

    REPRESENTATIVE = "representative", _("Representative")
    GUARANTOR = "guarantor", _("Guarantor")
    FAMILY = "family", _("Family")
    WELFARE_CENTRE = "welfare_centre", _("Public welfare centre (CPAS)")


class Contact(models.Model):
    """A person or body beside a resident: representative, guarantor, family or welfare centre."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="contacts")
    role = models.CharField(_("role"), max_length=15, choices=ContactRole)
    name = models.CharField(_("name"), max_length=150)
    relation = models.CharField(_("relation"), max_length=100, blank=True)
    street = models.CharField(_("street and number"), max_length=150)
    postal_code = models.CharField(_("postal code"), max_length=10)
    city = models.CharField(_("place"), max_length=100)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)

    class Meta:
        verbose_name = _("contact of a resident")
        verbose_name_plural = _("contacts of a resident")

    def __str__(self) -> str:
        return self.name


class StayKind(models.TextChoices):
    """Whether a convention has an end from the start (art. 2)."""

    INDEFINITE = "indefinite", _("Indefinite duration")
    SHORT = "short", _("Short stay")


class ConventionQuerySet(models.QuerySet["Convention"]):
    """Conventions, by who may see them and by their state."""

    def visible_to(self, user: User, on: date) -> Self:
        """Those of the homes that the user directs on that day, and one's own or those of people one acts for.

        The resident's side sees a convention once it was offered for signature.
        """
        return self.filter(
            Q(home__in=RestHome.objects.directed_by(user, on)) | Q(pk__in=Convention.objects.own(user, on))
        )

    def directed_by(self, user: User, on: date) -> Self:
        """Those of the homes that the user directs on that day."""
        return self.filter(home__in=RestHome.objects.directed_by(user, on))

    def own(self, user: User, on: date) -> Self:
        """One's own, and those of members one acts for, once they were offered for signature."""
        offered = Edition.objects.filter(amendment=None).values("convention")
        return self.filter(
            resident__member__in=Member.objects.on_the_side_of(user, on), pk__in=offered
        ).exclude(status=ConventionStatus.DISCARDED)

    def running(self, first: date, last: date) -> Self:
        """Those signed whose price is due on a day between two, both included."""
        return self.filter(
            Q(ended_on=None) | Q(ended_on__gte=first), signed_on__isnull=False, entry__lte=last
        )


class Convention(Case):
    """The agreement between the manager of a home and a resident; the signed text is kept in its edition."""

    workflow = CONVENTION

    status = models.CharField(
        _("status"),
        max_length=24,
        choices=ConventionStatus,
        default=ConventionStatus.DRAFT,
        editable=False,
        db_index=True,
    )
    home = models.ForeignKey(RestHome, on_delete=models.PROTECT, related_name="conventions")
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="conventions")
    language = models.CharField(
        _("language of the convention"), max_length=2, choices=LANGUAGES, default="fr"
    )
    representative = models.ForeignKey(
        Contact,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("representative"),
        help_text=_("Empty: the resident signs."),
    )
    guarantors = models.ManyToManyField(
        Contact, blank=True, related_name="guaranteed", verbose_name=_("guarantors, jointly and severally")
    )
    kind = models.CharField(_("duration"), max_length=12, choices=StayKind, default=StayKind.INDEFINITE)
    respite = models.BooleanField(_("respite"), default=False)
    rehabilitation = models.BooleanField(_("rehabilitation"), default=False)
    entry = models.DateField(_("day of entry"), null=True, blank=True)
    until = models.DateField(_("short stay until"), null=True, blank=True)
    #: The bed chosen for the entry; where the resident lives on a day stands in the occupancies.
    bed = models.ForeignKey(
        Bed, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("room and bed")
    )
    #: Articles that the director may change in a draft reopened by a remark; empty: all of them.
    open_articles = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    signed_on = models.DateField(_("signed on"), null=True, blank=True, editable=False)
    place_signed = models.CharField(_("signed at"), max_length=100, blank=True)
    receipt_on = models.DateField(_("copy received on"), null=True, blank=True)
    receipt = models.ForeignKey(
        Upload,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("signed receipt"),
    )
    #: The last day the price is due, once it is known.
    ended_on = models.DateField(_("price due until"), null=True, blank=True, editable=False)
    #: Of a convention that ran before the home came to the portal: accommodation invoiced elsewhere to this day.
    invoiced_until = models.DateField(_("accommodation invoiced before, until"), null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar = ConventionQuerySet.as_manager()

    class Meta:
        verbose_name = _("convention")
        constraints: ClassVar = [
            not_before(
                "a_short_stay_ends_after_the_entry",
                "entry",
                "until",
                message=_("The short stay ends before the day of entry (art. 2)."),
            ),
            # The day before the entry: it ended before anybody came, and no day is due.
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("entry") - timedelta(days=1)),
                name="the_price_is_due_from_the_entry",
                violation_error_message=_("The last day lies before the day of entry."),
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=[state.value for state in UNSIGNED] + [ConventionStatus.DISCARDED.value]
                )
                | Q(signed_on__isnull=False, entry__isnull=False, bed__isnull=False),
                name="a_signed_convention_has_its_entry_and_bed",
            ),
        ]

    def __str__(self) -> str:
        return self.number or f"{self.home.code} {self.resident.full_name}"


class ConventionClause(models.Model):
    """A special clause of one convention (art. 12)."""

    convention = models.ForeignKey(Convention, on_delete=models.CASCADE, related_name="clauses")
    position = models.PositiveSmallIntegerField(_("place in the list"))
    text = models.TextField(_("clause"), max_length=2000)

    class Meta:
        verbose_name = _("special clause")

    def __str__(self) -> str:
        return self.text[:60]


class ConventionSupplement(DatedRow):
    """A supplement that a convention or an amendment of it has; what is not here cannot be charged (art. 4 §4)."""

    convention = models.ForeignKey(Convention, on_delete=models.CASCADE, related_name="supplements")
    supplement = models.ForeignKey("residences.Supplement", on_delete=models.PROTECT, related_name="+")

    objects: ClassVar = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("supplement of a convention")
        verbose_name_plural = _("supplements of a convention")
        constraints: ClassVar = [
            not_before("a_chosen_supplement_ends_after_its_start", "first_day", "last_day", message=OPEN_END),
            one_at_a_time(
                "a_convention_has_a_supplement_once_at_a_time",
                "convention",
                "supplement",
                message=_("The convention has this supplement already."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.supplement)


class OccupancyQuerySet(DatedQuerySet):
    """Occupancies, those apart that only keep a bed free."""

    def given(self) -> Self:
        """Those of beds that are the resident's, without those that an open amendment keeps free."""
        return self.filter(reserved_for=None)


class Occupancy(DatedRow):
    """Days on which a bed is a resident's: kept free for them from the offer on, theirs from the entry."""

    convention = models.ForeignKey(Convention, on_delete=models.PROTECT, related_name="occupancies")
    bed = models.ForeignKey(Bed, on_delete=models.PROTECT, related_name="occupancies")
    #: The offered amendment for which the bed is kept free beside the one they have; empty: it is theirs.
    reserved_for = models.ForeignKey(
        "residences.Amendment",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="reservations",
        verbose_name=_("kept free for an amendment"),
    )

    objects: ClassVar = OccupancyQuerySet.as_manager()

    class Meta:
        verbose_name = _("occupancy of a bed")
        verbose_name_plural = _("occupancies of beds")
        constraints: ClassVar = [
            not_before("an_occupancy_ends_after_its_start", "first_day", "last_day", message=OPEN_END),
            one_at_a_time(
                "a_bed_is_given_to_one_convention_at_a_time",
                "bed",
                message=_(
                    "This bed is given to another resident on these days (art. 3): choose another bed or day."
                ),
            ),
            one_at_a_time(
                "a_convention_has_one_bed_at_a_time",
                "convention",
                message=_("The resident has another bed on these days."),
                condition=Q(reserved_for=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bed}: {self.convention}"


class AgreedBecause(models.TextChoices):
    """Why a convention has a price."""

    SIGNATURE = "signature", _("Price at the signature")
    RISE = "rise", _("Rise of prices")
    AMENDMENT = "amendment", _("Amendment")


class AgreedPrice(DatedRow):
    """Euros a day that a resident owes for the accommodation (art. 4 §1)."""

    convention = models.ForeignKey(Convention, on_delete=models.PROTECT, related_name="agreed_prices")
    room_type = models.ForeignKey(RoomType, on_delete=models.PROTECT, related_name="+")
    daily_price = EuroField(_("price a day"), validators=[MinValueValidator(Decimal("0.01"))])
    because = models.CharField(_("why"), max_length=12, choices=AgreedBecause)
    #: The number of the campaign's or amendment's row that brought it.
    campaign = models.ForeignKey(
        "residences.PriceCampaign",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="agreed_prices",
    )
    amendment = models.ForeignKey(
        "residences.Amendment", null=True, blank=True, on_delete=models.PROTECT, related_name="agreed_prices"
    )

    objects: ClassVar = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("price of a convention")
        verbose_name_plural = _("prices of a convention")
        constraints: ClassVar = [
            not_before("an_agreed_price_ends_after_its_start", "first_day", "last_day", message=OPEN_END),
            one_at_a_time(
                "a_convention_has_one_price_at_a_time",
                "convention",
                message=_("The convention has another price on these days."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.convention}: {self.daily_price}"


class KeptBecause(models.TextChoices):
    """Why a resident keeps the price (art. 4 §1)."""

    HEALTH = "health", _("Change of room for reasons of health")
    WORKS = "works", _("Present before works or a new building")


class KeptPrice(DatedRow):
    """A right to keep the price of a room type, whatever the room (art. 4 §1)."""

    convention = models.ForeignKey(Convention, on_delete=models.PROTECT, related_name="kept_prices")
    because = models.CharField(_("why"), max_length=12, choices=KeptBecause)
    room_type = models.ForeignKey(RoomType, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(_("note"), max_length=200, blank=True)

    objects: ClassVar = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("price kept")
        verbose_name_plural = _("prices kept")
        constraints: ClassVar = [
            not_before("a_kept_price_ends_after_its_start", "first_day", "last_day", message=OPEN_END),
            one_at_a_time(
                "a_price_is_kept_once_at_a_time",
                "convention",
                message=_("The price is kept on these days already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.convention}: {self.get_because_display()}"


class AmendmentKind(models.TextChoices):
    """What an amendment changes."""

    ROOM = "room", _("Change of room")
    ROOM_HEALTH = "room_health", _("Change of room for reasons of health, price kept")
    SUPPLEMENTS = "supplements", _("Supplements")
    REPRESENTATIVE = "representative", _("Representative")
    GUARANTORS = "guarantors", _("Guarantors")
    CLAUSES = "clauses", _("Special clauses")
    PROLONGATION = "prolongation", _("Short stay prolonged")


class AmendmentQuerySet(models.QuerySet["Amendment"]):
    """Amendments, by who may see them."""

    def visible_to(self, user: User, on: date) -> Self:
        """Those of conventions that the user may see; the resident's side once they were offered."""
        offered = Edition.objects.exclude(amendment=None).values("amendment")
        own = Convention.objects.own(user, on)
        return self.filter(
            Q(convention__home__in=RestHome.objects.directed_by(user, on))
            | Q(convention__in=own, pk__in=offered)
        )


class Amendment(Case):
    """A dated change of a signed convention, with a text and signatures of its own (art. 1)."""

    workflow = AMENDMENT

    status = models.CharField(
        _("status"),
        max_length=24,
        choices=AmendmentStatus,
        default=AmendmentStatus.DRAFT,
        editable=False,
        db_index=True,
    )
    convention = models.ForeignKey(Convention, on_delete=models.PROTECT, related_name="amendments")
    turn = models.PositiveSmallIntegerField(_("amendment number"))
    kind = models.CharField(_("what changes"), max_length=15, choices=AmendmentKind)
    effective_on = models.DateField(_("from"))
    #: What it sets, by kind: {"bed": id} or {"supplements": [ids]} or {"until": "2026-05-01"} ...
    sets = models.JSONField(_("what it sets"), default=dict, blank=True)
    explanation = models.TextField(_("why"), max_length=1000, blank=True)
    open_articles = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    signed_on = models.DateField(_("signed on"), null=True, blank=True, editable=False)
    #: When what it sets was written into the convention; what bears no days waits for its first day.
    applied_at = models.DateTimeField(_("written into the convention"), null=True, blank=True, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar = AmendmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("amendment")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["convention", "turn"], name="amendments_are_numbered"),
            models.UniqueConstraint(
                fields=["convention"],
                condition=Q(status__in=[state.value for state in OPEN_AMENDMENTS]),
                name="one_amendment_is_open_at_a_time",
                violation_error_message=_("Another amendment is open: have it signed or discard it first."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.convention} / {self.turn}"


class Edition(models.Model):
    """The text of a convention or amendment as it was offered for signature, with its fingerprint; never changed."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    convention = models.ForeignKey(Convention, on_delete=models.PROTECT, related_name="editions")
    amendment = models.ForeignKey(
        Amendment, null=True, blank=True, on_delete=models.PROTECT, related_name="editions"
    )
    turn = models.PositiveSmallIntegerField(_("offered"))
    #: The convention as data: facts and articles (residences.text.Text).
    content = models.JSONField(_("text"))
    sha256 = models.CharField(_("fingerprint"), max_length=64)
    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("offered on"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("offered text")
        verbose_name_plural = _("offered texts")
        triggers: ClassVar = WRITTEN_ONCE
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["convention", "amendment", "turn"],
                nulls_distinct=False,
                name="offered_texts_are_numbered",
            )
        ]

    def __str__(self) -> str:
        return f"{self.amendment or self.convention} ({self.turn})"


class Side(models.TextChoices):
    """Who signs."""

    RESIDENT = "resident", _("Resident or representative")
    MANAGER = "manager", _("Manager")


class Means(models.TextChoices):
    """How it was signed."""

    SCREEN = "screen", _("On screen")
    PAPER = "paper", _("On paper")


class Signature(models.Model):
    """A signature under an offered text, bound to its fingerprint; never changed."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="signatures")
    side = models.CharField(_("side"), max_length=10, choices=Side)
    name = models.CharField(_("signed by"), max_length=150)
    quality = models.CharField(_("in what quality"), max_length=100, blank=True)
    means = models.CharField(_("how"), max_length=6, choices=Means)
    upload = models.ForeignKey(
        Upload,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("signed copy"),
    )
    sha256 = models.CharField(_("fingerprint of the text that was read"), max_length=64)
    signed_on = models.DateField(_("signed on"))
    recorded_at = models.DateTimeField(_("recorded"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("signature")
        triggers: ClassVar = WRITTEN_ONCE
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["edition", "side"],
                name="each_side_signs_a_text_once",
                violation_error_message=_("This side has signed the text already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.edition}: {self.name}"


class ArticleComment(models.Model):
    """A remark of the resident's side on one article of an offered text; it opens exactly that article."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="comments")
    #: 0 stands for the parties, above the articles.
    article = models.PositiveSmallIntegerField(_("article"), validators=[MaxValueValidator(13)])
    text = models.TextField(_("remark"), max_length=1000)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("made on"))
    answer = models.TextField(_("answer"), max_length=1000, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(_("answered on"), null=True, blank=True)

    class Meta:
        verbose_name = _("remark on an article")
        verbose_name_plural = _("remarks on articles")

    def __str__(self) -> str:
        return f"{self.edition}: {self.article}"


class InspectionKind(models.TextChoices):
    """When the state of a room is written down (art. 3)."""

    ENTRY = "entry", _("At the entry")
    EXIT = "exit", _("At the departure")


class Inspection(models.Model):
    """The inventory of fixtures of a room, signed by both sides (art. 3)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    convention = models.ForeignKey(Convention, on_delete=models.PROTECT, related_name="inspections")
    kind = models.CharField(_("when"), max_length=6, choices=InspectionKind)
    bed = models.ForeignKey(Bed, on_delete=models.PROTECT, related_name="+", verbose_name=_("room and bed"))
    done_on = models.DateField(_("done on"))
    present = models.CharField(_("present for the resident"), max_length=150, blank=True)
    signed_on = models.DateField(_("signed by both on"), null=True, blank=True)
    upload = models.ForeignKey(
        Upload,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("signed copy"),
    )

    class Meta:
        verbose_name = _("inventory of fixtures")
        verbose_name_plural = _("inventories of fixtures")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["convention", "kind", "bed"],
                name="a_room_is_inspected_once_at_the_entry_and_once_at_the_departure",
                violation_error_message=_("This inventory exists already: change it instead."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.convention}: {self.get_kind_display()}"


class InspectionLine(models.Model):
    """The state of one element of a room."""

    inspection = models.ForeignKey(Inspection, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField(_("place in the list"))
    element = models.CharField(_("element"), max_length=120)
    state = models.CharField(_("state"), max_length=300)

    class Meta:
        verbose_name = _("element of a room")
        verbose_name_plural = _("elements of a room")

    def __str__(self) -> str:
        return self.element


class Furniture(models.Model):
    """A piece of furniture that a resident brought (art. 3)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    convention = models.ForeignKey(Convention, on_delete=models.PROTECT, related_name="furniture")
    description = models.CharField(_("piece of furniture"), max_length=150)
    quantity = models.PositiveSmallIntegerField(_("number"), default=1, validators=[MinValueValidator(1)])
    state = models.CharField(_("state"), max_length=150, blank=True)
    brought_on = models.DateField(_("brought on"))
    removed_on = models.DateField(_("taken away on"), null=True, blank=True)

    class Meta:
        verbose_name = _("piece of furniture of a resident")
        verbose_name_plural = _("furniture of a resident")
        constraints: ClassVar = [
            not_before(
                "furniture_leaves_after_it_came",
                "brought_on",
                "removed_on",
                message=_("It was taken away before it was brought."),
            )
        ]

    def __str__(self) -> str:
        return self.description
