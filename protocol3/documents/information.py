"""The sheet that explains conditions and limits to a beneficiary, with the receipt to sign (art. 27 §2)."""

from datetime import date

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from partenamut.documents.services import Order
from partenamut.sentences import within
from protocol3.documents.parts import ProjectWords, sent_by
from protocol3.messages import FAMILIES
from protocol3.rules.parameters import (
    ALTERNATIVE_UNITS,
    CASE_MANAGEMENT_SESSIONS,
    CLOSING_DAYS,
    CLOSING_UNITS,
    HOSPITAL_SESSIONS,
    NIGHT_VISIT_UNITS,
    PERIOD_MONTHS,
    SERIES_GROUP_UNITS,
    SERIES_UNITS,
    SESSIONS_PERCENT,
)
from protocol3.rules.pseudocodes import BASE_FAMILIES

INFORMATION = "documents/protocol3_information.typ"


class InformationWords(msgspec.Struct, frozen=True):
    """The sheet that explains the conditions and limits to a beneficiary, with a receipt (art. 27 §2)."""

    issued_on: date
    project: ProjectWords
    full_name: str
    address_lines: tuple[str, ...]
    alternatives: tuple[str, ...]
    language: str


def information_order(words: InformationWords, key: str) -> Order:
    """The sheet on the conditions and limits of art. 12 and 26, with the receipt to sign."""
    with override(words.language):
        title = _("Your care with Protocol 3: what your insurer pays, and how far")
        return Order(
            key=key,
            kind="protocol3_information",
            template=INFORMATION,
            context={
                **sent_by(words.project),
                "addressee": {"lines": [words.full_name, *words.address_lines]},
                "reference": words.project.name,
                "introduction": _(
                    "The project %(project)s works with you and the person who cares for you. This sheet says what "
                    "your insurer pays and where it stops. We go through it with you. Ask us whatever you want "
                    "to know, then sign the receipt at the end."
                )
                % {"project": words.project.name},
                "sections": [_cost(), _duration(), _not_paid(), _rights(words.project)],
                "limits": _limits(words.alternatives),
                "receipt": _receipt(words),
            },
            language=words.language,
            title=title,
            issued_on=words.issued_on,
        )


def _cost() -> dict[str, object]:
    return {
        "heading": _("What you pay"),
        "items": [
            _("You pay nothing. The project sends its notes to your insurer every month."),
            _("Nobody may ask you a supplement (convention, art. 25)."),
        ],
    }


def _duration() -> dict[str, object]:
    values = {"years": PERIOD_MONTHS // 12, "days": CLOSING_DAYS, "units": CLOSING_UNITS}
    return {
        "heading": _("How long"),
        "items": [
            _("Your period begins with the first service and lasts %(years)d years at most.") % values,
            _("You have one such period only (convention, art. 11)."),
            _(
                "It ends earlier if you go to live in a rest home, or at death. The person who cares for you can "
                "then still be helped for %(days)d days, with %(units)d units at most."
            )
            % values,
        ],
    }


def _not_paid() -> dict[str, object]:
    return {
        "heading": _("When your insurer does not pay (convention, art. 26)"),
        "items": [
            _("On a day on which the same help is already paid in another way."),
            _("While you stay in a psychiatric care home."),
            _("While you stay in a rest home. A short stay is no obstacle."),
            _(
                "While you are in hospital day and night. Paid all the same: %(case_management)d sessions of case "
                "management if the hospital found that you need help at home, and, if you had a session or a "
                "group before, %(occupational_therapy)d of occupational therapy and "
                "%(psychological_support)d of psychological support."
            )
            % HOSPITAL_SESSIONS,
            _("Psychological support, while you have first-line psychological care."),
        ],
        "after": _("Tell us at once of any stay, and of any other help that you get."),
    }


def _rights(project: ProjectWords) -> dict[str, object]:
    return {
        "heading": _("What you can expect of us"),
        "items": [
            _("You get a statement of what was done for you and what your insurer paid for it."),
            _("Before each service we can tell you how many units are left."),
            _("You can stop at any time. A question? %(contact)s") % {"contact": project.contact},
        ],
    }


def _limits(alternatives: tuple[str, ...]) -> dict[str, object]:
    return {
        "heading": _("How much (convention, art. 12)"),
        "introduction": _("A unit is 30 minutes, a unit of a night visit 20 minutes."),
        "columns": [_("Service"), _("Your insurer pays at most")],
        "rows": [
            *_base_limits(),
            *([str(FAMILIES[family]), _ALTERNATIVE_LIMITS[family]()] for family in alternatives),
        ],
    }


def _base_limits() -> list[list[str]]:
    first_name, *names = (str(FAMILIES[family]) for family in BASE_FAMILIES)
    shares = {"sessions": CASE_MANAGEMENT_SESSIONS, "percent": SESSIONS_PERCENT}
    first, second = ({"units": SERIES_UNITS[turn], "groups": SERIES_GROUP_UNITS[turn]} for turn in (1, 2))
    return [
        [str(FAMILIES["initial_module"]), _("Once, all projects together.")],
        [
            _("%(names)s: first series")
            % {"names": ", ".join([first_name, *(within(name) for name in names)])},
            _("%(units)d units together, %(groups)d of them in groups.") % first,
        ],
        [
            _("The same: second series"),
            _(
                "%(units)d units together, %(groups)d of them in groups. Only after something new happened, if you "
                "still meet the conditions and your care team agrees; the number of people who get one is limited."
            )
            % second,
        ],
        [
            _("Units with you present"),
            _(
                "Case management: %(sessions)d units at least. Occupational therapy and psychological support: "
                "%(percent)d %% of the units at least, groups included."
            )
            % shares,
        ],
    ]


_ALTERNATIVE_LIMITS = {
    "caregiver_group": lambda: (
        _("%(units)d units for the person who cares for you.")
        % {"units": ALTERNATIVE_UNITS["caregiver_group"]}
    ),
    "night_visit": lambda: _("%(units)d units a night.") % {"units": NIGHT_VISIT_UNITS[1]},
    "care_education": lambda: _("%(units)d units.") % {"units": ALTERNATIVE_UNITS["care_education"]},
}


def _receipt(words: InformationWords) -> dict[str, object]:
    return {
        "heading": _("Receipt (convention, art. 27)"),
        "sentence": _(
            "%(name)s, or the person who cares for %(name)s, received this sheet from the project %(project)s, and "
            "its meaning was explained."
        )
        % {"name": words.full_name, "project": words.project.name},
        "signatures": [
            [_("Beneficiary"), words.full_name],
            [_("Caregiver"), ""],
            [_("For the project"), ""],
        ],
        "lines": [pgettext("note", "Name"), pgettext("note", "Date"), pgettext("note", "Signature")],
    }
