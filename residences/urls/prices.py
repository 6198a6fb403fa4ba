"""Addresses of the pages of prices."""

from django.urls import URLPattern, path

from residences.views import price_campaigns as campaigns
from residences.views import price_notices as notices
from residences.views import prices

_P = "homes/<uuid:home_id>/prices/"
_C = f"{_P}rises/<uuid:campaign_id>/"

urlpatterns: list[URLPattern] = [
    path(_P, prices.prices, name="prices"),
    path(f"{_P}index/<uuid:price_id>/", prices.price_index, name="price_index"),
    path(f"{_P}kept/", prices.kept_prices, name="kept_prices"),
    path(f"{_P}works/", prices.record_works, name="record_works"),
    path(f"{_P}rises/new/", campaigns.new_campaign, name="new_campaign"),
    path(_C, campaigns.campaign, name="campaign"),
    path(f"{_C}change/", campaigns.change_campaign, name="change_campaign"),
    path(f"{_C}leave-out/", campaigns.exempt_from_campaign, name="exempt_from_campaign"),
    path(
        f"{_C}leave-out/<uuid:convention_id>/take-back/",
        campaigns.take_back_exemption,
        name="take_back_exemption",
    ),
    path(f"{_C}notify/", campaigns.notify_campaign, name="notify_campaign"),
    path(f"{_C}discard/", campaigns.discard_campaign, name="discard_campaign"),
    path(f"{_C}notices/", notices.price_notices, name="price_notices"),
    path(f"{_C}notices/<uuid:notice_id>/", notices.price_notice, name="price_notice"),
    path(f"{_C}notices.zip", notices.price_notices_zip, name="price_notices_zip"),
]
