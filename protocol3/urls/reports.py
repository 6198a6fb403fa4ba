"""Addresses of the overviews and reports."""

from django.urls import URLPattern, path

from protocol3.views import overview, reports

PROJECT = "projects/<uuid:project_id>/"
REPORTS = f"{PROJECT}reports/"

urlpatterns: list[URLPattern] = [
    path("all/", overview.all_projects, name="all_projects"),
    path(PROJECT, overview.project, name="project"),
    path(REPORTS, reports.reports, name="reports"),
    path(f"{REPORTS}notes/", reports.report_notes, name="report_notes"),
    path(f"{REPORTS}lines/", reports.report_lines, name="report_lines"),
    path(f"{REPORTS}payments/", reports.report_payments, name="report_payments"),
    path(f"{REPORTS}quarter/", reports.quarter, name="quarter"),
    path(f"{REPORTS}practitioners/", reports.practitioner_list, name="practitioner_list"),
    path("beneficiaries/<uuid:enrolment_id>/statement/", reports.statement, name="statement"),
]
