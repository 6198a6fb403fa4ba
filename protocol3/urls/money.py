"""Addresses of the pages of notes, corrections and payments."""

from django.urls import URLPattern, path

from protocol3.views import corrections, money, payments

PROJECT = "projects/<uuid:project_id>/"
RECAP = f"{PROJECT}recaps/<uuid:recap_id>/"
NOTE = f"{PROJECT}notes/<uuid:note_id>/"
PAYMENTS = f"{PROJECT}payments/"

urlpatterns: list[URLPattern] = [
    path(f"{PROJECT}recaps/", money.recaps, name="recaps"),
    path(RECAP, money.recap, name="recap"),
    path(f"{RECAP}pdf/", money.recap_pdf, name="recap_pdf"),
    path(f"{RECAP}correct/", corrections.correct, name="correct_recap"),
    path(f"{RECAP}remind/", money.remind, name="remind"),
    path(f"{RECAP}reminders/<uuid:reminder_id>/", money.reminder, name="reminder"),
    path(f"{PROJECT}notes/", money.notes, name="notes"),
    path(NOTE, money.note, name="note"),
    path(f"{NOTE}pdf/", money.note_pdf, name="note_pdf"),
    path(f"{PROJECT}excess/", corrections.excess, name="excess"),
    path(PAYMENTS, payments.payments, name="payments"),
    path(f"{PAYMENTS}register/", payments.register_payment, name="register_payment"),
    path(f"{PAYMENTS}import/", payments.import_payments, name="import_payments"),
    path(f"{PAYMENTS}import/template/", payments.payments_template, name="payments_template"),
    path(f"{PAYMENTS}<uuid:payment_id>/undo/", payments.undo_payment, name="undo_payment"),
]
