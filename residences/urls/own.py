"""Addresses of the resident's side: one's conventions, their texts, prices, account and invoices."""

from django.urls import path

from residences.views import own, own_account, own_disputes, own_files, own_statement, own_text

_C = "mine/<uuid:convention_id>/"
_E = _C + "texts/<uuid:edition_id>/"
_I = _C + "invoices/<uuid:invoice_id>/"

urlpatterns = [
    path("mine/", own.own, name="own"),
    path(_C, own.convention, name="own_convention"),
    path(_C + "text/", own_text.text, name="own_text"),
    path(_C + "amendments/<uuid:amendment_id>/", own_text.amendment, name="own_amendment"),
    path(_E + "articles/<int:article>/remark/", own_text.remark, name="own_remark"),
    path(_E + "sign/", own_text.sign, name="own_sign"),
    path(_E + "signed/", own_text.signed, name="own_signed"),
    path(_E + "signatures/", own_files.signatures, name="own_signatures"),
    path(_E + "document/", own_files.edition, name="own_edition"),
    path(_C + "signed-copies/<uuid:upload_id>/", own_files.signed_copy, name="own_signed_copy"),
    path(_C + "prices/", own.prices, name="own_prices"),
    path(_C + "price-notices/<uuid:notice_id>/", own_files.price_notice, name="own_price_notice"),
    path(_C + "ending/", own.ending, name="own_ending"),
    path(_C + "ending/<uuid:termination_id>/letter/", own_files.end_letter, name="own_end_letter"),
    path(_C + "account/", own_account.account, name="own_account"),
    path(_C + "entries/<uuid:entry_id>/document/", own_files.entry_document, name="own_entry_document"),
    path(_C + "statement/", own_statement.statement, name="own_statement"),
    path(_C + "statement/paper/", own_statement.statement_paper, name="own_statement_paper"),
    path(_C + "invoices/", own_account.invoices, name="own_invoices"),
    path(_I, own_account.invoice, name="own_invoice"),
    path(_I + "contest/", own_disputes.contest, name="own_contest"),
    path(_I + "shares/<uuid:share_id>/", own_files.invoice_paper, name="own_invoice_paper"),
    path(
        _C + "disputes/<uuid:dispute_id>/document/", own_files.dispute_document, name="own_dispute_document"
    ),
]
