"""The home page of each role, and the pages about the portal itself."""

from datetime import date

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate

from partenamut.accounts.models import User
from partenamut.accounts.roles import Permission
from partenamut.registry.covers import covers_of
from partenamut.registry.models import Member
from partenamut.web.home import Block, blocks_for


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
    own = Member.objects.filter(user=request.user).first() if isinstance(request.user, User) else None
    return render(request, "web/privacy.html", {"covers": covers_of(own) if own else []})


def administration_block(user: User | None, _on: date) -> Block | None:
    """Users, trail and accesses, for the admin."""
    if user is None or not (user.may(Permission.MANAGE_USERS) or user.may(Permission.READ_AUDIT)):
        return None
    return Block("web/home_admin.html", {"users": User.objects.filter(is_active=True).count()}, 70)
