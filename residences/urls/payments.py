"""Addresses of the pages of money: payments, files of the bank, reminders, disputes, statements."""

from django.urls import URLPattern, path

from residences.views import bank_files, bank_lines, disputes, payments, reminders, statements

HOME = "homes/<uuid:home_id>/"
PAYMENTS = f"{HOME}payments/"
FILES = f"{PAYMENTS}files/"
FILE = f"{FILES}<uuid:file_id>/"
LINES = f"{PAYMENTS}lines/"
LINE = f"{LINES}<uuid:line_id>/"
REMINDERS = f"{HOME}reminders/"
DISPUTES = f"{HOME}disputes/"
DISPUTE = f"{DISPUTES}<uuid:dispute_id>/"
STATEMENT = f"{HOME}conventions/<uuid:convention_id>/statement/"

urlpatterns: list[URLPattern] = [
    path(PAYMENTS, payments.payments, name="payments"),
    path(f"{PAYMENTS}register/", payments.register_payment, name="register_payment"),
    path(f"{PAYMENTS}<uuid:payment_id>/undo/", payments.undo_payment, name="undo_payment"),
    path(f"{PAYMENTS}owed/", payments.shares, name="shares"),
    path(f"{PAYMENTS}owed/<uuid:share_id>/", payments.share, name="share"),
    path(FILES, bank_files.bank_files, name="bank_files"),
    path(f"{FILES}send/", bank_files.bank_file, name="bank_file"),
    path(f"{FILES}template/", bank_files.template, name="bank_file_template"),
    path(FILE, bank_files.check, name="bank_file_check"),
    path(f"{FILE}take-over/", bank_files.take_over, name="take_over_bank_file"),
    path(f"{FILE}discard/", bank_files.discard, name="discard_bank_file"),
    path(LINES, bank_lines.lines, name="bank_lines"),
    path(LINE, bank_lines.assign, name="assign_line"),
    path(f"{LINE}aside/", bank_lines.set_aside, name="set_line_aside"),
    path(f"{LINE}take-up/", bank_lines.take_up, name="take_line_up"),
    path(REMINDERS, reminders.reminders, name="reminders"),
    path(f"{REMINDERS}make/", reminders.make, name="make_reminders"),
    path(f"{REMINDERS}letters.zip", reminders.letters, name="reminder_letters"),
    path(f"{REMINDERS}<uuid:reminder_id>.pdf", reminders.letter, name="reminder_letter"),
    path(DISPUTES, disputes.disputes, name="disputes"),
    path(DISPUTE, disputes.dispute, name="dispute"),
    path(f"{DISPUTE}document/", disputes.document, name="dispute_document"),
    path(STATEMENT, statements.statement, name="statement"),
    path(f"{STATEMENT}paper/", statements.paper, name="statement_paper"),
]
