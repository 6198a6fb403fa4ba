"""Rest homes as they are run: rooms and beds, dated prices and supplements, what the price includes, clauses."""

import uuid
from datetime import date
from decimal import Decimal
from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partenamut.accounts.models import User
from partenamut.accounts.roles import Permission
from partenamut.constraints import not_before, one_at_a_time
from partenamut.documents.models import Upload
from partenamut.fields import EuroField
from partenamut.registry.models import OPEN_END, DatedQuerySet, DatedRow, Residence

#: `MR/` or `RS/` and three groups of three figures; checked by its shape only.
OPERATING_TITLE = r"^(MR|RS)/[0-9]{3}\.[0-9]{3}\.[0-9]{3}$"


class Allowed(models.TextChoices):
    """What a home's operating title allows."""

    REST_HOME = "rest_home", _("Rest home (MR)")
    CARE_HOME = "care_home", _("Rest and nursing home (MRS)")
    SHORT_STAY = "short_stay", _("Short stay")


class RestHomeQuerySet(models.QuerySet["RestHome"]):
    """Rest homes, by who may see them."""

    def visible_to(self, user: User, on: date) -> Self:
        """All for those who manage residences; else those one directs on that day."""
        return self if user.may(Permission.MANAGE_RESIDENCES) else self.directed_by(user, on)

    def directed_by(self, user: User, on: date) -> Self:
        """Those that a user runs on a day."""
        return self.filter(residence__in=Residence.objects.directed_by(user, on))


