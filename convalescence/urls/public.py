"""Addresses of the public pages."""

from django.urls import URLPattern, path

from convalescence.views import public

urlpatterns: list[URLPattern] = [
    path("", public.start, name="start"),
    path("check/", public.check, name="check"),
    path("check/<slug:benefit>/", public.check_benefit, name="check_benefit"),
]
