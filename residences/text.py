"""The convention as text: thirteen articles in the project's own words, each with its source, made from frozen terms."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override
from msgspec import Struct

from partenamut.documents.formats import euro
from partenamut.sentences import day, language_of_now
from residences.messages import figure
from residences.rules import parameters

#: The articles, and with them the special clauses and the guarantors (art. 12 and 13).
ARTICLES = range(1, 14)


class Party(Struct, frozen=True):
    """A person or body of the convention: name, address, and what they are."""

    name: str
    address_lines: tuple[str, ...] = ()
    quality: str = ""
    phone: str = ""
    email: str = ""


class HomeTerms(Struct, frozen=True):
    """The home as its conventions name it."""

    name: str
    operator: str
    address_lines: tuple[str, ...]
    phone: str
    email: str
    manager_name: str
    manager_function: str
    operating_title: str
    #: Codes of what the title allows.
    allowed: tuple[str, ...]
    courts: tuple[str, ...]
    house_rules_dated: date | None = None


class TypeTerms(Struct, frozen=True):
    """A room type with its price a day."""

    name: str
    area_m2: int
    daily_price: Decimal


class SupplementTerms(Struct, frozen=True):
    """A supplement that may be charged."""

    label: str
    unit: str
    unit_price: Decimal


class DiscountTerms(Struct, frozen=True):
    """A discount for the members of a mutuality."""

    mutuality_code: int
    name: str
    percent: Decimal


class RebateTerms(Struct, frozen=True):
    """The rebate for each insured day."""

    first_day: date
    amount: Decimal
    pivot_index: Decimal
    index_base: str


class Terms(Struct, frozen=True):
    """Everything the text of a convention says, frozen at one moment."""

    home: HomeTerms
    resident: Party
    birth_date: date
    representative: Party | None
    kind: str
    respite: bool
    rehabilitation: bool
    entry: date
    until: date | None
    room: str
    beds: int
    room_type: str
    daily_price: Decimal
    #: Why the price is that of another room type; empty where it is the room's own.
    kept_because: str
    authority: str
    authorised_on: date | None
    room_types: tuple[TypeTerms, ...]
    included: tuple[str, ...]
    supplements: tuple[SupplementTerms, ...]
    discounts: tuple[DiscountTerms, ...]
    rebate: RebateTerms | None
    insured: bool
    clauses: tuple[str, ...]
    guarantors: tuple[Party, ...]
    #: The day of the prices, where it is not that of the signature.
    prices_on: date | None = None


class Table(Struct, frozen=True):
    """Rows of text under headings; the last column is on the right."""

    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class ArticleText(Struct, frozen=True):
    """One article: its paragraphs, a list or a table under the paragraph that announces it, and where it is written."""

    number: int
    title: str
    source: str
    blocks: tuple["Block", ...]

    @property
    def plain(self) -> tuple[str, ...]:
        """Every line of the article, for comparing two versions of it."""
        return tuple(line for block in self.blocks for line in block.lines)


class Block(Struct, frozen=True):
    """A paragraph, with the list or the table that follows it."""

    text: str = ""
    items: tuple[str, ...] = ()
    table: Table | None = None

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines of the block, one after another."""
        head = (self.text,) if self.text else ()
        rows = tuple(", ".join(row) for row in self.table.rows) if self.table else ()
        return (*head, *self.items, *rows)


class Text(Struct, frozen=True):
    """A convention in words, in one language."""

    language: str
    terms: Terms
    articles: tuple[ArticleText, ...]


def written(terms: Terms, language: str) -> Text:
    """The text of the terms in a language."""
    with override(language):
        return Text(language, terms, tuple(_articles(terms)))


def as_data(text: Text) -> dict[str, Any]:
    """The text as plain data, as it is stored and fingerprinted."""
    data: dict[str, Any] = msgspec.to_builtins(text)
    return data


def from_data(data: Any) -> Text:
    """The text that was stored."""
    return msgspec.convert(data, Text)