class RestHome(models.Model):
    """A residence that houses residents under a convention: who operates it, under what title, paid on which account."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    residence = models.OneToOneField(Residence, on_delete=models.PROTECT, related_name="rest_home")
    code = models.CharField(
        _("short code"),
        max_length=6,
        unique=True,
        validators=[RegexValidator(r"^[A-Z]{2,6}$", _("Two to six capital letters."))],
        help_text=_("Begins the numbers of conventions and invoices; it never changes."),
    )
    operator = models.CharField(_("operator"), max_length=120)
    enterprise_number = models.CharField(_("enterprise number"), max_length=10, blank=True)
    operating_title = models.CharField(
        _("operating title"),
        max_length=20,
        validators=[RegexValidator(OPERATING_TITLE, _("Write it like MR/192.094.112."))],
    )
    allowed = ArrayField(models.CharField(max_length=12, choices=Allowed), verbose_name=_("allowed as"))
    capacity = models.PositiveSmallIntegerField(_("authorised beds"), validators=[MinValueValidator(1)])
    manager_name = models.CharField(_("represented by"), max_length=120)
    manager_function = models.CharField(_("function"), max_length=80)
    iban = models.CharField(_("account (IBAN)"), max_length=34, blank=True)
    account_holder = models.CharField(_("holder of the account"), max_length=70, blank=True)
    courts = models.TextField(_("competent courts"), max_length=1000, blank=True, help_text=_("One a line."))
    house_rules_dated = models.DateField(_("internal rules dated"), null=True, blank=True)
    language = models.CharField(
        _("language"), max_length=2, choices=[("fr", "Français"), ("de", "Deutsch")], default="fr"
    )

    objects: ClassVar = RestHomeQuerySet.as_manager()

    class Meta:
        verbose_name = _("rest home")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(allowed__len__gt=0),
                name="a_rest_home_is_allowed_as_something",
                violation_error_message=_("Say what the operating title allows."),
            ),
            models.CheckConstraint(
                condition=Q(operating_title__regex=OPERATING_TITLE),
                name="an_operating_title_has_its_shape",
                violation_error_message=_("Write the operating title like MR/192.094.112."),
            ),
        ]

    def __str__(self) -> str:
        return self.residence.name

    @property
    def court_lines(self) -> list[str]:
        """The competent courts, one after another."""
        return [line.strip() for line in self.courts.splitlines() if line.strip()]


class RoomType(models.Model):
    """A kind of room, whose price a person and day is authorised."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    home = models.ForeignKey(RestHome, on_delete=models.PROTECT, related_name="room_types")
    name = models.CharField(_("name"), max_length=80)
    area_m2 = models.PositiveSmallIntegerField(_("area in m²"), validators=[MinValueValidator(1)])
    description = models.CharField(_("description"), max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(_("place in the list"), default=0)

    class Meta:
        verbose_name = _("room type")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["home", "name"],
                name="a_room_type_has_its_own_name",
                violation_error_message=_("The home has a room type of this name already."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class PriceAuthorisation(models.Model):
    """A decision of the administration (AViQ) that authorises prices."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    home = models.ForeignKey(RestHome, on_delete=models.PROTECT, related_name="authorisations")
    authority = models.CharField(_("authority"), max_length=60, default="AViQ")
    decided_on = models.DateField(_("decided on"))
    reference = models.CharField(_("reference"), max_length=60, blank=True)
    upload = models.ForeignKey(
        Upload, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("document")
    )

    class Meta:
        verbose_name = _("price authorisation")

    def __str__(self) -> str:
        return f"{self.authority} {self.decided_on:%d/%m/%Y}"


class RoomPrice(DatedRow):
    """Euros a day and person for a room type, with the consumer price index at that rise."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    room_type = models.ForeignKey(
        RoomType, on_delete=models.PROTECT, related_name="prices", verbose_name=_("room type")
    )
    daily_price = EuroField(_("price a day"), validators=[MinValueValidator(Decimal("0.01"))])
    authorisation = models.ForeignKey(
        PriceAuthorisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="prices",
        verbose_name=_("price authorisation"),
    )
    index_value = models.DecimalField(
        _("consumer price index at this price"),
        max_digits=7,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.01"))],
    )
    index_month = models.DateField(_("month of the index"), null=True, blank=True)
    campaign = models.ForeignKey(
        "residences.PriceCampaign",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="room_prices",
    )

    objects: ClassVar = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("price of a room type")
        verbose_name_plural = _("prices of room types")
        constraints: ClassVar = [
            not_before("a_room_price_ends_after_its_start", "first_day", "last_day", message=OPEN_END),
            one_at_a_time(
                "a_room_type_has_one_price_at_a_time",
                "room_type",
                message=_("The room type has another price on these days: end that first."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.room_type}: {self.daily_price}"


class Room(models.Model):
    """A room, its number and its type."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    home = models.ForeignKey(RestHome, on_delete=models.PROTECT, related_name="rooms")
    number = models.CharField(_("room number"), max_length=10)
    floor = models.CharField(_("floor"), max_length=20, blank=True)
    room_type = models.ForeignKey(
        RoomType, on_delete=models.PROTECT, related_name="rooms", verbose_name=_("room type")
    )

    class Meta:
        verbose_name = _("room")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["home", "number"],
                name="a_room_has_its_own_number",
                violation_error_message=_("The home has a room of this number already."),
            )
        ]

    def __str__(self) -> str:
        return self.number


class Bed(DatedRow):
    """A bed of a room, on the days it is in service."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="beds", verbose_name=_("room"))
    label = models.CharField(_("bed"), max_length=5)

    objects: ClassVar = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("bed")
        constraints: ClassVar = [
            not_before("a_bed_leaves_service_after_it_came", "first_day", "last_day", message=OPEN_END),
            models.UniqueConstraint(
                fields=["room", "label"],
                name="a_bed_has_its_own_label_in_a_room",
                violation_error_message=_("The room has a bed of this name already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.room.number}-{self.label}"


class BedClosure(DatedRow):
    """Days on which a bed stands empty on purpose, for works or the like; it stays a bed of its room."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    bed = models.ForeignKey(Bed, on_delete=models.PROTECT, related_name="closures", verbose_name=_("bed"))
    because = models.CharField(_("why"), max_length=150)

    objects: ClassVar = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("bed out of service")
        verbose_name_plural = _("beds out of service")
        constraints: ClassVar = [
            not_before("a_bed_is_closed_until_a_later_day", "first_day", "last_day", message=OPEN_END),
            one_at_a_time(
                "a_bed_is_closed_once_at_a_time",
                "bed",
                message=_("The bed is out of service on these days already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bed}: {self.because}"


class Supplement(models.Model):
    """A good or service that residents may choose and pay beside the price (art. 4 §3)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    home = models.ForeignKey(RestHome, on_delete=models.PROTECT, related_name="supplements")
    label = models.CharField(_("supplement"), max_length=120)
    unit = models.CharField(_("unit"), max_length=40, blank=True, help_text=_("Such as meal or hour."))

    class Meta:
        verbose_name = _("supplement")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["home", "label"],
                name="a_supplement_has_its_own_name",
                violation_error_message=_("The home has a supplement of this name already."),
            )
        ]

    def __str__(self) -> str:
        return self.label


class SupplementPrice(DatedRow):
    """Euros a unit of a supplement."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    supplement = models.ForeignKey(Supplement, on_delete=models.PROTECT, related_name="prices")
    unit_price = EuroField(_("price"), validators=[MinValueValidator(Decimal("0.01"))])

    objects: ClassVar = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("price of a supplement")
        verbose_name_plural = _("prices of supplements")
        constraints: ClassVar = [
            not_before("a_supplement_price_ends_after_its_start", "first_day", "last_day", message=OPEN_END),
            one_at_a_time(
                "a_supplement_has_one_price_at_a_time",
                "supplement",
                message=_("The supplement has another price on these days: end that first."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.supplement}: {self.unit_price}"


class MutualityDiscount(DatedRow):
    """A discount on the accommodation for the members of a mutuality (art. 4 §3)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    home = models.ForeignKey(RestHome, on_delete=models.PROTECT, related_name="discounts")
    mutuality_code = models.PositiveSmallIntegerField(
        _("code of the mutuality"), validators=[MinValueValidator(100), MaxValueValidator(999)]
    )
    name = models.CharField(_("mutuality"), max_length=120)
    percent = models.DecimalField(
        _("percent"),
        max_digits=5,
        decimal_places=2,
        validators=[MinValueValidator(Decimal("0.01")), MaxValueValidator(100)],
    )

    objects: ClassVar = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("discount for a mutuality")
        verbose_name_plural = _("discounts for mutualities")
        constraints: ClassVar = [
            not_before("a_discount_ends_after_its_start", "first_day", "last_day", message=OPEN_END),
            models.CheckConstraint(
                condition=Q(percent__gt=0, percent__lte=100),
                name="a_discount_is_at_most_the_whole",
                violation_error_message=_("A discount is more than 0 and at most 100 percent (art. 4 §3)."),
            ),
            one_at_a_time(
                "a_mutuality_has_one_discount_at_a_time",
                "home",
                "mutuality_code",
                message=_("This mutuality has another discount on these days: end that first."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mutuality_code}: {self.percent}"


class IncludedElement(DatedRow):
    """An element that the daily price includes, and that is never charged beside it (art. 4 §2)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    home = models.ForeignKey(RestHome, on_delete=models.PROTECT, related_name="included")
    position = models.PositiveSmallIntegerField(_("place in the list"))
    text = models.CharField(_("element"), max_length=300)
    #: The element of the standard list, whose words guard the supplements; empty for what the home adds.
    code = models.CharField(max_length=30, blank=True)
    #: What a supplement may not be called, as plain words without accents.
    guard_words = ArrayField(models.CharField(max_length=40), default=list, blank=True)

    objects: ClassVar = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("element included in the price")
        verbose_name_plural = _("elements included in the price")
        constraints: ClassVar = [
            not_before("an_element_ends_after_its_start", "first_day", "last_day", message=OPEN_END)
        ]

    def __str__(self) -> str:
        return self.text


class HouseClause(DatedRow):
    """A special clause of the home, put into its new conventions (art. 12)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    home = models.ForeignKey(RestHome, on_delete=models.PROTECT, related_name="clauses")
    position = models.PositiveSmallIntegerField(_("place in the list"), default=0)
    text = models.TextField(_("clause"), max_length=2000)

    objects: ClassVar = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("special clause of the home")
        verbose_name_plural = _("special clauses of the home")
        constraints: ClassVar = [
            not_before("a_clause_ends_after_its_start", "first_day", "last_day", message=OPEN_END)
        ]

    def __str__(self) -> str:
        return self.text[:60]


class InsurerDayRebate(models.Model):
    """Euros off the price for each day for which an insurer intervenes, from a day on (art. 4 §7)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    first_day = models.DateField(_("first day"), unique=True)
    amount = EuroField(_("rebate a day"), validators=[MinValueValidator(0)])
    pivot_index = models.DecimalField(_("pivot index"), max_digits=7, decimal_places=2)
    index_base = models.CharField(_("base of the index"), max_length=20, default="2004=100")
    source = models.CharField(_("source"), max_length=150)

    class Meta:
        verbose_name = _("rebate for an insured day")
        verbose_name_plural = _("rebates for insured days")

    def __str__(self) -> str:
        return f"{self.first_day}: {self.amount}"


class LegalInterest(models.Model):
    """The legal rate of interest of a calendar year, in percent (art. 6)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    year = models.PositiveSmallIntegerField(
        _("year"), unique=True, validators=[MinValueValidator(1950), MaxValueValidator(2098)]
    )
    percent = models.DecimalField(
        _("percent"),
        max_digits=5,
        decimal_places=2,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    source = models.CharField(_("source"), max_length=150)

    class Meta:
        verbose_name = _("legal rate of interest")
        verbose_name_plural = _("legal rates of interest")

    def __str__(self) -> str:
        return f"{self.year}: {self.percent}"
