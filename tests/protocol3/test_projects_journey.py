"""The mutuality's admin sets a project up, its billing admin enters a practitioner: in a browser, with its checks."""

import os
from datetime import date
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils.timezone import localdate

from partenamut.accounts.roles import Role
from protocol3.messages import RATES
from protocol3.models import Assignment, Project, Rate
from tests.factories.accounts import UserFactory
from tests.factories.protocol3 import amounts
from tests.journeys.walking import PHONE, WIDE, Walk

pytestmark = pytest.mark.django_db(transaction=True)

#: A folder for pictures of the pages; nothing is drawn without it.
PICTURES = os.environ.get("PICTURES", "")


class Tour(Walk):
    """A walk that takes pictures where they are asked for."""

    def look(self):
        super().look()
        if PICTURES:
            name = f"{self.name}-{len(self.seen):02d}.png"
            self.page.screenshot(path=str(Path(PICTURES) / name), full_page=True)

    def fill(self, **values):
        for name, value in values.items():
            if isinstance(value, date):
                self.type_day(name, value)
            else:
                self.page.locator(f"[name={name}]").fill(value)


@pytest.mark.parametrize(
    "size", [PHONE, WIDE, {"width": 320, "height": 640}], ids=["phone", "wide", "narrow"]
)
def test_a_project_is_set_up_and_staffed(page, live_server, size):
    page.set_viewport_size(size)
    walk = Tour(page, live_server, f"projects-{size['width']}")
    admin, billing = UserFactory(roles=[Role.ADMIN]), UserFactory(roles=[Role.BILLING_ADMIN], name="Zoé")
    amounts(2023)

    walk.log_in(admin)
    walk.open(reverse("protocol3:manage_projects"))
    walk.press(".app-actions a")
    walk.press("form[method=post] button")  # empty: every field says what it wants
    walk.fill(
        name="Projet Namur",
        code="NAM",
        inami_number="7-96001-99",
        enterprise_number="0123.456.749",
        iban="BE71 0961 2345 6769",
        street="Rue d'Essai 3",
        postal_code="5000",
        city="Namur",
        phone="081 12 34 56",
        account_holder="ASBL",
        signatory="Anne Dupont",
    )
    page.locator("[name=language][value=fr]").check(force=True)
    page.locator("[name=alternatives][value=night_visit]").check(force=True)
    walk.press("form[method=post] button")
    project = Project.objects.get()
    at = [project.public_id]

    walk.open(reverse("protocol3:add_convention", args=at))
    walk.fill(first_day=date(2023, 1, 1))
    walk.press("form[method=post] button")
    walk.open(reverse("protocol3:add_maximum", args=at))
    walk.fill(year=str(localdate().year), allowance_maximum="50.000,00", alternatives_maximum="1000")
    walk.press("form[method=post] button")
    walk.open(reverse("protocol3:add_project_user", args=at))
    walk.fill(email=billing.email)
    walk.press("form[method=post] button")
    assert page.get_by_text("Zoé").count()

    walk.open(reverse("protocol3:rates"))
    walk.press(".app-notice a")
    walk.fill(source="Circulaire", **dict.fromkeys(RATES, "30,50"))
    walk.press("form[method=post] button")
    assert Rate.objects.count() == 20
    walk.press("tbody a")
    walk.open(reverse("protocol3:manage_project", args=at))
    walk.open("/")

    page.context.clear_cookies()
    walk.log_in(billing)
    walk.open("/")
    walk.open(reverse("protocol3:settings", args=at))
    walk.press(f"a[href='{reverse('protocol3:practitioners', args=at)}']")
    walk.press(f"a[href='{reverse('protocol3:add_practitioner', args=at)}']")
    walk.press("form[method=post] button")
    walk.fill(last_name="Maes", first_name="Ines", hours_per_week="7,6", first_day=date(2023, 6, 1))
    page.locator("[name=profession]").select_option("nurse")
    page.locator("[name=function]").select_option("case_manager")
    walk.press("form[method=post] button")
    assert page.get_by_text("art. 17 §2").count() == 1
    post = Assignment.objects.get()
    walk.open(reverse("protocol3:link_practitioner", args=[*at, post.practitioner.public_id]))
    walk.open(reverse("protocol3:change_function", args=[*at, post.practitioner.public_id, post.public_id]))
    walk.open(reverse("protocol3:practitioners", args=at))
    walk.open(reverse("protocol3:register", args=at))
    walk.open(reverse("protocol3:edit_settings", args=at))
