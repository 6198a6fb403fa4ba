"""Addresses of the pages of months."""

from django.urls import URLPattern, path

from protocol3.views import months

MONTHS = "projects/<uuid:project_id>/months/"
CLOSING = f"{MONTHS}<uuid:closing_id>/"

urlpatterns: list[URLPattern] = [
    path(MONTHS, months.closings, name="closings"),
    path(f"{MONTHS}close/", months.close_month, name="close_month"),
    path(CLOSING, months.closing, name="closing"),
    path(f"{CLOSING}not-billable/", months.closing_refusals, name="closing_refusals"),
    path(f"{CLOSING}progress/", months.closing_progress, name="closing_progress"),
    path(f"{CLOSING}papers/", months.closing_papers, name="closing_papers"),
    path(f"{CLOSING}check/", months.check_closing, name="check_closing"),
    path(f"{CLOSING}issue/", months.issue_closing, name="issue_closing"),
    path(f"{CLOSING}interrupt/", months.interrupt_closing, name="interrupt_closing"),
    path(f"{CLOSING}resume/", months.resume_closing, name="resume_closing"),
    path(f"{CLOSING}discard/", months.discard_closing, name="discard_closing"),
]
