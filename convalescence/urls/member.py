"""Addresses of the member pages."""

from django.urls import path

from convalescence.views import member, member_draft, member_more

_DRAFT = "requests/<uuid:public_id>/draft"
_REQUEST = "requests/<uuid:public_id>"

urlpatterns = [
    path("requests/", member.requests, name="requests"),
    path("requests/new/", member_draft.new, name="new"),
    # a request that is being prepared
    path(f"{_DRAFT}/medical/", member_draft.medical, name="medical"),
    path(f"{_DRAFT}/residence/", member_draft.choose_residence, name="choose_residence"),
    path(f"{_DRAFT}/dates/", member_draft.dates, name="dates"),
    path(f"{_DRAFT}/caregiver/", member_draft.caregiver, name="caregiver"),
    path(f"{_DRAFT}/rest-home/", member_draft.rest_home, name="rest_home"),
    path(f"{_DRAFT}/invoice/", member_draft.draft_invoice, name="draft_invoice"),
    path(f"{_DRAFT}/stay/", member_draft.accompany, name="accompany"),
    path(f"{_DRAFT}/check/", member_draft.check_answers, name="check_answers"),
    path(f"{_DRAFT}/discard/", member_draft.discard, name="discard"),
    # a request that was sent
    path(f"{_REQUEST}/", member.request_page, name="request"),
    path(f"{_REQUEST}/sent/", member.sent, name="sent"),
    path(f"{_REQUEST}/decision/", member.decision, name="decision"),
    path(f"{_REQUEST}/message/", member.message, name="message"),
    path(f"{_REQUEST}/send-invoice/", member.send_invoice, name="send_invoice"),
    path(f"{_REQUEST}/change-dates/", member.change_dates, name="change_dates"),
    path(f"{_REQUEST}/confirm-stay/", member.confirm_stay, name="confirm_stay"),
    path(f"{_REQUEST}/withdraw/", member.withdraw, name="withdraw"),
    path(f"{_REQUEST}/appeal/", member.appeal, name="appeal"),
    path(f"{_REQUEST}/receipt.pdf", member.receipt, name="receipt"),
    path("decisions/<uuid:public_id>/letter.pdf", member.letter, name="letter"),
    path("files/<uuid:public_id>/", member.attachment, name="attachment"),
    # statements and caregivers
    path("statements/", member_more.statements_page, name="statements"),
    path("statements/<uuid:public_id>.pdf", member_more.statement_pdf, name="statement_pdf"),
    path("statements/<uuid:public_id>/<int:year>/", member_more.statement, name="statement"),
    path(
        "statements/<uuid:public_id>/<int:year>/issue/", member_more.issue_statement, name="issue_statement"
    ),
    path("caregivers/", member_more.recognitions_page, name="recognitions"),
    path("caregivers/new/", member_more.new_recognition, name="new_recognition"),
    path("caregivers/<uuid:public_id>/", member_more.recognition, name="recognition"),
    path("caregivers/<uuid:public_id>/letter.pdf", member_more.recognition_letter, name="recognition_letter"),
    path(
        "caregivers/asked/<int:key>/withdraw/", member_more.withdraw_recognition, name="withdraw_recognition"
    ),
]
