"""The pages of the settings of a home: what each shows, keeps, refuses and loses not, and what strangers get."""

import re
from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from lxml import html

from residences.models import Bed, Room
from residences.rules.included import STANDARD
from residences.services import rooms
from residences.urls.settings import urlpatterns
from tests.factories import residences as make
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(make.AT, tick=False), translation.override("en"):
        yield


@pytest.fixture
def home():
    return make.RestHomeFactory(capacity=3)


@pytest.fixture
def director(client, home):
    user = make.director_of(home)
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return user


def address(home, name="settings", *args):
    return reverse(f"residences:{name}", args=[home.public_id, *args])


def text_of(answer):
    content = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", answer.content.decode(), flags=re.DOTALL)
    return " ".join(content.split()).replace("\xa0", " ")


def day(name, value):
    return {f"{name}_{part}": str(getattr(value, part)) for part in ("day", "month", "year")}


def typed(answer, name):
    """What stands in a field of the form that came back."""
    form = html.fromstring(answer.content.decode()).xpath("//main//form[.//input[@name='owner']]")[0]
    return form.fields[name].strip()


# --- the hub ------------------------------------------------------------------------------------------------


def test_a_new_home_is_told_what_is_missing(client, home, director):
    home.included.all().delete()
    home.iban = ""
    home.courts = ""
    home.save()
    said = text_of(client.get(address(home)))
    for sentence in (
        "No bed is in service: no convention can be drafted (art. 3).",
        "The list of what the price includes is empty: no convention can be offered (art. 4 §2).",
        "No account is entered",
        "The competent courts are missing (art. 11).",
        "No price authorisation is entered (art. 4 §1).",
    ):
        assert sentence in said


def test_the_hub_counts_what_there_is(client, home, director):
    make.bed(home, "1")
    closed = make.bed(home, "2")
    rooms.close_bed(bed=closed, first_day=make.TODAY, last_day=None, because="-", actor=director, at=make.AT)
    assert "2 rooms, 1 beds in service of 3 authorised" in text_of(client.get(address(home)))


def test_a_type_without_a_price_is_named(client, home, director):
    kind = home.room_types.create(name="Studio", area_m2=30)
    make.bed(home, "1", kind=kind)
    assert "no price today (art. 4 §1): Studio" in text_of(client.get(address(home)))


def test_a_supplement_that_became_part_of_the_price_is_named(client, home, director):
    make.supplement(home, "Location télévision")
    assert "The supplement “Location télévision” means what the price includes" in text_of(
        client.get(address(home))
    )


# --- data, contact, account ---------------------------------------------------------------------------------


OWN = {
    "manager_name": "Anne Fictive",
    "manager_function": "Directrice",
    "capacity": "4",
    "language": "fr",
    "courts": "Justice de paix de Namur\nTribunal de Namur",
}


def test_the_home_changes_its_own_data(client, home, director):
    answer = client.post(address(home, "settings_home"), OWN | {"operating_title": "MR/000.000.000"})
    assert answer.status_code == 302
    home.refresh_from_db()
    assert (home.capacity, home.court_lines) == (4, ["Justice de paix de Namur", "Tribunal de Namur"])
    assert home.operating_title == "MR/192.094.112"
    assert "Data of the rest home changed" in text_of(client.get(address(home)))


def test_fewer_authorised_beds_than_stand_there_are_refused_and_nothing_is_lost(client, home, director):
    for number in ("1", "2"):
        make.bed(home, number)
    answer = client.post(address(home, "settings_home"), OWN | {"capacity": "1", "courts": "Typed before"})
    assert "2 beds would be in service on 04/05/2026" in text_of(answer)
    assert typed(answer, "courts") == "Typed before"


def test_phone_and_address_go_to_the_registry(client, home, director):
    sent = {"phone": "081 12 34 56", "email": "maison@example.be"}
    assert client.post(address(home, "settings_contact"), sent).status_code == 302
    home.residence.refresh_from_db()
    assert home.residence.email == "maison@example.be"


def test_an_account_is_looked_at_again_before_it_changes(client, home, director):
    before = home.iban
    sent = {"iban": "BE71 0961 2345 6769", "account_holder": "ASBL"}
    shown = client.post(address(home, "settings_account"), sent)
    assert "Look at the new account again" in text_of(shown)
    home.refresh_from_db()
    assert home.iban == before
    kept = dict(html.fromstring(shown.content.decode()).xpath("//main//form")[0].form_values())
    again = client.post(address(home, "settings_account"), kept | {"change": "1"})
    assert typed(again, "account_holder") == "ASBL"
    assert client.post(address(home, "settings_account"), kept | {"confirmed": "1"}).status_code == 302
    home.refresh_from_db()
    assert home.iban == "BE71096123456769"


def test_a_wrong_account_is_refused(client, home, director):
    sent = {"iban": "BE71 0961 2345 6768", "account_holder": "ASBL", "confirmed": "1"}
    assert "is not a valid account number" in text_of(client.post(address(home, "settings_account"), sent))


