"""Addresses of the pages of amendments."""

from django.urls import URLPattern, path

from residences.views import amendment_signing, amendments

ALL = "homes/<uuid:home_id>/conventions/<uuid:convention_id>/amendments/"
ONE = f"{ALL}<uuid:amendment_id>/"

urlpatterns: list[URLPattern] = [
    path(ALL, amendments.amendments, name="amendments"),
    path(f"{ALL}new/", amendments.new_amendment, name="new_amendment"),
    path(ONE, amendments.amendment, name="amendment"),
    path(f"{ONE}change/", amendments.change_amendment, name="change_amendment"),
    path(f"{ONE}offer/", amendments.offer_amendment, name="offer_amendment"),
    path(f"{ONE}reopen/", amendments.reopen_amendment, name="reopen_amendment"),
    path(f"{ONE}discard/", amendments.discard_amendment, name="discard_amendment"),
    path(f"{ONE}remarks/<uuid:remark_id>/", amendments.answer_remark, name="answer_amendment_remark"),
    path(f"{ONE}sign/", amendment_signing.sign_amendment, name="sign_amendment"),
    path(f"{ONE}paper/", amendment_signing.paper_amendment, name="paper_amendment"),
    path(f"{ONE}document/", amendment_signing.amendment_pdf, name="amendment_pdf"),
    path(f"{ONE}copies/<uuid:upload_id>/", amendment_signing.amendment_copy, name="amendment_copy"),
]
