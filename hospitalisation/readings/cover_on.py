"""What insures a member on a day for a stay in hospital, what was used of that year, and which figures are in force."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from msgspec import Struct

from hospitalisation import messages
from hospitalisation.facts import patient_category, terms_on
from hospitalisation.models import Claim, Intervention
from hospitalisation.readings.queue import claims_of
from hospitalisation.readings.states import TONES
from hospitalisation.rules import Measure, Name, Terms, Tier
from partenamut.accounts.models import User
from partenamut.money import ZERO
from partenamut.registry import insurance
from partenamut.registry.covers import Held, covers_of
from partenamut.registry.models import Dependency, HospitalInsurance, Member
from partenamut.web import formats

Row = dict[str, Any]

#: Claims on the page; the queue has the others.
SHOWN = 50


class Budget(Struct, frozen=True):
    """What a year holds and how much of it is used; no limit where `limit` is None."""

    label: str
    used: Decimal
    limit: Decimal | None
    #: What is to be said where there is no figure.
    remark: str = ""

    @property
    def left(self) -> Decimal | None:
        """Euros that are left; None without a limit."""
        return None if self.limit is None else max(self.limit - self.used, ZERO)


def cover_on(member: Member, user: User, day: date, today: date) -> Row:
    """Everything on the page of a member's cover on a day; a fixed number of queries."""
    held = insurance.tier_on(member, day)
    option = insurance.has_option_on(member, day)
    terms = terms_on(day)[Tier(held.tier) if held else Tier.NONE]
    return {
        "tier": messages.tier(terms.tier),
        "facts": _facts(member, held, option, day),
        "history": [
            {"label": each.label, "value": _all_held(each.held) or _("Never")} for each in covers_of(member)
        ],
        "household": _household(member, day),
        "pays": terms.pays,
        "waiting": terms.tier is Tier.CONTINUITY,
        "budgets": _budgets(member, terms, option, day.year) if terms.pays or option else [],
        "figures": figure_rows(terms),
        "figure_columns": figure_columns(),
        "claim_columns": _claim_columns(),
        "claims": _claims(member, user, today),
    }


def figure_columns() -> list[Row]:
    """The heads of the list of figures."""
    return [
        {"label": _("Figure")},
        {"label": _("The insurance pays")},
        {"label": _("Source")},
        {"label": _("Remark")},
    ]


def figure_rows(terms: Terms) -> list[list[Any]]:
    """The figures of an insurance in force, with their sources and marks; none for one that pays nothing."""
    return [_figure(terms, name) for name in Name] if terms.pays else []


def _figure(terms: Terms, name: Name) -> list[Any]:
    figure = terms.figure(name)
    mark: Any = ""
    if figure.measure is Measure.MISSING:
        mark = {"text": _("not known yet"), "tone": "warning"}
    elif figure.to_confirm:
        mark = {"text": _("to be confirmed"), "tone": "warning"}
    return [
        messages.figure_name(name),
        messages.measured(figure.measure, figure.value),
        messages.source(figure.article),
        mark,
    ]


# --- inside -----------------------------------------------------------------------------------------------


def _facts(member: Member, held: HospitalInsurance | None, option: bool, day: date) -> list[Row]:
    bim = insurance.is_bim(member, day)
    words = {
        "ordinary": _("ordinary patient"),
        "child": _("dependent child"),
        "bim": _("higher reimbursement"),
    }
    return [
        {
            "label": _("Hospital insurance"),
            "value": f"{held.get_tier_display()}, {formats.period(held.first_day, held.last_day)}"
            if held
            else messages.tier("none"),
        },
        {"label": _("Serious-illness option"), "value": _("Yes") if option else _("No")},
        {"label": _("Higher reimbursement (BIM)"), "value": _("Yes") if bim else _("No")},
        {"label": _("Category for a deposit"), "value": words[patient_category(member, day)]},
        {"label": _("Mutuality"), "value": str(member.mutuality)},
        {
            "label": _("Contributions on this day"),
            "value": _("In order")
            if any(day in row.period for row in member.contributions.all())
            else _("Not in order"),
        },
    ]


def _budgets(member: Member, terms: Terms, option: bool, year: int) -> list[Budget]:
    used = dict(
        Intervention.objects.filter(member=member, year=year)
        .order_by()
        .values_list("budget")
        .annotate(sum=Sum("amount"))
    )
    made = [
        _budget(
            terms,
            Name.CEILING,
            _("Ceiling of %(year)d") % {"year": year},
            used.get(Intervention.Budget.HOSPITAL, ZERO),
        )
    ]
    if option:
        label = _("Serious-illness option in %(year)d") % {"year": year}
        made.append(
            _budget(terms, Name.SERIOUS_ILLNESS, label, used.get(Intervention.Budget.SERIOUS_ILLNESS, ZERO))
        )
    return made


def _budget(terms: Terms, name: Name, label: str, used: Decimal) -> Budget:
    figure = terms.figure(name)
    if figure.measure is Measure.EUROS_A_YEAR:
        return Budget(label, used, figure.value)
    return Budget(label, used, None, messages.measured(figure.measure, figure.value))


def _household(member: Member, day: date) -> list[Row]:
    """Those who depend on the member on a day, and on whom the member depends."""
    pairs = [
        *((_("Dependant"), row.dependant) for row in _on(day, "dependant", holder=member)),
        *((_("Insured through"), row.holder) for row in _on(day, "holder", dependant=member)),
    ]
    return [
        {
            "label": label,
            "name": person.full_name,
            "born": formats.day(person.birth_date),
            "url": f"{reverse('hospitalisation:cover_on', args=[person.public_id])}?day={day.isoformat()}",
        }
        for label, person in pairs
    ]


def _on(day: date, related: str, **whose: Member) -> Iterable[Dependency]:
    found: Iterable[Dependency] = (
        Dependency.objects.on(day).filter(**whose).select_related(related).order_by("pk")
    )
    return found


def _all_held(held: Iterable[Held]) -> str:
    return "; ".join(
        " ".join(
            filter(
                None,
                (
                    f"{one.about}," if one.about else "",
                    formats.period(one.first_day, one.last_day),
                    _("(through %(name)s)") % {"name": one.through} if one.through else "",
                ),
            )
        )
        for one in held
    )


def _claim_columns() -> list[Row]:
    return [
        {"label": _("Number")},
        {"label": _("Claim")},
        {"label": _("State")},
        {"label": _("Sent on")},
        {"label": _("Admission")},
        {"label": _("Hospital")},
    ]


def _claims(member: Member, user: User, on: date) -> list[list[Any]]:
    rows: Iterable[Claim] = (
        claims_of(user, on)
        .filter(member=member)
        .select_related("hospital", "stay__hospital")
        .order_by("-created_at", "-pk")[:SHOWN]
    )
    return [
        [
            {
                "text": row.number,
                "url": reverse("hospitalisation:case", args=[row.public_id]),
                "nowrap": True,
            },
            row.get_kind_display(),
            {"text": row.get_status_display(), "tone": TONES[row.status]},
            formats.day(row.submitted_on) if row.submitted_on else "",
            formats.day(row.admission) if row.admission else "",
            row.place_name,
        ]
        for row in rows
    ]
