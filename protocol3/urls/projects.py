"""Addresses of projects, their practitioners, and the pages of the mutuality's admin."""

from django.urls import URLPattern, path

from protocol3.views import manage_projects, practitioners, projects, rates

PROJECT = "projects/<uuid:project_id>/"
PRACTITIONER = f"{PROJECT}practitioners/<uuid:practitioner_id>/"
MANAGED = "manage/projects/<uuid:project_id>/"

urlpatterns: list[URLPattern] = [
    path("projects/", projects.projects, name="projects"),
    path(f"{PROJECT}settings/", projects.settings, name="settings"),
    path(f"{PROJECT}settings/edit/", projects.edit_settings, name="edit_settings"),
    path(f"{PROJECT}practitioners/", practitioners.practitioners, name="practitioners"),
    path(f"{PROJECT}practitioners/register/", practitioners.register, name="register"),
    path(f"{PROJECT}practitioners/add/", practitioners.add_practitioner, name="add_practitioner"),
    path(PRACTITIONER, practitioners.practitioner, name="practitioner"),
    path(f"{PRACTITIONER}edit/", practitioners.edit_practitioner, name="edit_practitioner"),
    path(f"{PRACTITIONER}log-in/", practitioners.link_practitioner, name="link_practitioner"),
    path(f"{PRACTITIONER}functions/add/", practitioners.give_function, name="give_function"),
    path(
        f"{PRACTITIONER}functions/<uuid:assignment_id>/",
        practitioners.change_function,
        name="change_function",
    ),
    path("manage/projects/", manage_projects.manage_projects, name="manage_projects"),
    path("manage/projects/add/", manage_projects.add_project, name="add_project"),
    path(MANAGED, manage_projects.manage_project, name="manage_project"),
    path(f"{MANAGED}edit/", manage_projects.edit_project, name="edit_project"),
    path(f"{MANAGED}conventions/add/", manage_projects.add_convention, name="add_convention"),
    path(f"{MANAGED}conventions/<uuid:row_id>/", manage_projects.change_convention, name="change_convention"),
    path(f"{MANAGED}maximums/add/", manage_projects.add_maximum, name="add_maximum"),
    path(f"{MANAGED}maximums/<int:year>/", manage_projects.change_maximum, name="change_maximum"),
    path(f"{MANAGED}users/add/", manage_projects.add_project_user, name="add_project_user"),
    path(f"{MANAGED}users/<uuid:row_id>/", manage_projects.end_project_user, name="end_project_user"),
    path("manage/amounts/", rates.rates, name="rates"),
    path("manage/amounts/years/<int:year>/", rates.rate_year, name="rate_year"),
    path("manage/amounts/<uuid:rate_id>/", rates.rate, name="rate"),
]
