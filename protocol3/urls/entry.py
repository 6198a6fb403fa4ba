"""Addresses of the pages of services."""

from django.urls import URLPattern, path

from protocol3.views import entry, entry_form, entry_group, entry_imports

PROJECT = "projects/<uuid:project_id>/services/"
SERVICE = "services/<uuid:service_id>/"
IMPORT = "service-imports/<uuid:import_id>/"

urlpatterns: list[URLPattern] = [
    path(PROJECT, entry.services, name="services"),
    path(f"{PROJECT}enter/", entry_form.enter_service, name="enter_service"),
    path(f"{PROJECT}group/", entry_group.enter_group, name="enter_group"),
    path(SERVICE, entry.service, name="service"),
    path(f"{SERVICE}entered/", entry.entered, name="entered"),
    path(f"{SERVICE}change/", entry_form.change_service, name="change_service"),
    path(f"{SERVICE}withdraw/", entry.withdraw_service, name="withdraw_service"),
    path("groups/<uuid:group_id>/change/", entry_group.change_group, name="change_group"),
    path(f"{PROJECT}imports/", entry_imports.service_imports, name="service_imports"),
    path(f"{PROJECT}imports/add/", entry_imports.add_service_import, name="add_service_import"),
    path(f"{PROJECT}imports/template.csv", entry_imports.template, name="service_import_template"),
    path(IMPORT, entry_imports.service_import, name="service_import"),
    path(f"{IMPORT}refused.csv", entry_imports.refused_lines, name="refused_services"),
    path(f"{IMPORT}start/", entry_imports.start, name="start_service_import"),
    path(f"{IMPORT}check/", entry_imports.check_again, name="check_service_import"),
    path(f"{IMPORT}discard/", entry_imports.discard, name="discard_service_import"),
]