# --- rooms --------------------------------------------------------------------------------------------------


def test_a_room_is_entered_with_its_beds(client, home, director):
    kind = make.room_type(home)
    sent = {"number": "12", "floor": "1", "room_type": kind.pk, "beds": "2", **day("first_day", make.TODAY)}
    assert client.post(address(home, "settings_add_room"), sent).status_code == 302
    room = Room.objects.get()
    shown = text_of(client.get(address(home, "settings_room", room.public_id)))
    assert "Bed 12-A Free" in shown
    assert "Bed 12-B Free" in shown
    refused = text_of(client.post(address(home, "settings_add_room"), sent))
    assert "The home has a room of this number already." in refused


def test_too_many_beds_are_refused_with_the_figures(client, home, director):
    kind = make.room_type(home)
    sent = {"number": "12", "room_type": kind.pk, "beds": "4", **day("first_day", make.TODAY)}
    answer = client.post(address(home, "settings_add_room"), sent)
    assert "4 beds would be in service on 04/05/2026, and the home is authorised for 3" in text_of(answer)
    assert typed(answer, "number") == "12"
    assert not Bed.objects.exists()


def test_a_taken_bed_is_not_closed(client, home, director):
    bed = make.bed(home)
    stay = make.signed(home, actor=director, where=bed)
    sent = {"because": "Peinture", **day("first_day", make.TODAY)}
    answer = client.post(address(home, "settings_close_bed", bed.public_id), sent)
    assert f"Bed 101-A is given to {stay.resident} from 12/01/2026" in text_of(answer)
    assert typed(answer, "because") == "Peinture"


def test_a_bed_goes_out_of_service_and_comes_back(client, home, director):
    bed = make.bed(home)
    sent = {"because": "Peinture", **day("first_day", make.TODAY)}
    assert client.post(address(home, "settings_close_bed", bed.public_id), sent).status_code == 302
    room = address(home, "settings_room", bed.room.public_id)
    assert "Out of service from 04/05/2026: Peinture" in text_of(client.get(room))
    back = address(home, "settings_reopen_bed", bed.closures.get().public_id)
    assert client.post(back, day("first_day", date(2026, 5, 9))).status_code == 302
    assert bed.closures.get().last_day == date(2026, 5, 8)
    out = client.post(address(home, "settings_remove_bed", bed.public_id), day("last_day", date(2026, 6, 1)))
    assert out.status_code == 302
    bed.refresh_from_db()
    assert bed.last_day == date(2026, 6, 1)


def test_what_was_entered_by_mistake_is_taken_away_after_a_warning(client, home, director):
    bed = make.bed(home)
    room = bed.room
    page = address(home, "settings_discard_room", room.public_id)
    assert "gone for good" in text_of(client.get(page))
    assert Room.objects.exists()
    assert client.post(page).status_code == 302
    assert not Room.objects.exists()


# --- prices, supplements, discounts -------------------------------------------------------------------------


def test_a_first_price_asks_for_its_authorisation_and_index(client, home, director):
    kind = home.room_types.create(name="Studio", area_m2=30)
    page = address(home, "settings_first_price", kind.public_id)
    assert "Enter the price authorisation first" in text_of(client.get(page))
    row = home.authorisations.create(decided_on=date(2015, 12, 22))
    sent = {
        "daily_price": "84,28",
        "authorisation": row.pk,
        "index_value": "125,30",
        "index_month": "12/2025",
        **day("first_day", make.TODAY),
    }
    wrong = text_of(client.post(page, sent | {"index_month": "13/2025", "index_value": "much"}))
    assert "is a month, for example 12/2025" in wrong
    assert "is a number, for example 125,30" in wrong
    assert client.post(page, sent).status_code == 302
    price = kind.prices.get()
    assert (price.daily_price, price.index_value, price.index_month) == (
        Decimal("84.28"),
        Decimal("125.30"),
        date(2025, 12, 1),
    )
    shown = text_of(client.get(address(home, "settings_room_type", kind.public_id)))
    assert "A new price is a rise" in shown
    assert "84.28 €" in shown


def test_a_supplement_that_the_price_includes_is_refused_with_the_element(client, home, director):
    sent = {
        "label": "Location télévision",
        "unit": "mois",
        "unit_price": "9,00",
        **day("first_day", make.TODAY),
    }
    answer = client.post(address(home, "settings_add_supplement"), sent)
    said = text_of(answer)
    assert (
        "includes, “la télévision et la télédistribution”: it cannot be charged as a supplement (art. 4 §2)"
        in said
    )
    assert typed(answer, "label") == "Location télévision"
    assert not home.supplements.exists()
    assert (
        client.post(address(home, "settings_add_supplement"), sent | {"label": "Dîner visiteur"}).status_code
        == 302
    )


