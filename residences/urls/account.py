"""Addresses of the pages of accounts."""

from django.urls import path

from residences.views import account_deeds, accounts, entry_imports

HOME = "homes/<uuid:home_id>/"
ACCOUNT = f"{HOME}conventions/<uuid:convention_id>/account/"
ENTRY = f"{ACCOUNT}entries/<uuid:entry_id>/"
ABSENCE = f"{ACCOUNT}absences/<uuid:absence_id>/"
IMPORTS = f"{HOME}accounts/imports/"
IMPORT = f"{IMPORTS}<uuid:import_id>/"

urlpatterns = [
    path(f"{HOME}accounts/", accounts.accounts, name="accounts"),
    path(f"{HOME}accounts/day/", accounts.enter_day, name="enter_day"),
    path(IMPORTS, entry_imports.entry_imports, name="entry_imports"),
    path(f"{IMPORTS}send/", entry_imports.send_entries, name="send_entries"),
    path(f"{IMPORTS}template/", entry_imports.template, name="entry_template"),
    path(IMPORT, entry_imports.entry_import, name="entry_import"),
    path(f"{IMPORT}take-over/", entry_imports.take_over, name="take_over_entries"),
    path(f"{IMPORT}refused/", entry_imports.refused_lines, name="refused_entries"),
    path(f"{IMPORT}discard/", entry_imports.discard, name="discard_entries"),
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
