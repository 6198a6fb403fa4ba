"""Addresses of the pages of months and invoices."""

from django.urls import path

from residences.views import invoices, months

HOME = "homes/<uuid:home_id>/"
RUN = f"{HOME}months/<uuid:run_id>/"
INVOICE = f"{HOME}invoices/<uuid:invoice_id>/"

urlpatterns = [
    path(f"{HOME}months/", months.runs, name="runs"),
    path(f"{HOME}months/prepare/", months.prepare_run, name="prepare_run"),
    path(RUN, months.run, name="run"),
    path(f"{RUN}progress/", months.run_progress, name="run_progress"),
    path(f"{RUN}papers.zip", months.run_papers, name="run_papers"),
    path(f"{RUN}check/", months.check_run, name="check_run"),
    path(f"{RUN}issue/", months.issue_run, name="issue_run"),
    path(f"{RUN}interrupt/", months.interrupt_run, name="interrupt_run"),
    path(f"{RUN}resume/", months.resume_run, name="resume_run"),
    path(f"{RUN}discard/", months.discard_run, name="discard_run"),
    path(f"{HOME}invoices/", invoices.invoices, name="invoices"),
    path(INVOICE, invoices.invoice, name="invoice"),
    path(f"{INVOICE}papers/<uuid:share_id>.pdf", invoices.invoice_paper, name="invoice_paper"),
    path(f"{INVOICE}credit/", invoices.credit_invoice, name="credit_invoice"),
]
