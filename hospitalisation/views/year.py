"""What was used of a calendar year, for oneself and those one acts for."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hospitalisation.documents import CONTACT
from hospitalisation.readings.own import own_members
from hospitalisation.readings.year import UsedList, UsedListOfPeople, of_year, used_of
from hospitalisation.views.claim import member_page
from partenamut.accounts.permissions import user_of
from partenamut.registry.mandates import note_mandate


@require_safe
@member_page
def year(request: HttpRequest) -> HttpResponseBase:
    """The ceiling, the serious-illness option and what each claim used of them, by year and person."""
    today = localdate()
    if not request.GET.get("year"):
        query = request.GET.copy()
        query["year"] = str(today.year)
        return redirect(f"{reverse('hospitalisation:year')}?{query.urlencode()}")
    members = own_members(user_of(request), today)
    asked = _year(request.GET["year"], today.year)
    shown = [member for member in members if request.GET.get("person", "") in ("", str(member.public_id))]
    for member in shown:
        note_mandate(request, member)
    made = UsedListOfPeople if len(members) > 1 else UsedList
    return made(used_of(members)).respond(
        request,
        title=_("What was used of the year"),
        people=of_year(shown, asked, today),
        year=asked,
        several=len(members) > 1,
        contact=CONTACT,
    )


def _year(typed: str, this: int) -> int:
    """The year asked for; the filter says what is wrong with one that it does not know."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) == 4 and int(typed) else this
