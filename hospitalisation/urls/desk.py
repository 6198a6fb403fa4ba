"""The desk: queue, case, decision, second reading, paper, tools."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
