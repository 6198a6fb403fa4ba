"""Addresses of the pages of conventions, residents and inventories."""

from django.urls import URLPattern, path

from residences.views import convention_deeds as deeds
from residences.views import convention_steps as steps
from residences.views import conventions, inventories, residents

HOME = "homes/<uuid:home_id>/"
PERSON = HOME + "residents/<uuid:resident_id>/"
CONTACT = PERSON + "contacts/<uuid:contact_id>/"
ONE = HOME + "conventions/<uuid:convention_id>/"
FIXTURES = ONE + "inventories/fixtures/<uuid:inspection_id>/"

urlpatterns: list[URLPattern] = [
    path(HOME + "residents/", residents.residents, name="residents"),
    path(PERSON, residents.resident, name="resident"),
    path(PERSON + "national-number/", residents.show_niss, name="resident_niss"),
    path(PERSON + "data/", residents.correct_resident, name="correct_resident"),
    path(PERSON + "contacts/add/", residents.add_contact, name="add_contact"),
    path(CONTACT, residents.change_contact, name="change_contact"),
    path(CONTACT + "remove/", residents.remove_contact, name="remove_contact"),
    path(HOME + "clauses/check/", steps.check_clause, name="check_clause"),
    path(HOME + "conventions/", conventions.conventions, name="conventions"),
    path(HOME + "conventions/new/", conventions.new_convention, name="new_convention"),
    path(ONE, conventions.convention, name="convention"),
    path(ONE + "draft/resident/", steps.resident, name="step_resident"),
    path(ONE + "draft/people/", steps.people, name="step_people"),
    path(ONE + "draft/stay/", steps.stay, name="step_stay"),
    path(ONE + "draft/room/", steps.room, name="step_room"),
    path(ONE + "draft/supplements/", steps.supplements, name="step_supplements"),
    path(ONE + "draft/clauses/", steps.clauses, name="step_clauses"),
    path(ONE + "draft/check/", steps.check, name="step_check"),
    path(ONE + "draft/open-all/", deeds.open_all_articles, name="open_all_articles"),
    path(ONE + "sign/", deeds.sign_convention, name="sign_convention"),
    path(ONE + "signed-on-paper/", deeds.paper_signatures, name="paper_signatures"),
    path(ONE + "receipt/", deeds.receipt, name="receipt"),
    path(ONE + "take-back/", deeds.reopen_convention, name="reopen_convention"),
    path(ONE + "discard/", deeds.discard_convention, name="discard_convention"),
    path(ONE + "remarks/<uuid:remark_id>/", deeds.answer_remark, name="answer_remark"),
    path(ONE + "texts/<uuid:edition_id>/document/", conventions.convention_pdf, name="convention_pdf"),
    path(ONE + "signatures/", conventions.convention_signatures, name="convention_signatures"),
    path(ONE + "files/<uuid:upload_id>/", conventions.convention_file, name="convention_file"),
    path(ONE + "inventories/", inventories.inventories, name="inventories"),
    path(ONE + "inventories/new/<slug:kind>/", inventories.new_inspection, name="new_inspection"),
    path(FIXTURES, inventories.inspection, name="inspection"),
    path(FIXTURES + "signed/", inventories.sign_inspection, name="sign_inspection"),
    path(FIXTURES + "discard/", inventories.discard_inspection, name="discard_inspection"),
    path(FIXTURES + "document/", inventories.inspection_pdf, name="inspection_pdf"),
    path(ONE + "inventories/furniture/add/", inventories.add_furniture, name="add_furniture"),
    path(ONE + "inventories/furniture/document/", inventories.furniture_pdf, name="furniture_pdf"),
    path(
        ONE + "inventories/furniture/<uuid:furniture_id>/",
        inventories.change_furniture,
        name="change_furniture",
    ),
]
