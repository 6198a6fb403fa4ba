"""Addresses of the rest homes that one runs, and of the first page of each."""

from django.urls import path

from residences.views import overview

urlpatterns = [
    path("homes/", overview.homes, name="homes"),
    path("homes/<uuid:home_id>/", overview.home, name="home"),
]