def fingerprint(data: Any) -> str:
    """The sha256 of a stored text: what a signature is bound to."""
    said = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(said.encode()).hexdigest()


def changed_articles(before: Text, after: Text) -> list[int]:
    """The numbers of the articles that say something else."""
    was = {article.number: article.plain for article in before.articles}
    return [article.number for article in after.articles if was.get(article.number) != article.plain]


# --- the articles -------------------------------------------------------------------------------------------


def _articles(terms: Terms) -> Iterator[ArticleText]:
    code = _(
        "Walloon code of social action and health, art. 334 to 379; regulatory code, art. 1396 to 1456; annex 120"
    )
    model = _("annex 120, model convention")
    parts: Iterable[tuple[str, str, Iterable[Block]]] = (
        (_("Legal frame"), code, _legal_frame()),
        (_("The stay"), model, _stay(terms)),
        (_("The room"), model, _room(terms)),
        (_("Price of the accommodation and of the services"), model, _price(terms)),
        (_("Absences"), model, _absences()),
        (_("Payment"), _("annex 120, model convention; civil code, art. 1153"), _payment()),
        (_("Deposit"), model, (Block(_("No deposit is asked from the resident.")),)),
        (_("Guarantee"), model, (Block(_("No guarantee is asked from the resident.")),)),
        (
            _("Goods and valuables"),
            model,
            (Block(_("The home neither keeps nor manages money or goods of the resident.")),),
        ),
        (_("Trial and notice"), model, _notice(terms)),
        (_("Disputes"), model, _courts(terms)),
        (_("Special clauses"), _("agreed between the parties"), _clauses(terms)),
        (_("Guarantors"), _("agreed between the parties"), _guarantors(terms)),
    )
    for number, (title, source, blocks) in zip(ARTICLES, parts, strict=True):
        yield ArticleText(number, title, source, tuple(blocks))


def _legal_frame() -> Iterator[Block]:
    yield Block(
        _(
            "This convention is made in two copies under the Walloon code of social action and health (articles 334 "
            "to 379), the Walloon regulatory code of social action and health (articles 1396 to 1456) and its annex 120."
        )
    )
    yield Block(
        _(
            "Every change is written in an amendment: dated, signed, in two copies, and joined to the convention."
        )
    )
    yield Block(
        _("A change of price that follows the law and its regulations is not a change of the convention.")
    )


def _stay(terms: Terms) -> Iterator[Block]:
    yield Block(_("The resident enters on %(day)s.") % {"day": day(terms.entry)})
    if terms.kind == "indefinite":
        yield Block(_("The stay is of indefinite duration."))
        return
    assert terms.until is not None
    aims = {
        (True, True): _("respite and rehabilitation"),
        (True, False): _("respite"),
        (False, True): _("rehabilitation"),
    }
    yield Block(
        _("It is a short stay until %(day)s, for %(aim)s.")
        % {"day": day(terms.until), "aim": aims[terms.respite, terms.rehabilitation]}
    )


def _room(terms: Terms) -> Iterator[Block]:
    yield Block(
        ngettext(
            "With the resident's agreement, or the representative's, the home gives room %(room)s: "
            "%(beds)d bed, type %(type)s of the table in article 4.",
            "With the resident's agreement, or the representative's, the home gives room %(room)s: "
            "%(beds)d beds, type %(type)s of the table in article 4.",
            terms.beds,
        )
        % {"room": terms.room, "beds": terms.beds, "type": terms.room_type}
    )
    yield Block(_("The room is changed only if the resident, or the representative, consents."))
    yield Block(
        _(
            "The inventory of fixtures of the room, dated and signed by both sides, is joined to the convention and "
            "decides who answers for damage. Without one made before the entry, the resident is taken to have "
            "received the room as it is at the departure, and answers for no damage."
        )
    )
    yield Block(
        _(
            "The furniture that the resident brings stands in an inventory signed by the resident or the "
            "representative and by the director; it is kept in the resident's file."
        )
    )


