"""The page of a claim for the member's side, its messages, documents, statements and the year."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
