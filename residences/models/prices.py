"""Rises of prices as campaigns: new prices, those they do not concern, and the notices sent (art. 4 §1)."""

import uuid
from datetime import date
from decimal import Decimal
from typing import ClassVar, Self

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from partenamut.accounts.models import User
from partenamut.audit.models import WRITTEN_ONCE
from partenamut.casework.models import Case
from partenamut.documents.models import Document
from partenamut.fields import EuroField
from residences.models.conventions import Convention, KeptBecause
from residences.models.homes import PriceAuthorisation, RestHome, RoomType
from residences.workflow import CAMPAIGN, CampaignStatus


class PriceCampaignQuerySet(models.QuerySet["PriceCampaign"]):
    """Campaigns, by who may see them."""

    def visible_to(self, user: User, on: date) -> Self:
        """Those of homes that the user directs on that day."""
        return self.filter(home__in=RestHome.objects.directed_by(user, on))


class PriceCampaign(Case):
    """A rise of the prices of a home: drafted, checked against the limit of the year, notified to all."""

    workflow = CAMPAIGN

    status = models.CharField(
        _("status"),
        max_length=24,
        choices=CampaignStatus,
        default=CampaignStatus.DRAFT,
        editable=False,
        db_index=True,
    )
    home = models.ForeignKey(RestHome, on_delete=models.PROTECT, related_name="campaigns")
    index_now = models.DecimalField(
        _("consumer price index now"),
        max_digits=7,
        decimal_places=2,
        validators=[MinValueValidator(Decimal("0.01"))],
    )
    index_month = models.DateField(_("month of the index"))
    index_source = models.CharField(_("source of the index"), max_length=150)
    explanation = models.TextField(_("why the prices rise"), max_length=1000, blank=True)
    authorisation = models.ForeignKey(
        PriceAuthorisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="campaigns",
        verbose_name=_("price authorisation"),
    )
    notified_on = models.DateField(_("notified on"), null=True, blank=True, editable=False)
    in_force_from = models.DateField(_("in force from"), null=True, blank=True, editable=False)
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar = PriceCampaignQuerySet.as_manager()

    class Meta:
        verbose_name = _("rise of prices")
        verbose_name_plural = _("rises of prices")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["home"],
                condition=models.Q(status=CampaignStatus.DRAFT.value),
                name="a_home_prepares_one_rise_at_a_time",
                violation_error_message=_("A rise is being prepared already: go on with that one."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.home} {self.index_month:%m/%Y}"


class CampaignPrice(models.Model):
    """The new price of a room type in a campaign; what it was measured against is written at the notification."""

    campaign = models.ForeignKey(PriceCampaign, on_delete=models.CASCADE, related_name="prices")
    room_type = models.ForeignKey(RoomType, on_delete=models.PROTECT, related_name="+")
    price_before_year = EuroField(  # type: ignore[misc]
        _("price before the first rise of the year"), null=True, blank=True
    )
    current_price = EuroField(_("price now"), null=True, blank=True)  # type: ignore[misc]
    index_then = models.DecimalField(
        _("consumer price index then"), max_digits=7, decimal_places=2, null=True, blank=True
    )
    new_price = EuroField(_("new price"), validators=[MinValueValidator(Decimal("0.01"))])

    class Meta:
        verbose_name = _("new price")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["campaign", "room_type"], name="a_campaign_names_a_room_type_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.room_type}: {self.new_price}"


class CampaignExemption(models.Model):
    """A convention that a rise leaves alone, with the reason; or that it does not, though its price is kept."""

    campaign = models.ForeignKey(PriceCampaign, on_delete=models.CASCADE, related_name="exemptions")
    convention = models.ForeignKey(Convention, on_delete=models.PROTECT, related_name="exemptions")
    because = models.CharField(_("why"), max_length=12, choices=KeptBecause)
    note = models.CharField(_("note"), max_length=200, blank=True)
    #: Taken back: the rise concerns the convention after all.
    withdrawn = models.BooleanField(_("taken back"), default=False)

    class Meta:
        verbose_name = _("price kept in a rise")
        verbose_name_plural = _("prices kept in a rise")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["campaign", "convention"], name="a_campaign_exempts_a_convention_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.convention}"


class PriceNotice(models.Model):
    """A notice of new prices to a resident's side, or to the administration (no convention); never changed."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    campaign = models.ForeignKey(PriceCampaign, on_delete=models.PROTECT, related_name="notices")
    convention = models.ForeignKey(
        Convention, null=True, blank=True, on_delete=models.PROTECT, related_name="price_notices"
    )
    recipient = models.CharField(_("to"), max_length=150)
    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("notice of new prices")
        verbose_name_plural = _("notices of new prices")
        triggers: ClassVar = WRITTEN_ONCE
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["campaign", "convention"],
                nulls_distinct=False,
                name="a_campaign_notifies_each_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.campaign}: {self.recipient}"
