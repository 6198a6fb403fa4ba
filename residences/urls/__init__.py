"""The addresses of the rest homes: homes, prices, conventions, accounts, months, payments, the resident's side."""

from residences.urls import (
    account,
    amendments,
    conventions,
    endings,
    months,
    overview,
    own,
    payments,
    prices,
    settings,
)

app_name = "residences"
urlpatterns = [
    *overview.urlpatterns,
    *settings.urlpatterns,
    *prices.urlpatterns,
    *conventions.urlpatterns,
    *amendments.urlpatterns,
    *endings.urlpatterns,
    *account.urlpatterns,
    *months.urlpatterns,
    *payments.urlpatterns,
    *own.urlpatterns,
]
