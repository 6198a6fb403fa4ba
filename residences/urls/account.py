"""Addresses of the pages of accounts."""

from django.urls import path

from residences.views import account_deeds, accounts

HOME = "homes/<uuid:home_id>/"
ACCOUNT = f"{HOME}conventions/<uuid:convention_id>/account/"
ENTRY = f"{ACCOUNT}entries/<uuid:entry_id>/"
ABSENCE = f"{ACCOUNT}absences/<uuid:absence_id>/"

urlpatterns = [
    path(f"{HOME}accounts/", accounts.accounts, name="accounts"),
    path(f"{HOME}accounts/day/", accounts.enter_day, name="enter_day"),
    path(ACCOUNT, accounts.account, name="account"),
    path(f"{ACCOUNT}entries/new/<slug:kind>/", account_deeds.add_entry, name="add_entry"),
    path(ENTRY, account_deeds.entry, name="entry"),
    path(f"{ENTRY}file/", account_deeds.entry_file, name="entry_file"),
    path(f"{ENTRY}document/", account_deeds.add_entry_document, name="add_entry_document"),
    path(f"{ENTRY}withdraw/", account_deeds.withdraw_entry, name="withdraw_entry"),
    path(f"{ACCOUNT}absences/new/", account_deeds.add_absence, name="add_absence"),
    path(ABSENCE, account_deeds.change_absence, name="change_absence"),
    path(f"{ABSENCE}remove/", account_deeds.remove_absence, name="remove_absence"),
    path(f"{ACCOUNT}insured-days/new/", account_deeds.add_intervention, name="add_intervention"),
    path(
        f"{ACCOUNT}insured-days/<uuid:intervention_id>/",
        account_deeds.change_intervention,
        name="change_intervention",
    ),
    path(f"{ACCOUNT}debtors/", account_deeds.set_debtors, name="set_debtors"),
]
