"""Addresses of the settings of a home, of its occupancy plan, and of what the mutuality's admin keeps of homes."""

from django.urls import URLPattern, path

from residences.views import (
    house_texts,
    legal_figures,
    manage_homes,
    occupancy,
    room_types,
    rooms,
    settings,
    supplements,
)

HOME = "homes/<uuid:home_id>/"
SETTINGS = f"{HOME}settings/"
ROOM = f"{SETTINGS}rooms/<uuid:room_id>/"
BED = f"{SETTINGS}beds/<uuid:bed_id>/"
TYPE = f"{SETTINGS}room-types/<uuid:type_id>/"
AUTHORISATION = f"{SETTINGS}authorisations/<uuid:authorisation_id>/"
SUPPLEMENT = f"{SETTINGS}supplements/<uuid:supplement_id>/"
INCLUDED = f"{SETTINGS}included/<uuid:element_id>/"
CLAUSE = f"{SETTINGS}clauses/<uuid:clause_id>/"
MANAGED = "manage/homes/<uuid:home_id>/"

urlpatterns: list[URLPattern] = [
    path(f"{HOME}occupancy/", occupancy.occupancy, name="occupancy"),
    path(SETTINGS, settings.settings, name="settings"),
    path(f"{SETTINGS}home/", settings.edit_home, name="settings_home"),
    path(f"{SETTINGS}contact/", settings.edit_contact, name="settings_contact"),
    path(f"{SETTINGS}account/", settings.account, name="settings_account"),
    path(f"{SETTINGS}rooms/", rooms.rooms, name="settings_rooms"),
    path(f"{SETTINGS}rooms/add/", rooms.add_room, name="settings_add_room"),
    path(ROOM, rooms.room, name="settings_room"),
    path(f"{ROOM}change/", rooms.change_room, name="settings_change_room"),
    path(f"{ROOM}discard/", rooms.discard_room, name="settings_discard_room"),
    path(f"{ROOM}beds/add/", rooms.add_bed, name="settings_add_bed"),
    path(f"{BED}close/", rooms.close_bed, name="settings_close_bed"),
    path(f"{BED}remove/", rooms.remove_bed, name="settings_remove_bed"),
    path(f"{BED}discard/", rooms.discard_bed, name="settings_discard_bed"),
    path(f"{SETTINGS}closures/<uuid:closure_id>/", rooms.reopen_bed, name="settings_reopen_bed"),
    path(f"{SETTINGS}room-types/", room_types.room_types, name="settings_room_types"),
    path(f"{SETTINGS}room-types/add/", room_types.add_room_type, name="settings_add_room_type"),
    path(TYPE, room_types.room_type, name="settings_room_type"),
    path(f"{TYPE}change/", room_types.change_room_type, name="settings_change_room_type"),
    path(f"{TYPE}price/", room_types.first_price, name="settings_first_price"),
    path(f"{TYPE}discard/", room_types.discard_room_type, name="settings_discard_room_type"),
    path(f"{SETTINGS}authorisations/", room_types.authorisations, name="settings_authorisations"),
    path(f"{SETTINGS}authorisations/add/", room_types.add_authorisation, name="settings_add_authorisation"),
    path(AUTHORISATION, room_types.authorisation, name="settings_authorisation"),
    path(
        f"{AUTHORISATION}document/", room_types.authorisation_document, name="settings_authorisation_document"
    ),
    path(f"{SETTINGS}supplements/", supplements.supplements, name="settings_supplements"),
    path(f"{SETTINGS}supplements/add/", supplements.add_supplement, name="settings_add_supplement"),
    path(SUPPLEMENT, supplements.supplement, name="settings_supplement"),
    path(f"{SUPPLEMENT}change/", supplements.change_supplement, name="settings_change_supplement"),
    path(f"{SUPPLEMENT}price/", supplements.price_supplement, name="settings_price_supplement"),
    path(f"{SUPPLEMENT}end/", supplements.end_supplement, name="settings_end_supplement"),
    path(f"{SUPPLEMENT}discard/", supplements.discard_supplement, name="settings_discard_supplement"),
    path(f"{SETTINGS}discounts/", supplements.discounts, name="settings_discounts"),
    path(f"{SETTINGS}discounts/add/", supplements.add_discount, name="settings_add_discount"),
    path(f"{SETTINGS}discounts/<uuid:discount_id>/", supplements.discount, name="settings_discount"),
    path(f"{SETTINGS}included/", house_texts.included, name="settings_included"),
    path(f"{SETTINGS}included/load/", house_texts.load_included, name="settings_load_included"),
    path(f"{SETTINGS}included/add/", house_texts.add_included, name="settings_add_included"),
    path(INCLUDED, house_texts.change_included, name="settings_change_included"),
    path(f"{INCLUDED}end/", house_texts.end_included, name="settings_end_included"),
    path(f"{INCLUDED}move/", house_texts.move_included, name="settings_move_included"),
    path(f"{SETTINGS}clauses/", house_texts.clauses, name="settings_clauses"),
    path(f"{SETTINGS}clauses/add/", house_texts.add_clause, name="settings_add_clause"),
    path(CLAUSE, house_texts.change_clause, name="settings_change_clause"),
    path(f"{CLAUSE}end/", house_texts.end_clause, name="settings_end_clause"),
    path(f"{CLAUSE}move/", house_texts.move_clause, name="settings_move_clause"),
    path("manage/homes/", manage_homes.managed_homes, name="managed_homes"),
    path("manage/homes/open/", manage_homes.open_home, name="open_home"),
    path(MANAGED, manage_homes.managed_home, name="managed_home"),
    path(f"{MANAGED}edit/", manage_homes.edit_managed_home, name="edit_managed_home"),
    path("manage/rebates/", legal_figures.rebates, name="rebates"),
    path("manage/rebates/add/", legal_figures.add_rebate, name="add_rebate"),
    path("manage/rebates/<uuid:rebate_id>/", legal_figures.change_rebate, name="change_rebate"),
    path("manage/interest-rates/", legal_figures.interest_rates, name="interest_rates"),
    path("manage/interest-rates/add/", legal_figures.add_interest_rate, name="add_interest_rate"),
    path(
        "manage/interest-rates/<int:year>/", legal_figures.change_interest_rate, name="change_interest_rate"
    ),
]
