"""What hangs on a member: contributions, insurances, household, caregivers and mandates, each with its words and forms."""

from django.utils.translation import gettext_lazy

from partenamut.registry import services
from partenamut.registry.dated_rows import Kind, RowPages, with_row
from partenamut.registry.forms import (
    InsuranceCorrectionForm,
    InsuranceForm,
    MandateForm,
    OtherMemberForm,
    PeriodForm,
)

CHANGE_TIER = gettext_lazy("Change the insurance from a day on")

KINDS = {
    "contributions": Kind(
        title=gettext_lazy("Contributions in order"),
        add=gettext_lazy("Add a period in order"),
        stop=gettext_lazy("Change the end of the period"),
        empty=gettext_lazy("No period is known: no day can be paid."),
        consequence=gettext_lazy("Days after the last one are not paid. Decisions already taken stay."),
        form=PeriodForm,
        rows=lambda member: member.contributions.all(),
        about=lambda _row: "",
        begin=lambda member, cleaned, **by: services.add_contributions(member=member, **cleaned, **by),
        end=with_row(services.close_contributions, "period"),
    ),
    "insurances": Kind(
        title=gettext_lazy("Hospital insurance"),
        add=gettext_lazy("Add a hospital insurance"),
        stop=gettext_lazy("End the insurance"),
        empty=gettext_lazy("The member has no hospital insurance."),
        consequence=gettext_lazy(
            "No admission after the last day is covered. The serious-illness option ends first."
        ),
        form=InsuranceForm,
        rows=lambda member: member.hospital_insurances.all(),
        about=lambda row: row.get_tier_display(),
        begin=lambda member, cleaned, **by: services.add_insurance(member=member, **cleaned, **by),
        end=with_row(services.end_insurance, "insurance"),
        correct=with_row(services.correct_insurance, "insurance"),
        correction=InsuranceCorrectionForm,
        beside=(CHANGE_TIER, "registry:change_tier"),
    ),
    "options": Kind(
        title=gettext_lazy("Serious-illness option"),
        add=gettext_lazy("Add the option"),
        stop=gettext_lazy("End the option"),
        empty=gettext_lazy(
            "The member does not have the option; it goes with Hospitalia and Hospitalia Plus only."
        ),
        consequence=gettext_lazy("No care after the last day is covered by the option."),
        form=PeriodForm,
        rows=lambda member: member.serious_illness_options.all(),
        about=lambda _row: "",
        begin=lambda member, cleaned, **by: services.add_option(member=member, **cleaned, **by),
        end=with_row(services.end_option, "option"),
        correct=with_row(services.correct_option, "option"),
    ),
    "rights": Kind(
        title=gettext_lazy("Higher reimbursement (BIM)"),
        add=gettext_lazy("Add a period of higher reimbursement"),
        stop=gettext_lazy("End the higher reimbursement"),
        empty=gettext_lazy(
            "The member has no right of their own; on the days on which they depend on somebody who has it, "
            "they have it too."
        ),
        consequence=gettext_lazy("After the last day the ordinary tariff holds, for the dependants too."),
        form=PeriodForm,
        rows=lambda member: member.higher_reimbursements.all(),
        about=lambda _row: "",
        begin=lambda member, cleaned, **by: services.add_higher_reimbursement(member=member, **cleaned, **by),
        end=with_row(services.end_higher_reimbursement, "right"),
        correct=with_row(services.correct_higher_reimbursement, "right"),
    ),
    "dependants": Kind(
        title=gettext_lazy("Dependants"),
        add=gettext_lazy("Add a dependant"),
        stop=gettext_lazy("End the dependency"),
        empty=gettext_lazy("Nobody is insured through this member."),
        consequence=gettext_lazy("After the last day the person is no longer insured through this member."),
        form=OtherMemberForm,
        rows=lambda member: member.dependants.select_related("dependant"),
        about=lambda row: row.dependant.full_name,
        begin=lambda member, cleaned, **by: services.add_dependant(
            holder=member, dependant=cleaned.pop("niss"), **cleaned, **by
        ),
        end=with_row(services.end_dependency, "dependency"),
    ),
    "caregivers": Kind(
        title=gettext_lazy("Recognised caregivers"),
        add=gettext_lazy("Recognise a caregiver"),
        stop=gettext_lazy("End the recognition"),
        empty=gettext_lazy("Nobody is recognised as caregiver of this member."),
        consequence=gettext_lazy(
            "After the last day the caregiver is no longer paid for stays with this member."
        ),
        form=OtherMemberForm,
        rows=lambda member: member.caregivers.select_related("caregiver"),
        about=lambda row: row.caregiver.full_name,
        begin=lambda member, cleaned, **by: services.recognise_caregiver(
            cared_for=member, caregiver=cleaned.pop("niss"), **cleaned, **by
        ),
        end=with_row(services.end_recognition, "recognition"),
    ),
    "mandates": Kind(
        title=gettext_lazy("Mandates"),
        add=gettext_lazy("Give a mandate"),
        stop=gettext_lazy("End the mandate"),
        empty=gettext_lazy("Nobody acts for this member."),
        consequence=gettext_lazy("After the last day the representative no longer sees the file."),
        form=MandateForm,
        rows=lambda member: member.mandates.select_related("representative"),
        about=lambda row: f"{row.representative.name} ({row.basis})",
        begin=lambda member, cleaned, **by: services.give_mandate(
            member=member, representative=cleaned.pop("email"), **cleaned, **by
        ),
        end=with_row(services.end_mandate, "mandate"),
    ),
}

ROWS = RowPages(
    kinds=KINDS,
    add_name="registry:add_member_row",
    end_name="registry:end_member_row",
    correct_name="registry:correct_member_row",
    home_name="registry:member",
)
