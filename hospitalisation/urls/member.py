"""A member's claims until they are sent: announcement, steps, deposits, receipts."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
