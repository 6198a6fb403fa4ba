"""The pseudocodes of the convention (art. 22, table 5): which service, whose profession, which way of giving it."""

from typing import Literal

from msgspec import Struct, structs

Family = Literal[
    "initial_module",
    "case_management",
    "occupational_therapy",
    "psychological_support",
    "caregiver_group",
    "night_visit",
    "care_education",
]
Modality = Literal["module", "session", "session_in_hospital", "group", "support", "closing"]
Profession = Literal[
    "general_practitioner",
    "nurse",
    "social_worker",
    "occupational_therapist",
    "psychologist",
    "care_assistant",
]
RateKey = Literal[
    "initial_module",
    "case_management",
    "occupational_therapy",
    "psychological_support",
    "occupational_therapy_group",
    "psychological_support_group",
    "operating_allowance",
    "caregiver_group",
    "night_visit",
    "care_education",
]

#: The families that count in series, share the period and bring the operating allowance.
BASE_FAMILIES: tuple[Family, ...] = ("case_management", "occupational_therapy", "psychological_support")
#: The families only for projects that offered them in 2022.
ALTERNATIVES: tuple[Family, ...] = ("caregiver_group", "night_visit", "care_education")

#: The two of them that a yearly amount of the project limits (art. 2, 1 c); their amounts have the same keys.
CAPPED_FAMILIES: tuple[Family, ...] = ("night_visit", "care_education")

#: The operating allowance is billed beside a service, never entered as one (art. 23).
OPERATING_ALLOWANCE = "794975"


class Pseudocode(Struct, frozen=True):
    """What a pseudocode stands for; no profession where the convention leaves it open."""

    code: str
    family: Family
    profession: Profession | None
    modality: Modality
    unit_minutes: int | None
    rate_key: RateKey
    #: Whether it is of one of the three base families, or of the three alternative services.
    is_base: bool = False
    is_alternative: bool = False

    def __post_init__(self) -> None:
        structs.force_setattr(self, "is_base", self.family in BASE_FAMILIES)
        structs.force_setattr(self, "is_alternative", self.family in ALTERNATIVES)


def _case_management(profession: Profession, codes: tuple[str, str, str, str]) -> list[Pseudocode]:
    modalities: tuple[Modality, ...] = ("session", "session_in_hospital", "support", "closing")
    return [
        Pseudocode(code, "case_management", profession, modality, 30, "case_management")
        for code, modality in zip(codes, modalities, strict=True)
    ]


def _therapy(
    family: Family, profession: Profession, rate_key: RateKey, group_key: RateKey, codes: tuple[str, ...]
) -> list[Pseudocode]:
    modalities: tuple[Modality, ...] = ("session", "session_in_hospital", "group", "support", "closing")
    return [
        Pseudocode(code, family, profession, modality, 30, group_key if modality == "group" else rate_key)
        for code, modality in zip(codes, modalities, strict=True)
    ]


_TABLE = (
    Pseudocode("794474", "initial_module", None, "module", None, "initial_module"),
    *_case_management("general_practitioner", ("794496", "794500", "794511", "795115")),
    *_case_management("nurse", ("794533", "794544", "794555", "795130")),
    *_case_management("social_worker", ("794570", "794581", "794592", "795152")),
    *_case_management("occupational_therapist", ("795631", "795642", "795653", "795675")),
    *_case_management("psychologist", ("795690", "795701", "795712", "795734")),
    *_therapy(
        "occupational_therapy",
        "occupational_therapist",
        "occupational_therapy",
        "occupational_therapy_group",
        ("794732", "794743", "794813", "794754", "795174"),
    ),
    *_therapy(
        "psychological_support",
        "psychologist",
        "psychological_support",
        "psychological_support_group",
        ("794776", "794780", "794835", "794791", "795196"),
    ),
    Pseudocode("794894", "caregiver_group", None, "group", 30, "caregiver_group"),
    Pseudocode("794850", "night_visit", "care_assistant", "session", 20, "night_visit"),
    Pseudocode("794872", "care_education", None, "session", 30, "care_education"),
)

#: All services of the convention by their pseudocode.
PSEUDOCODES: dict[str, Pseudocode] = {row.code: row for row in _TABLE}


def found(family: str, profession: str | None, modality: str) -> Pseudocode | None:
    """The pseudocode of a service given in a way by a profession; None where the convention has none."""
    for row in _TABLE:
        if row.family == family and row.modality == modality and row.profession in (None, profession):
            return row
    return None