def _price(terms: Terms) -> Iterator[Block]:
    yield from _price_itself(terms)
    yield Block(
        _(
            "§ 2. The price of the accommodation includes all of the following; nothing of it is charged beside it:"
        ),
        items=terms.included,
    )
    yield from _price_supplements(terms)
    yield Block(
        _(
            "§ 5. Advances are no supplements: what the home pays in the resident's name is paid back at its exact "
            "amount, on a document or an invoice in the resident's name."
        )
    )
    yield Block(
        _(
            "§ 6. A resident whose health insurance does not suffice pays for small care material, nursing, care and "
            "paramedical staff, at most what INAMI would have paid the home for that resident."
        )
    )
    if terms.rebate is not None:
        yield Block(
            _(
                "§ 7. Since %(day)s, %(amount)s is taken off the price for each day for which an insurer intervenes. "
                "The amount is linked to pivot index %(index)s (%(base)s) and follows the indexation of public wages."
            )
            % {
                "day": day(terms.rebate.first_day),
                "amount": _euros(terms.rebate.amount),
                "index": figure(terms.rebate.pivot_index),
                "base": terms.rebate.index_base,
            }
        )


def _price_itself(terms: Terms) -> Iterator[Block]:
    yield Block(
        _price_heading(terms),
        table=Table(
            _("Prices by room type"),
            (_("Room type"), _("Area"), _("Price a day and person")),
            tuple((one.name, f"{one.area_m2} m²", _euros(one.daily_price)) for one in terms.room_types),
        ),
    )
    yield Block(
        _("For the room chosen, the price is %(price)s a day.") % {"price": _euros(terms.daily_price)}
    )
    if terms.kept_because == "health":
        yield Block(
            _("The resident changed rooms for reasons of health and keeps the price of the room before.")
        )
    elif terms.kept_because == "works":
        yield Block(_("The resident was here before the works and keeps the price of that time."))
    yield Block(
        _(
            "The price may change under the control of AViQ. In a calendar year it does not rise by more than 5 points "
            "above the rise of the consumer price index since the last rise. A rise is notified to the residents or "
            "their families and to the administration, and is in force on the 30th day after."
        )
    )
    yield Block(
        _(
            "Residents present before works, a new building or a transfer keep their price; so does a resident who "
            "changes rooms for reasons of health."
        )
    )
    yield Block(
        _(
            "In the first month the price is due from the day on which the room is available until the end of the "
            "month, day by day."
        )
    )


def _price_heading(terms: Terms) -> str:
    values = {
        "authority": terms.authority,
        "day": day(terms.authorised_on) if terms.authorised_on else "",
        "on": day(terms.prices_on) if terms.prices_on else "",
    }
    if terms.prices_on is None:
        if terms.authorised_on is None:
            return _("§ 1. On the day of signature the home asks these prices:")
        return (
            _(
                "§ 1. On the day of signature the home asks these prices, authorised by %(authority)s on %(day)s:"
            )
            % values
        )
    if terms.authorised_on is None:
        return _("§ 1. On %(on)s the home asks these prices:") % values
    return _("§ 1. On %(on)s the home asks these prices, authorised by %(authority)s on %(day)s:") % values


def _price_supplements(terms: Terms) -> Iterator[Block]:
    if terms.supplements:
        yield Block(
            _("§ 3. These supplements, and no others, may be charged if the resident chooses them:"),
            table=Table(
                _("Supplements"),
                (_("Supplement"), _("Unit"), _("Price")),
                tuple(
                    (one.label, one.unit or _("piece"), _euros(one.unit_price)) for one in terms.supplements
                ),
            ),
        )
    else:
        yield Block(_("§ 3. No supplement may be charged."))
    if terms.discounts:
        yield Block(
            _("These discounts are taken off the price of the accommodation:"),
            items=tuple(
                _("members of mutuality %(code)d (%(name)s): %(percent)s %%")
                % {"code": one.mutuality_code, "name": one.name, "percent": figure(one.percent)}
                for one in terms.discounts
            ),
        )
    yield Block(
        _(
            "§ 4. Only goods and services that the resident or the representative chose freely are charged as "
            "supplements. A supplement that this convention does not have is not charged."
        )
    )


