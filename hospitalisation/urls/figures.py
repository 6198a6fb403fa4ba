"""The figures of the insurances, and the dashboard of the claims."""

from django.urls import URLPattern, path

from hospitalisation.views import dashboard, figures, figures_shares

_FIGURE = "figures/<slug:tier_code>/<slug:name_code>/"

urlpatterns: list[URLPattern] = [
    # The figures of the insurances, and the patient's share a day.
    path("figures/", figures.figures, name="figures"),
    path("figures/day-shares/", figures_shares.day_shares, name="day_shares"),
    path("figures/day-shares/add/", figures_shares.add_day_share, name="add_day_share"),
    path("figures/day-shares/<uuid:public_id>/", figures_shares.day_share, name="day_share"),
    path(
        "figures/day-shares/<uuid:public_id>/correct/",
        figures_shares.correct_day_share,
        name="correct_day_share",
    ),
    path(_FIGURE, figures.figure, name="figure"),
    path(f"{_FIGURE}enter/", figures.enter_figure, name="enter_figure"),
    path(f"{_FIGURE}<uuid:public_id>/correct/", figures.correct_figure, name="correct_figure"),
    path(f"{_FIGURE}<uuid:public_id>/withdraw/", figures.withdraw_figure, name="withdraw_figure"),
    # The claims in figures.
    path("dashboard/", dashboard.figures_of_claims, name="dashboard"),
]
