"""The open pages: what one can get, and whether one is likely to get it."""

from datetime import date

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from msgspec import structs

from convalescence.deciding import Ruling, of_facts
from convalescence.documents import CONTACT
from convalescence.forms.public import ANONYMOUS, CHECKS, CheckForm
from convalescence.models import Benefit
from convalescence.readings.estimate import Estimate
from convalescence.readings.offer import offers
from convalescence.readings.reach import own_members
from convalescence.readings.timeline import decision_delay
from convalescence.rules import Convalescence, ShortStay
from convalescence.rules import Request as Facts
from convalescence.rules.weighing import Outcome
from partenamut.accounts.models import User
from partenamut.accounts.roles import Permission
from partenamut.periods import Period


@login_not_required
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """The three benefits: amount, days, delay, what to prepare; who is logged in begins right here."""
    user, today = request.user, localdate()
    may_ask = isinstance(user, User) and user.may(Permission.FILE_REQUESTS)
    members = list(own_members(user, today)[:2]) if isinstance(user, User) and may_ask else []
    context = {
        "may_ask": may_ask,
        "only_oneself": len(members) == 1,
        "offers": offers(today),
        "delay": decision_delay(Benefit.CONVALESCENCE, today),
        "contact": CONTACT,
    }
    return render(request, "convalescence/public/start.html", context)


@login_not_required
@require_safe
def check(request: HttpRequest) -> HttpResponse:
    """Which benefit to check."""
    if (benefit := request.GET.get("benefit")) in CHECKS:
        return redirect("convalescence:check_benefit", benefit)
    return render(request, "convalescence/public/check.html", {"contact": CONTACT})


@login_not_required
@require_http_methods(["GET", "POST"])
def check_benefit(request: HttpRequest, benefit: str) -> HttpResponse:
    """The questions, then the answer of the rules with its reasons; nothing is kept."""
    if benefit not in CHECKS:
        raise Http404
    form = CHECKS[benefit](request.POST if request.method == "POST" else None)
    context = {"form": form, "benefit": benefit, "benefit_name": Benefit(benefit).label, "contact": CONTACT}
    if request.method == "POST" and "edit" not in request.POST and form.is_valid():
        typed = [
            (name, value)
            for name, values in request.POST.lists()
            for value in values
            if name != "csrfmiddlewaretoken"
        ]
        return render(request, "convalescence/public/result.html", context | _result(form) | {"typed": typed})
    return render(request, "convalescence/public/questions.html", context)


def _result(form: CheckForm) -> dict[str, object]:
    today = localdate()
    facts = form.facts(today)
    ruling = of_facts(facts)
    return {
        "estimate": Estimate(ruling, 0),
        "alternatives": _alternatives(facts, ruling, today),
    }


def _alternatives(facts: Facts, ruling: Ruling, today: date) -> list[dict[str, object]]:
    """What another benefit would bring for the same days, where this one does not pay them all."""
    if ruling.outcome is Outcome.GRANTED:
        return []
    stay = facts.stay
    whole = (Period(stay.days.first, stay.days.last),)
    short = ShortStay(ANONYMOUS, stay, True, whole, facts.contributions, {}, True)
    prior = Convalescence(ANONYMOUS, today, stay, ("daily_living_help",), whole, facts.contributions, {})
    found = []
    if not isinstance(facts, ShortStay):
        found.append(
            (Benefit.SHORT_STAY, _("if you stay in a rest home that INAMI has approved"), of_facts(short))
        )
    if not isinstance(facts, Convalescence):
        condition = _("if you stay in a partner residence and a medical reason applies to you")
        found.append((Benefit.CONVALESCENCE, condition, of_facts(prior)))
    elif not facts.partner:
        better = structs.replace(facts, partner=whole)
        found.append((Benefit.CONVALESCENCE, _("if you choose a partner residence"), of_facts(better)))
    return [
        {
            "benefit": benefit,
            "name": benefit.label,
            "condition": condition,
            "days": other.days,
            "amount": other.amount,
        }
        for benefit, condition, other in found
        if other.days and other.amount > ruling.amount
    ]
