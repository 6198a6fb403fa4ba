"""A member's claims until they are sent: announcement, steps, deposits, receipts."""

from django.urls import path

from hospitalisation.views import member, member_prepare

_CLAIM = "claims/<uuid:public_id>"

urlpatterns = [
    path("claims/", member.claims_page, name="claims"),
    path("claims/announce/", member.announce, name="announce"),
    path("claims/serious-illness/", member.illness, name="illness"),
    path(f"{_CLAIM}/announced/", member.announced, name="announced"),
    path(f"{_CLAIM}/prepare/<slug:step>/", member_prepare.step, name="step"),
    path(f"{_CLAIM}/claim-form.pdf", member.claim_form, name="claim_form"),
    path(f"{_CLAIM}/deposit/", member.deposit, name="deposit"),
    path(f"{_CLAIM}/sent/", member.sent, name="sent"),
    path(f"{_CLAIM}/discard/", member.discard, name="discard"),
]
