"""The desk: queue, case, decision, second reading, paper, tools."""

from django.urls import URLPattern, path

from hospitalisation.views import desk_case, desk_cover, desk_deeds, desk_more, desk_paper, desk_queue

CASE = "desk/claims/<uuid:public_id>/"
MEMBER = "desk/members/<uuid:public_id>/"

urlpatterns: list[URLPattern] = [
    # The queue, paper and cover.
    path("desk/", desk_queue.queue, name="queue"),
    path("desk/assign/", desk_queue.assign_many, name="assign_many"),
    path("desk/views/", desk_queue.save_view, name="save_view"),
    path("desk/views/<uuid:public_id>/", desk_queue.saved_view, name="saved_view"),
    path("desk/views/<uuid:public_id>/remove/", desk_queue.drop_view, name="drop_view"),
    path("desk/members/", desk_cover.members, name="members"),
    path(MEMBER, desk_cover.cover_on, name="cover_on"),
    path(f"{MEMBER}paper/", desk_paper.paper, name="paper"),
    path(f"{MEMBER}what-if/", desk_cover.whatif_member, name="whatif_member"),
    path(f"{CASE}what-if/", desk_cover.whatif, name="whatif"),
    # A claim.
    path(CASE, desk_case.case, name="case"),
    path(f"{CASE}take/", desk_deeds.take, name="case_take"),
    path(f"{CASE}write/", desk_deeds.write, name="case_write"),
    path(f"{CASE}decide/", desk_case.decide, name="case_decide"),
    path(f"{CASE}depart/", desk_case.depart, name="case_depart"),
    path(f"{CASE}review/", desk_case.review, name="case_review"),
    path(f"{CASE}payment/", desk_more.payment, name="case_payment"),
    path(f"{CASE}lines/", desk_more.lines, name="case_lines"),
    path(f"{CASE}documents/<uuid:attachment_id>/", desk_case.document, name="case_document"),
    path(f"{CASE}letters/<uuid:document_id>/", desk_case.letter, name="case_letter"),
    *desk_deeds.urlpatterns,
]
