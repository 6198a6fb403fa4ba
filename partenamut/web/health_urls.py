"""Addresses of the health checks."""

from django.urls import path

from partenamut.web import health

app_name = "health"

urlpatterns = [
    path("live", health.live, name="live"),
    path("ready", health.ready, name="ready"),
    path("full", health.full, name="full"),
]