def test_a_discount_of_120_percent_is_refused(client, home, director):
    sent = {"mutuality_code": "134", "name": "MC Namur", "percent": "120", **day("first_day", make.TODAY)}
    answer = client.post(address(home, "settings_add_discount"), sent)
    assert "A discount is more than 0 and at most 100 percent (art. 4 §3)." in text_of(answer)
    assert typed(answer, "name") == "MC Namur"
    for percent in ("nan", "1e999999", "3,333", ""):
        again = client.post(address(home, "settings_add_discount"), sent | {"percent": percent})
        assert again.status_code == 200
    assert client.post(address(home, "settings_add_discount"), sent | {"percent": "2,5"}).status_code == 302
    assert home.discounts.get().percent == Decimal("2.50")


# --- lists --------------------------------------------------------------------------------------------------


def test_the_standard_list_is_loaded_in_one_go(client, home, director):
    home.included.all().delete()
    page = address(home, "settings_included")
    assert "Load the standard list" in text_of(client.get(page))
    sent = day("first_day", make.TODAY)
    assert client.post(address(home, "settings_load_included"), sent).status_code == 302
    assert home.included.count() == len(STANDARD)
    again = client.post(address(home, "settings_load_included"), sent, follow=True)
    assert "stood there already" in text_of(again)


def test_an_element_moves_without_a_script(client, home, director):
    last = home.included.get(code="internet")
    moved = client.post(address(home, "settings_move_included", last.public_id), {"up": "1"})
    assert moved.status_code == 302
    assert moved["Location"].endswith(f"#row-{last.public_id}")
    assert list(home.included.order_by("position").values_list("code", flat=True))[1] == "internet"


def test_a_clause_that_weakens_a_rule_is_refused_with_its_article(client, home, director):
    weak = "Le résident verse une garantie de 500 euros à son entrée."
    sent = {"text": weak, **day("first_day", make.TODAY)}
    answer = client.post(address(home, "settings_add_clause"), sent)
    assert "art. 8" in text_of(answer)
    assert typed(answer, "text") == weak


LISTS = [
    "settings_rooms",
    "settings_room_types",
    "settings_authorisations",
    "settings_supplements",
    "settings_discounts",
    "settings_included",
    "settings_clauses",
]


@pytest.mark.parametrize("name", LISTS)
def test_a_list_has_files_and_takes_few_questions(
    client, home, director, name, django_assert_max_num_queries
):
    home.clauses.create(text="Le chat est bienvenu.", first_day=make.START)
    home.discounts.create(mutuality_code=134, name="MC", percent=3, first_day=make.START)
    home.authorisations.create(decided_on=make.START)
    for number in range(20):
        make.bed(home, str(number))
        make.supplement(home, f"Repas visiteur {number}")
    with django_assert_max_num_queries(14):
        shown = client.get(address(home, name))
    assert shown.status_code == 200
    for kind in ("csv", "xlsx", "json"):
        assert client.get(address(home, name), {"export": kind}).status_code == 200


# --- who gets nothing ---------------------------------------------------------------------------------------


def pages_of_a_home():
    """The names of all pages of the settings that need no more than the home."""
    for pattern in urlpatterns:
        if pattern.name and pattern.name.startswith("settings"):
            try:
                reverse(f"residences:{pattern.name}", args=["00000000-0000-0000-0000-000000000007"])
            except NoReverseMatch:
                continue
            yield pattern.name


@pytest.mark.parametrize("name", sorted(pages_of_a_home()))
def test_another_director_finds_nothing_and_changes_nothing(client, home, name):
    client.force_login(make.director_of(make.RestHomeFactory()))
    assert client.get(address(home, name)).status_code == 404
    assert client.post(address(home, name), {"first_day": "2026-05-04"}).status_code in (404, 405)
    assert home.included.count() == 3


def test_a_former_director_finds_nothing(client, home, director):
    home.residence.directorships.update(last_day=date(2026, 5, 3))
    assert client.get(address(home)).status_code == 404


def test_the_admin_of_the_mutuality_is_no_director(client, home):
    client.force_login(UserFactory(roles=["admin"]))
    assert client.get(address(home)).status_code == 403


# --- typed before a log-out ---------------------------------------------------------------------------------

TYPED_IN = {
    "settings_home": "manager_name",
    "settings_contact": "email",
    "settings_account": "account_holder",
    "settings_add_room": "floor",
    "settings_add_room_type": "name",
    "settings_add_authorisation": "reference",
    "settings_add_supplement": "label",
    "settings_add_discount": "name",
    "settings_add_included": "text",
    "settings_add_clause": "text",
}


@pytest.mark.parametrize(("name", "field"), TYPED_IN.items())
def test_what_was_typed_before_a_log_out_is_there_again(home, name, field):
    user, client = make.director_of(home), Client()
    client.force_login(user)
    page = address(home, name)
    form = html.fromstring(client.get(page).content.decode()).xpath("//main//form[.//input[@name='owner']]")[
        0
    ]
    sent = dict(form.form_values()) | {field: "Typed before"}
    client.logout()
    assert "login" in client.post(page, sent)["Location"]
    client.force_login(user)
    assert typed(client.get(page), field) == "Typed before"
