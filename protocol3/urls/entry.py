"""Addresses of the pages of services."""

from django.urls import URLPattern, path

from protocol3.views import entry, entry_form, entry_group

PROJECT = "projects/<uuid:project_id>/services/"
SERVICE = "services/<uuid:service_id>/"

urlpatterns: list[URLPattern] = [
    path(PROJECT, entry.services, name="services"),
    path(f"{PROJECT}enter/", entry_form.enter_service, name="enter_service"),
    path(f"{PROJECT}group/", entry_group.enter_group, name="enter_group"),
    path(SERVICE, entry.service, name="service"),
    path(f"{SERVICE}entered/", entry.entered, name="entered"),
    path(f"{SERVICE}change/", entry_form.change_service, name="change_service"),
    path(f"{SERVICE}withdraw/", entry.withdraw_service, name="withdraw_service"),
    path("groups/<uuid:group_id>/change/", entry_group.change_group, name="change_group"),
]