def _absences() -> Iterator[Block]:
    yield Block(
        _(
            "During an absence for hospital, a weekend, holidays or any other reason the whole price remains due."
        )
    )
    yield Block(_("Except for medical reasons, an absence is announced to the management beforehand."))


def _payment() -> Iterator[Block]:
    yield Block(
        _(
            "The home keeps an individual account for each resident, with every receipt and expense and everything "
            "supplied. The resident or the representative may consult it at any time."
        )
    )
    yield Block(
        _(
            "A detailed monthly invoice, which mentions INAMI's intervention, is handed over with its documents. The "
            "price of the accommodation is paid in advance, supplements in arrears."
        )
    )
    yield Block(
        ngettext(
            "It is paid within %(days)d day of its receipt. It may be contested within one month of its receipt.",
            "It is paid within %(days)d days of its receipt. It may be contested within one month of its receipt.",
            parameters.PAYMENT_DAYS,
        )
        % {"days": parameters.PAYMENT_DAYS}
    )
    yield Block(
        _(
            "What is not paid in time bears interest after a formal notice, at no more than the legal rate (civil "
            "code, art. 1153)."
        )
    )


def _notice(terms: Terms) -> Iterator[Block]:
    if terms.kind == "short":
        yield Block(
            _("Either side may end the stay with %(days)d days of notice.")
            % {"days": parameters.SHORT_NOTICE_DAYS}
        )
    else:
        yield Block(
            _(
                "The first %(trial)d days are a trial, in which either side may end the convention with %(short)d "
                "days of notice. After it the notice is of %(months)d months at least from the manager, and of "
                "%(days)d days from the resident."
            )
            % {
                "trial": parameters.TRIAL_DAYS,
                "short": parameters.SHORT_NOTICE_DAYS,
                "months": parameters.MANAGER_NOTICE_MONTHS,
                "days": parameters.RESIDENT_NOTICE_DAYS,
            }
        )
        yield Block(
            _(
                "The manager's notice may be of one month where the resident does not respect safety rules or the "
                "needs of community life."
            )
        )
    yield from _notice_in_all_cases()


def _notice_in_all_cases() -> Iterator[Block]:
    yield Block(_("The manager's notice gives its reasons; without them it counts as not given."))
    yield Block(_("A resident who leaves during the manager's notice owes no notice."))
    yield Block(
        _(
            "A resident, or representative, who ends the convention without observing the notice owes the price of "
            "the accommodation for its duration, without supplements."
        )
    )
    yield Block(
        _(
            "Notice is given in writing, by registered letter or with an acknowledgement of receipt, two working days "
            "before it starts to run."
        )
    )
    yield Block(
        _(
            "After a death or a departure for medical reasons the price is due until the room is cleared, article 5 "
            "being taken into account."
        )
    )


def _courts(terms: Terms) -> Iterator[Block]:
    if terms.home.courts:
        yield Block(
            _("These courts are competent for any dispute about this convention:"), items=terms.home.courts
        )
    else:
        yield Block(
            _(
                "The civil courts of the place of the home are competent for any dispute about this convention."
            )
        )


def _clauses(terms: Terms) -> Iterator[Block]:
    if not terms.clauses:
        yield Block(_("There are no special clauses."))
    for clause in terms.clauses:
        yield Block(clause)


def _guarantors(terms: Terms) -> Iterator[Block]:
    if not terms.guarantors:
        yield Block(_("Nobody stands surety."))
        return
    yield Block(
        _(
            "These people stand surety, jointly and severally, for all that the resident owes the home under this "
            "convention:"
        ),
        items=tuple(", ".join((one.name, *one.address_lines)) for one in terms.guarantors),
    )


def _euros(amount: Decimal) -> str:
    return euro(amount, language_of_now())
