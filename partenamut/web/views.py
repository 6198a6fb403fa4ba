"""The home page of each role, and the pages about the portal itself."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate

from partenamut.accounts.models import User
from partenamut.web.home import blocks_for


@login_not_required
def home(request: HttpRequest) -> HttpResponse:
    """What a visitor can find, or what the user can do and what waits for them."""
    user = request.user if isinstance(request.user, User) else None
    return render(request, "web/home.html", {"blocks": blocks_for(user, localdate())})


@login_not_required
def accessibility(request: HttpRequest) -> HttpResponse:
    """How accessible the portal is, and whom to tell what hinders."""
    return render(request, "web/accessibility.html")


@login_not_required
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept about a person, for how long, and who looked."""
    return render(request, "web/privacy.html")
