"""Addresses of the pages of beneficiaries."""

from django.urls import URLPattern, path

from protocol3.views import eligibility, people, people_facts

PROJECT = "projects/<uuid:project_id>/beneficiaries/"
PERSON = "beneficiaries/<uuid:enrolment_id>/"

urlpatterns: list[URLPattern] = [
    path(PROJECT, people.beneficiaries, name="beneficiaries"),
    path(f"{PROJECT}include/", people.include, name="include"),
    path(PERSON, people.beneficiary, name="beneficiary"),
    path(f"{PERSON}ledger/", people.ledger, name="ledger"),
    path(f"{PERSON}national-number/", people.show_niss, name="beneficiary_niss"),
    path(f"{PERSON}data/", people_facts.correct_person, name="correct_person"),
    path(f"{PERSON}case-manager/", people_facts.case_manager, name="case_manager"),
    path(f"{PERSON}receipt/", people_facts.receipt, name="receipt"),
    path(f"{PERSON}information-sheet/", people.information_sheet, name="information_sheet"),
    path(f"{PERSON}units-before/", people_facts.prior_units, name="prior_units"),
    path(f"{PERSON}end/", people_facts.end, name="person_end"),
    path(f"{PERSON}leave/", people_facts.leave, name="leave_project"),
    path(f"{PERSON}take-up-again/", people.take_up_again, name="take_up_again"),
    path(f"{PERSON}eligibility/", eligibility.eligibility, name="eligibility"),
    path(f"{PERSON}second-series/", eligibility.second_series, name="second_series"),
    path(f"{PERSON}files/<uuid:upload_id>/", people.person_file, name="person_file"),
    path(f"{PERSON}caregivers/<uuid:row_id>/remove/", people_facts.remove_caregiver, name="remove_caregiver"),
    path(f"{PERSON}<slug:kind>/add/", people_facts.add_row, name="add_person_row"),
    path(f"{PERSON}<slug:kind>/<uuid:row_id>/", people_facts.change_row, name="change_person_row"),
]
