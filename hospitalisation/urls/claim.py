"""The page of a claim for the member's side, its messages, documents, statements and the year."""

from django.urls import path

from hospitalisation.views import claim, claim_deeds, year

_CLAIM = "claims/<uuid:public_id>"

urlpatterns = [
    path("claims/year/", year.year, name="year"),
    path(f"{_CLAIM}/", claim.claim, name="claim"),
    path(f"{_CLAIM}/message/", claim_deeds.message, name="claim_message"),
    path(f"{_CLAIM}/documents/add/", claim_deeds.document, name="claim_document"),
    path(f"{_CLAIM}/withdraw/", claim_deeds.withdraw, name="claim_withdraw"),
    path(f"{_CLAIM}/appeal/", claim_deeds.appeal, name="claim_appeal"),
    path(
        f"{_CLAIM}/statements/<slug:kind>/issue/", claim_deeds.issue_statement, name="issue_claim_statement"
    ),
    path(f"{_CLAIM}/contest/", claim_deeds.contest, name="claim_contest"),
    path(f"{_CLAIM}/contest/<uuid:document_id>.pdf", claim.contest_letter, name="claim_contest_letter"),
    path(f"{_CLAIM}/receipt.pdf", claim.receipt, name="receipt"),
    path("decisions/<uuid:public_id>/letter.pdf", claim.letter, name="letter"),
    path("files/<uuid:public_id>/", claim.attachment, name="attachment"),
    path("statements/<uuid:public_id>.pdf", claim.statement, name="statement"),
]
