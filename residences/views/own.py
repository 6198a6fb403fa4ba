"""The resident's side: one's conventions, what each is and what happens next, its prices and its end."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate
from django.views.decorators.http import require_safe

from partenamut.accounts.permissions import user_of
from residences.readings import own as reading
from residences.readings import own_ending
from residences.readings.own_money import todos_of
from residences.views.loading import lives
from residences.views.own_loading import acts_for_another, opened


@require_safe
@lives
def own(request: HttpRequest) -> HttpResponse:
    """One's own conventions and those of people one acts for, each with what is to be done."""
    user, today = user_of(request), localdate()
    rows = list(reading.own_conventions(user, today))
    money = todos_of(rows, today)
    cards = [reading.card_of(row, today, money=money.get(row.pk, ())) for row in rows]
    return render(request, "residences/own/list.html", {"cards": cards})


@require_safe
@lives
def convention(request: HttpRequest, convention_id: uuid.UUID) -> HttpResponse:
    """What the convention is, what is to be done now, whom to call, and everything that belongs to it."""
    found, today = opened(request, convention_id), localdate()
    money = todos_of([found], today).get(found.pk, ())
    context = {
        "convention": found,
        "card": reading.card_of(found, today, money=money),
        "facts": reading.facts_of(found, today),
        "amendments": reading.amendments_of(found, user_of(request), today),
        "editions": reading.editions_of(found),
        "copies": reading.signed_copies(found),
        "for_another": acts_for_another(request, found),
    }
    return render(request, "residences/own/convention.html", context)


@require_safe
@lives
def prices(request: HttpRequest, convention_id: uuid.UUID) -> HttpResponse:
    """What a day costs, from the entry on, and the notices of new prices."""
    found, today = opened(request, convention_id), localdate()
    context = {
        "convention": found,
        "today": today,
        "now": reading.price_line(found, today),
        "prices": reading.prices_of(found),
        "notices": reading.notices_of(found),
    }
    return render(request, "residences/own/prices.html", context)


@require_safe
@lives
def ending(request: HttpRequest, convention_id: uuid.UUID) -> HttpResponse:
    """What runs until when, and why; and how a stay is ended."""
    found = opened(request, convention_id)
    context = {"convention": found, **own_ending.ending_of(found, localdate())}
    return render(request, "residences/own/ending.html", context)
