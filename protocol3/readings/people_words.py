"""What is done with beneficiaries, in words: for their history and for the trail."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

#: Action of the audit -> what was done.
DEEDS: Mapping[str, Any] = {
    "person_entered": _("Person entered"),
    "person_included": _("Included in the project"),
    "person_corrected": _("Data corrected"),
    "person_informed": _("Receipt of the information sheet"),
    "information_sheet_made": _("Information sheet printed"),
    "person_left": _("Left the project"),
    "person_taken_up_again": _("Taken up again in the project"),
    "case_manager_appointed": _("Case manager appointed"),
    "end_recorded": _("Death or entry in a rest home recorded"),
    "insurer_begun": _("Insurer recorded"),
    "insurer_ended": _("Insurer ended"),
    "insurer_corrected": _("Insurer corrected"),
    "assessed": _("BelRAI scores entered"),
    "assessment_corrected": _("BelRAI scores corrected"),
    "finding_added": _("Finding entered"),
    "finding_corrected": _("Finding corrected"),
    "caregiver_added": _("Caregiver entered"),
    "caregiver_changed": _("Data of a caregiver changed"),
    "caregiver_removed": _("Caregiver removed"),
    "stay_added": _("Stay entered"),
    "stay_ended": _("Stay ended"),
    "stay_corrected": _("Stay corrected"),
    "financing_added": _("Other financing entered"),
    "financing_corrected": _("Other financing corrected"),
    "prior_units_recorded": _("Units of the convention before entered"),
    "prior_units_corrected": _("Units of the convention before corrected"),
    "second_series_granted": _("Second series granted"),
    "second_series_taken_back": _("Second series taken back"),
    "eligibility_decided": _("Eligibility decided"),
    "statement_printed": _("Statement printed"),
    "beneficiaries_exported": _("List of beneficiaries downloaded"),
}

#: Facts of a decision on eligibility, as a warning names them.
FACTS: Mapping[str, Any] = {
    "birth_date": _("birth date"),
    "derogation": _("condition of younger people"),
    "scores": _("BelRAI scores"),
    "inefficient_care": _("organisation of care"),
    "neurodegenerative": _("neurodegenerative disease"),
    "fall_last_30_days": _("fall in the last 30 days"),
    "home_adaptation": _("home to adapt"),
    "dementia_diagnosis": _("diagnosis of dementia"),
    "dementia_assessment_code": _("specialised assessment of dementia"),
    "asks_psychology": _("psychological support asked for"),
    "refuses_care": _("refusal of necessary care"),
}
