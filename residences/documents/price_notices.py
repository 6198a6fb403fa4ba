"""The letters of a rise of prices: to each resident or representative, and to the administration (art. 4 §1)."""

from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override
from msgspec import Struct

from partenamut.documents.formats import euro
from partenamut.documents.services import Order
from residences.messages import condition, day, figure, messages, source
from residences.rules import PriceIncrease, weigh_increase
from residences.rules.price import index_rise, maximum
from residences.text import HomeTerms

LETTER = "documents/letter.html"


class AuthorisationWords(Struct, frozen=True):
    """The decision that authorises the prices."""

    authority: str
    decided_on: date
    reference: str


class CampaignWords(Struct, frozen=True):
    """What both letters say of a rise."""

    number: str
    home: HomeTerms
    place: str
    notified_on: date
    in_force_from: date
    index_month: date
    index_source: str
    explanation: str
    authorisation: AuthorisationWords | None


class ResidentWords(Struct, frozen=True):
    """A notice to one resident's side."""

    campaign: CampaignWords
    language: str
    issued_on: date
    resident: str
    recipient: str
    address_lines: tuple[str, ...]
    room: str
    room_type: str
    before: Decimal
    after: Decimal
    first_day: date
    #: None where the price goes down, or where its index is not known: there is nothing to reckon.
    facts: PriceIncrease | None

    @property
    def to_the_resident(self) -> bool:
        """Whether the letter goes to the resident, and not to a representative."""
        return self.recipient == self.resident


class TypeLine(Struct, frozen=True):
    """A room type in the notice to the administration; no new price where it stays as it is."""

    name: str
    present: Decimal | None
    new: Decimal | None
    facts: PriceIncrease | None

    @property
    def rises(self) -> bool:
        """Whether the new price is above the present one."""
        return self.new is not None and (self.present is None or self.new > self.present)

    @property
    def goes_down(self) -> bool:
        """Whether the new price is below the present one: no limit applies."""
        return self.new is not None and self.present is not None and self.new < self.present


class AdministrationWords(Struct, frozen=True):
    """The notice to the administration."""

    campaign: CampaignWords
    language: str
    authority: str
    lines: tuple[TypeLine, ...]
    notified: int
    kept_for_health: int
    kept_for_works: int


def resident_order(words: ResidentWords, key: str) -> Order:
    """The letter that notifies a resident or representative of a new price."""
    with override(words.language):
        values = {"resident": words.resident, "day": day(words.first_day)}
        title = _("New price of the accommodation of %(resident)s from %(day)s") % values
        return Order(
            key=key,
            kind="rest-home-price-notice",
            template=LETTER,
            context=_resident_context(words, title),
            language=words.language,
            title=title,
            issued_on=words.issued_on,
        )


def administration_order(words: AdministrationWords, key: str) -> Order:
    """The letter that notifies the administration of new prices, with their calculation."""
    with override(words.language):
        values = {"home": words.campaign.home.name, "day": day(words.campaign.in_force_from)}
        title = _("New prices of %(home)s from %(day)s") % values
        return Order(
            key=key,
            kind="rest-home-price-notice-administration",
            template=LETTER,
            context=_administration_context(words, title),
            language=words.language,
            title=title,
            issued_on=words.campaign.notified_on,
        )


def steps_of(facts: PriceIncrease, language: str) -> list[tuple[str, str]]:
    """How the highest price of the year is reckoned, step by step, in the active language (which is `language`)."""
    then, now = figure(facts.index_at_last_increase), figure(facts.index_now)
    percent = figure(index_rise(facts))
    before = euro(facts.price_before_year, language)
    return [
        (_("Price before the first rise of the year"), before),
        (_("Consumer price index that belongs to it"), then),
        (_("Consumer price index now"), now),
        (_("Change of the index"), f"{now} ÷ {then} − 1 = {percent} %"),
        (_("Index and 5 points"), f"{percent} % + 5 % = {figure(index_rise(facts) + 5)} %"),
        (
            _("Highest price of the year, cut to the cent"),
            f"{before} × ({now} ÷ {then} + {figure('0.05')}) = {euro(maximum(facts), language)}",
        ),
    ]


# --- the letter to a resident -----------------------------------------------------------------------------


