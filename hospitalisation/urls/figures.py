"""The figures of the insurances, and the dashboard of the claims."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
