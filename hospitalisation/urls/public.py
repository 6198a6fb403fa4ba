"""What everybody may use: estimate of a stay, check of a bill."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