def _resident_context(words: ResidentWords, title: str) -> dict[str, object]:
    campaign = words.campaign
    return {
        **_head(campaign),
        "addressee": {"lines": [words.recipient, *words.address_lines]},
        "particulars": _particulars(words),
        "subject": title,
        "salutation": _("Dear %(name)s,") % {"name": words.recipient},
        "paragraphs": [
            _verdict(words),
            *_meanwhile(words),
            *_why(campaign),
            *_under_control(campaign),
        ],
        "reasons": _reasons(words.facts, words.language),
        "tables": [_prices(words), *([_steps(words.facts, words.language)] if words.facts else [])],
        "after": [
            _(
                "Nothing else changes in the convention: a lawful change of price needs no amendment (art. 1)."
            ),
            _("You may end the convention with the notice of its article 10."),
            *_questions(campaign.home),
        ],
    }


def _verdict(words: ResidentWords) -> str:
    values = {
        "resident": words.resident,
        "home": words.campaign.home.name,
        "day": day(words.first_day),
        "before": euro(words.before, words.language),
        "after": euro(words.after, words.language),
    }
    rises = words.after > words.before
    if words.to_the_resident and rises:
        return (
            _(
                "The price of your accommodation in %(home)s rises: from %(day)s it is %(after)s a day instead of %(before)s."
            )
            % values
        )
    if words.to_the_resident:
        return (
            _(
                "The price of your accommodation in %(home)s goes down: from %(day)s it is %(after)s a day instead of "
                "%(before)s."
            )
            % values
        )
    if rises:
        return (
            _(
                "The price of the accommodation of %(resident)s in %(home)s rises: from %(day)s it is %(after)s a day instead "
                "of %(before)s."
            )
            % values
        )
    return (
        _(
            "The price of the accommodation of %(resident)s in %(home)s goes down: from %(day)s it is %(after)s a day "
            "instead of %(before)s."
        )
        % values
    )


def _meanwhile(words: ResidentWords) -> list[str]:
    """Said to those who signed after the others had been told."""
    if words.issued_on == words.campaign.notified_on:
        return []
    return [
        _(
            "The new prices were notified on %(day)s, before the signature; this letter goes with the signed text."
        )
        % {"day": day(words.campaign.notified_on)}
    ]


def _particulars(words: ResidentWords) -> list[dict[str, str]]:
    found = [
        (_("Resident:"), words.resident),
        (_("Room:"), words.room),
        (_("Room type:"), words.room_type),
    ]
    return [{"label": label, "value": value} for label, value in found if value]


def _reasons(facts: PriceIncrease | None, language: str) -> list[dict[str, object]]:
    if facts is None:
        return []
    reasons = weigh_increase(facts).reasons
    return [
        {
            "condition": condition(reason.code),
            "finding": sentence,
            "met": reason.met,
            "source": source(reason.article),
        }
        for reason, sentence in zip(reasons, messages(reasons, language), strict=True)
    ]


def _prices(words: ResidentWords) -> dict[str, object]:
    last = words.first_day - timedelta(days=1)
    return {
        "caption": _("Price of the accommodation"),
        "columns": [
            {"label": _("Days"), "kind": "text", "width": 70},
            {"label": _("Price a day"), "kind": "amount", "width": 30},
        ],
        "rows": [
            [_("until %(day)s") % {"day": day(last)}, words.before],
            [_("from %(day)s") % {"day": day(words.first_day)}, words.after],
        ],
    }


def _steps(facts: PriceIncrease, language: str) -> dict[str, object]:
    return {
        "caption": _("How the highest price is reckoned"),
        "columns": [
            {"label": _("Step"), "kind": "text", "width": 50},
            {"label": _("Figure"), "kind": "number", "width": 50},
        ],
        "rows": [list(step) for step in steps_of(facts, language)],
    }


# --- the letter to the administration ---------------------------------------------------------------------


def _administration_context(words: AdministrationWords, title: str) -> dict[str, object]:
    campaign = words.campaign
    values = {
        "home": campaign.home.name,
        "title": campaign.home.operating_title,
        "day": day(campaign.in_force_from),
        "month": f"{campaign.index_month:%m/%Y}",
        "source": campaign.index_source,
    }
    return {
        **_head(campaign),
        "addressee": {"lines": [words.authority]},
        "particulars": [{"label": _("Operating title:"), "value": campaign.home.operating_title}],
        "subject": title,
        "salutation": _("Dear Sir or Madam,"),
        "paragraphs": [
            _(
                "We notify the daily prices a person of %(home)s, which come into force on %(day)s, the 30th day after this "
                "notification (art. 4 §1 of the convention with the residents)."
            )
            % values,
            *_why(campaign),
            *_under_control(campaign),
            _("The consumer price index is that of %(month)s (%(source)s).") % values,
        ],
        "tables": [
            _all_prices(words),
            *_calculation(words),
        ],
        "after": [*_formula(words), *_lowered(words), *_counts(words), *_questions(campaign.home)],
    }


