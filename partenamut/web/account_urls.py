"""Addresses of a member's own account pages; part of the addresses of the portal itself."""

from django.urls import path

from partenamut.web import views_account

urlpatterns = [
    path("iban/", views_account.iban, name="iban"),
    path("iban/confirm/", views_account.confirm_iban, name="confirm_iban"),
    path("accesses/", views_account.accesses, name="accesses"),
]
