"""Addresses of the desk pages."""

from django.urls import URLPattern, path

from convalescence.models import Benefit
from convalescence.views import desk_case, desk_deeds, desk_members, desk_queue, desk_recognitions, desk_tools

CASE = "desk/requests/<uuid:public_id>/"
MEMBER = "desk/members/<uuid:public_id>/"

urlpatterns: list[URLPattern] = [
    path("desk/", desk_queue.queue, name="queue"),
    path("desk/assign/", desk_queue.assign_many, name="assign_many"),
    path("desk/views/", desk_queue.save_view, name="save_view"),
    path("desk/views/<uuid:public_id>/", desk_queue.saved_view, name="saved_view"),
    path("desk/views/<uuid:public_id>/remove/", desk_queue.drop_view, name="drop_view"),
    path(CASE, desk_case.case, name="case"),
    path(f"{CASE}take/", desk_deeds.take, name="case_take"),
    path(f"{CASE}write/", desk_deeds.write, name="case_write"),
    path(f"{CASE}decide/", desk_case.decide, name="case_decide"),
    path(f"{CASE}depart/", desk_case.depart, name="case_depart"),
    path(f"{CASE}review/", desk_case.review, name="case_review"),
    path(f"{CASE}what-if/", desk_tools.whatif_case, name="whatif_case"),
    path(f"{CASE}keyed-in/", desk_members.keyed_in, name="keyed_in"),
    path(f"{CASE}documents/<uuid:attachment_id>/", desk_case.document, name="case_document"),
    path(f"{CASE}letters/<uuid:document_id>/", desk_case.letter, name="case_letter"),
    *desk_deeds.urlpatterns,
    path("desk/members/", desk_members.members, name="members"),
    path(MEMBER, desk_members.member, name="member"),
    path(f"{MEMBER}national-number/", desk_members.show_niss, name="member_niss"),
    path(f"{MEMBER}what-if/", desk_tools.whatif_member, name="whatif_member"),
    path(f"{MEMBER}orientation/", desk_tools.orientation_of, name="orientation_of"),
    *(
        path(
            f"{MEMBER}paper/{benefit.replace('_', '-')}/",
            desk_members.paper,
            {"benefit": benefit},
            f"paper_{benefit}",
        )
        for benefit in Benefit
    ),
    path("desk/orientation/", desk_tools.orientation, name="orientation"),
    path("desk/recognitions/", desk_recognitions.queue, name="recognition_queue"),
    path("desk/recognitions/<uuid:public_id>/", desk_recognitions.recognition, name="recognition_case"),
]