def _all_prices(words: AdministrationWords) -> dict[str, object]:
    def amount(price: Decimal | None) -> str:
        return euro(price, words.language) if price is not None else "–"

    return {
        "caption": _("Prices a person and day"),
        "columns": [
            {"label": _("Room type"), "kind": "text", "width": 45},
            {"label": _("Present price"), "kind": "number"},
            {
                "label": _("From %(day)s") % {"day": day(words.campaign.in_force_from)},
                "kind": "number",
            },
            {"label": _("Maximum"), "kind": "number"},
        ],
        "rows": [
            [
                line.name,
                amount(line.present),
                amount(line.present if line.new is None else line.new),
                amount(maximum(line.facts) if line.facts and line.rises else None),
            ]
            for line in words.lines
        ],
    }


def _calculation(words: AdministrationWords) -> list[dict[str, object]]:
    """The table of the figures that each maximum is reckoned from; none where no price rises."""
    rises = [line.facts for line in words.lines if line.facts is not None and line.rises]
    names = {str(facts.id): line.name for line in words.lines if (facts := line.facts) is not None}
    if not rises:
        return []
    return [
        {
            "caption": _("How each maximum is reckoned"),
            "columns": [
                {"label": _("Room type"), "kind": "text", "width": 30},
                {"label": _("Price before the first rise of the year"), "kind": "number"},
                {"label": _("Index then"), "kind": "number"},
                {"label": _("Index now"), "kind": "number"},
                {"label": _("Change of the index"), "kind": "number"},
                {"label": _("Maximum"), "kind": "number"},
            ],
            "rows": [
                [
                    names[facts.id],
                    euro(facts.price_before_year, words.language),
                    figure(facts.index_at_last_increase),
                    figure(facts.index_now),
                    f"{figure(index_rise(facts))} %",
                    euro(maximum(facts), words.language),
                ]
                for facts in rises
            ],
        }
    ]


def _formula(words: AdministrationWords) -> list[str]:
    if not any(line.rises for line in words.lines):
        return []
    return [
        _(
            "Maximum = price before the first rise of the year × (index now ÷ index then + 0.05), cut to the cent; all rises "
            "of a calendar year are taken together."
        )
    ]


def _lowered(words: AdministrationWords) -> list[str]:
    names = [line.name for line in words.lines if line.goes_down]
    if not names:
        return []
    return [_("These prices go down; no limit applies to them: %(types)s.") % {"types": ", ".join(names)}]


def _counts(words: AdministrationWords) -> list[str]:
    found = [
        ngettext(
            "%(count)d resident or representative is notified today.",
            "%(count)d residents or representatives are notified today.",
            words.notified,
        )
        % {"count": words.notified}
    ]
    if words.kept_for_works:
        found.append(
            ngettext(
                "%(count)d resident who was present before works keeps the price.",
                "%(count)d residents who were present before works keep the price.",
                words.kept_for_works,
            )
            % {"count": words.kept_for_works}
        )
    if words.kept_for_health:
        found.append(
            ngettext(
                "%(count)d resident who changed rooms for reasons of health keeps the price.",
                "%(count)d residents who changed rooms for reasons of health keep the price.",
                words.kept_for_health,
            )
            % {"count": words.kept_for_health}
        )
    return found


# --- what both have ---------------------------------------------------------------------------------------


def _head(campaign: CampaignWords) -> dict[str, object]:
    home = campaign.home
    return {
        "sender": {
            "name": home.name,
            "service": home.operator,
            "lines": list(home.address_lines),
            "phone": home.phone,
            "email": home.email,
        },
        "place": campaign.place,
        "reference": campaign.number,
        "closing": _("Kind regards,"),
        "signatory": {"name": home.manager_name, "role": home.manager_function},
    }


def _why(campaign: CampaignWords) -> list[str]:
    return [_("Why: %(text)s") % {"text": campaign.explanation}] if campaign.explanation else []


def _under_control(campaign: CampaignWords) -> list[str]:
    found = campaign.authorisation
    if found is None:
        return []
    values = {"authority": found.authority, "day": day(found.decided_on), "reference": found.reference}
    if found.reference:
        return [_("%(authority)s authorised the prices on %(day)s (%(reference)s).") % values]
    return [_("%(authority)s authorised the prices on %(day)s.") % values]


def _questions(home: HomeTerms) -> list[str]:
    contact = home.phone or home.email
    return [_("You have a question? Reach us at %(contact)s.") % {"contact": contact}] if contact else []
