"""Addresses of notices and ends: the calculator and the list of a home, the end of one convention."""

from django.urls import path

from residences.views import endings, endings_lists, final_accounts, notice_calculator

HOME = "homes/<uuid:home_id>"
CONVENTION = f"{HOME}/conventions/<uuid:convention_id>"
ROW = f"{CONVENTION}/ending/<uuid:termination_id>"

urlpatterns = [
    path(f"{HOME}/notices/", endings_lists.notices, name="endings"),
    path(f"{HOME}/notices/calculator/", notice_calculator.calculator, name="calculator"),
    path(f"{CONVENTION}/ending/", endings.ending, name="ending"),
    path(f"{CONVENTION}/ending/record/", endings.record_termination, name="record_termination"),
    path(f"{CONVENTION}/ending/departure/", endings.departure, name="departure"),
    path(f"{CONVENTION}/ending/end/", endings.end_convention, name="end_convention"),
    path(f"{CONVENTION}/ending/final-account/", final_accounts.final_account, name="final_account"),
    path(f"{CONVENTION}/ending/final-account.pdf", final_accounts.final_statement, name="final_statement"),
    path(f"{ROW}/withdraw/", endings.withdraw_termination, name="withdraw_termination"),
    path(f"{ROW}/letter.pdf", endings.ending_letter, name="ending_letter"),
    path(f"{ROW}/received/", endings.notice_received, name="notice_received"),
    path(f"{ROW}/received/add/", endings.add_notice_letter, name="add_notice_letter"),
]
