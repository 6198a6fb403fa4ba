"""The settings of a rest home: what is kept, and what is refused with its article."""

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import override
from PIL import Image

from partenamut.audit.models import Entry
from partenamut.registry.models import StructureType
from residences.facts import terms_of
from residences.models import Bed, InterestCharge, InvoiceLine, LegalInterest, RestHome
from residences.rules.included import STANDARD
from residences.services import conventions, homes, house_texts, legal_figures, rooms, tariffs
from tests.factories import residences as make
from tests.factories.registry import ResidenceFactory

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
OPENING = {
    "code": "NEUF",
    "operator": "Exploitant ASBL",
    "operating_title": "MR/192.000.001",
    "allowed": ["rest_home"],
    "capacity": 2,
    "manager_name": "Anne Fictive",
    "manager_function": "Directrice",
}


@pytest.fixture
def home():
    return make.RestHomeFactory(capacity=3)


@pytest.fixture
def director(home):
    return make.director_of(home)


@pytest.fixture
def by(director):
    return {"actor": director, "at": make.AT}


def sentence(refused):
    return " ".join(refused.value.messages)


# --- the home -----------------------------------------------------------------------------------------------


def test_a_home_is_opened_on_a_rest_home_of_the_registry_once():
    place = ResidenceFactory(structure_types=[StructureType.REST_HOME])
    made = homes.open_home(residence=place, values=OPENING, actor=None, at=make.AT)
    assert RestHome.objects.get() == made
    with pytest.raises(ValidationError, match="open as a rest home already"):
        homes.open_home(residence=place, values=OPENING | {"code": "DEUX"}, actor=None, at=make.AT)


def test_a_convalescence_centre_is_not_opened_as_a_rest_home():
    place = ResidenceFactory(structure_types=[StructureType.CONVALESCENCE_CENTRE])
    with pytest.raises(ValidationError, match="no rest home in the registry"):
        homes.open_home(residence=place, values=OPENING, actor=None, at=make.AT)


def test_a_director_does_not_change_what_the_mutuality_keeps(home, by):
    with pytest.raises(ValueError, match="operating_title"):
        homes.edit_own_home(home=home, changes={"operating_title": "MR/111.111.111"}, **by)


def test_an_operating_title_has_its_shape(home, by):
    with pytest.raises(ValidationError, match=r"MR/192\.094\.112"):
        homes.edit_home(home=home, changes={"operating_title": "XX/1"}, **by)


def test_the_trail_masks_the_account(home, by):
    homes.change_account(home=home, iban="BE71096123456769", account_holder="ASBL", **by)
    entry = Entry.objects.get(action="home_account_changed")
    assert "096123456769" not in str(entry.changes)


# --- rooms and beds -----------------------------------------------------------------------------------------


def test_a_room_comes_with_its_beds(home, by):
    kind = make.room_type(home)
    room = rooms.add_room(
        home=home,
        values={"number": "12", "floor": "1", "room_type": kind},
        beds=2,
        first_day=make.START,
        **by,
    )
    assert [str(bed) for bed in room.beds.order_by("label")] == ["12-A", "12-B"]
    rooms.add_bed(room=room, first_day=make.START, **by)
    assert room.beds.filter(label="C").exists()


def test_no_bed_beyond_the_authorised_capacity(home, by):
    kind = make.room_type(home)
    with pytest.raises(
        ValidationError, match="4 beds would be in service on 01/01/2020, and the home is authorised for 3"
    ):
        rooms.add_room(
            home=home, values={"number": "12", "room_type": kind}, beds=4, first_day=make.START, **by
        )
    assert not Bed.objects.exists()


def test_the_capacity_is_not_less_than_the_beds_in_service(home, by):
    make.bed(home, "1")
    make.bed(home, "2")
    with pytest.raises(ValidationError) as refused:
        homes.edit_own_home(home=home, changes={"capacity": 1}, **by)
    assert "capacity" in refused.value.message_dict
    homes.edit_own_home(home=home, changes={"capacity": 2}, **by)


def test_a_bed_that_comes_back_counts_again(home, by):
    closed = make.bed(home, "1")
    closure = rooms.close_bed(bed=closed, first_day=make.TODAY, last_day=None, because="travaux", **by)
    for number in ("2", "3"):
        make.bed(home, number)
    fourth = make.bed(home, "4")
    assert rooms.most_in_service(home, make.TODAY) == (3, make.TODAY)
    with pytest.raises(ValidationError, match="authorised for 3"):
        rooms.reopen_bed(closure=closure, first_day=make.TODAY + 9 * DAY, **by)
    rooms.remove_bed(bed=fourth, last_day=make.TODAY + 8 * DAY, **by)
    rooms.reopen_bed(closure=closure, first_day=make.TODAY + 9 * DAY, **by)
    closure.refresh_from_db()
    assert closure.last_day == make.TODAY + 8 * DAY


def test_a_closure_taken_back_from_its_first_day_is_gone(home, by):
    bed = make.bed(home)
    closure = rooms.close_bed(bed=bed, first_day=make.TODAY, last_day=None, because="travaux", **by)
    rooms.reopen_bed(closure=closure, first_day=make.TODAY, **by)
    assert not bed.closures.exists()


def test_a_bed_that_somebody_has_is_not_taken_away(home, director, by):
    bed = make.bed(home)
    stay = make.signed(home, actor=director, where=bed)
    with pytest.raises(ValidationError) as refused:
        rooms.close_bed(bed=bed, first_day=make.TODAY, last_day=None, because="travaux", **by)
    assert str(stay.resident) in sentence(refused)
    assert "art. 3" in sentence(refused)
    with pytest.raises(ValidationError, match=r"art\. 3"):
        rooms.remove_bed(bed=bed, last_day=make.TODAY, **by)
    with pytest.raises(ValidationError, match="stays"):
        rooms.discard_bed(bed=bed, **by)


def test_a_bed_that_is_kept_for_an_offer_is_not_taken_away(home, director, by):
    bed = make.bed(home)
    offered = make.draft(home, actor=director, where=bed, entry=make.TODAY + 30 * DAY)
    conventions.prepare(convention=offered, **by)
    with pytest.raises(ValidationError, match=r"art\. 3"):
        rooms.close_bed(bed=bed, first_day=make.TODAY, last_day=None, because="travaux", **by)
    rooms.close_bed(bed=bed, first_day=make.TODAY, last_day=make.TODAY + 29 * DAY, because="travaux", **by)


def test_a_bed_out_of_service_is_not_given(home, director, by):
    bed = make.bed(home)
    entry = make.TODAY + 10 * DAY
    rooms.close_bed(bed=bed, first_day=entry + DAY, last_day=entry + 2 * DAY, because="travaux", **by)
    offered = make.draft(home, actor=director, where=bed, entry=entry)
    with pytest.raises(ValidationError, match=r"out of service from 15/05/2026 \(travaux\)"):
        conventions.prepare(convention=offered, **by)


def test_number_and_type_stay_while_somebody_lives_in_the_room(home, director, by):
    bed = make.bed(home, "7")
    make.signed(home, actor=director, where=bed)
    rooms.change_room(room=bed.room, changes={"floor": "2"}, **by)
    with pytest.raises(ValidationError, match=r"art\. 3"):
        rooms.change_room(room=bed.room, changes={"number": "8"}, **by)
    with pytest.raises(ValidationError, match=r"art\. 3"):
        rooms.change_room(room=bed.room, changes={"room_type": make.room_type(home, "Double")}, **by)


def test_a_room_has_a_type_of_its_own_home(home, by):
    foreign = make.room_type(make.RestHomeFactory())
    with pytest.raises(ValidationError, match="of this home"):
        rooms.add_room(
            home=home, values={"number": "1", "room_type": foreign}, beds=1, first_day=make.START, **by
        )


def test_what_was_entered_by_mistake_is_taken_away(home, by):
    bed = make.bed(home)
    rooms.close_bed(bed=bed, first_day=make.TODAY, last_day=None, because="travaux", **by)
    rooms.discard_room(room=bed.room, **by)
    assert not Bed.objects.exists()
    with pytest.raises(ValidationError, match="stays"):
        rooms.discard_room_type(room_type=home.room_types.get(), **by)  # it has a price


# --- prices -------------------------------------------------------------------------------------------------


@pytest.fixture
def authorisation(home, by):
    values = {"authority": "AViQ", "decided_on": date(2015, 12, 22), "reference": ""}
    return tariffs.add_authorisation(home=home, values=values, **by)


def price_values(authorisation, price="48.92"):
    return {
        "daily_price": Decimal(price),
        "first_day": make.START,
        "authorisation": authorisation,
        "index_value": Decimal("125.00"),
        "index_month": date(2019, 12, 1),
    }


def test_only_the_first_price_is_entered_here(home, authorisation, by):
    kind = rooms.add_room_type(home=home, values={"name": "Studio", "area_m2": 35}, **by)
    tariffs.enter_first_price(room_type=kind, values=price_values(authorisation), **by)
    with pytest.raises(ValidationError, match=r"is a rise.*art\. 4 §1"):
        tariffs.enter_first_price(room_type=kind, values=price_values(authorisation, "60"), **by)


def test_the_first_price_is_put_right_while_nothing_rests_on_it(home, director, authorisation, by):
    kind = rooms.add_room_type(home=home, values={"name": "Studio", "area_m2": 35}, **by)
    price = tariffs.enter_first_price(room_type=kind, values=price_values(authorisation), **by)
    tariffs.correct_first_price(price=price, changes={"daily_price": Decimal("49.00")}, **by)
    make.signed(home, actor=director, where=make.bed(home, "5", kind=kind))
    with pytest.raises(ValidationError, match=r"art\. 4 §1"):
        tariffs.correct_first_price(price=price, changes={"daily_price": Decimal("99.00")}, **by)


def test_an_authorisation_of_another_home_carries_no_price(home, by):
    foreign = make.RestHomeFactory().authorisations.create(decided_on=make.START)
    kind = rooms.add_room_type(home=home, values={"name": "Studio", "area_m2": 35}, **by)
    with pytest.raises(ValidationError, match="of this home"):
        tariffs.enter_first_price(room_type=kind, values=price_values(foreign), **by)


def picture():
    content = BytesIO()
    Image.new("RGB", (8, 8)).save(content, "PNG")
    return content.getvalue()


def test_an_authorisation_keeps_its_document_and_lies_in_the_past(home, authorisation, by):
    with pytest.raises(ValidationError, match="future"):
        tariffs.add_authorisation(home=home, values={"decided_on": make.TODAY + DAY}, **by)
    wrong = SimpleUploadedFile("decision.pdf", b"not a pdf")
    with pytest.raises(ValidationError) as refused:
        tariffs.change_authorisation(authorisation=authorisation, changes={}, file=wrong, **by)
    assert "document" in refused.value.message_dict
    changed = tariffs.change_authorisation(
        authorisation=authorisation, changes={}, file=SimpleUploadedFile("d.png", picture()), **by
    )
    assert changed.upload is not None


# --- supplements and discounts ------------------------------------------------------------------------------


@pytest.mark.parametrize("label", ["Location TV", "Chauffage", "Frais de dossier", "Langes"])
def test_what_the_price_includes_is_no_supplement(home, by, label):
    with pytest.raises(ValidationError) as refused:
        tariffs.add_supplement(
            home=home, label=label, unit="", unit_price=Decimal(5), first_day=make.TODAY, **by
        )
    assert "label" in refused.value.message_dict
    assert "art. 4 §2" in sentence(refused)


def test_a_comfort_that_the_home_does_not_include_may_be_charged(home, by):
    entered = {"unit": "mois", "unit_price": Decimal(5), "first_day": make.TODAY, **by}
    tariffs.add_supplement(home=home, label="Location frigo", **entered)
    house_texts.load_standard(home=home, first_day=make.TODAY, **by)
    with pytest.raises(ValidationError, match=r"art\. 4 §2"):
        tariffs.add_supplement(home=home, label="Frigo de chambre", **entered)


def test_a_new_price_of_a_supplement_ends_the_one_before(home, by):
    row = make.supplement(home)
    tariffs.price_supplement(supplement=row, unit_price=Decimal("8.00"), first_day=make.TODAY, **by)
    assert list(row.prices.order_by("first_day").values_list("unit_price", "last_day")) == [
        (Decimal("7.50"), make.TODAY - DAY),
        (Decimal("8.00"), None),
    ]
    with pytest.raises(ValidationError, match="begins later"):
        tariffs.price_supplement(supplement=row, unit_price=Decimal("9.00"), first_day=make.TODAY, **by)


def test_a_supplement_ends_and_goes_on(home, by):
    row = make.supplement(home)
    with pytest.raises(ValidationError, match="not before"):
        tariffs.end_supplement(supplement=row, last_day=make.START - DAY, **by)
    tariffs.end_supplement(supplement=row, last_day=make.TODAY, **by)
    assert row.prices.get().last_day == make.TODAY
    tariffs.end_supplement(supplement=row, last_day=None, **by)
    assert row.prices.get().last_day is None


def test_a_supplement_keeps_its_words_once_a_signed_convention_names_it(home, director, by):
    row = make.supplement(home)
    tariffs.change_supplement(supplement=row, changes={"label": "Souper visiteur", "unit": "repas"}, **by)
    make.signed(home, actor=director, supplements=[row])
    with pytest.raises(ValidationError, match="Signed conventions name this supplement"):
        tariffs.change_supplement(supplement=row, changes={"label": "Autre chose"}, **by)
    with pytest.raises(ValidationError, match="it stays"):
        tariffs.discard_supplement(supplement=row, **by)


def test_a_supplement_does_not_become_what_the_price_includes(home, by):
    row = make.supplement(home)
    with pytest.raises(ValidationError, match=r"art\. 4 §2"):
        tariffs.change_supplement(supplement=row, changes={"label": "Petit-déjeuner"}, **by)


@pytest.mark.parametrize("percent", ["120", "100.01", "0", "-3"])
def test_a_discount_is_more_than_nothing_and_at_most_the_whole(home, by, percent):
    values = {"mutuality_code": 134, "name": "MC", "percent": Decimal(percent), "first_day": make.TODAY}
    with pytest.raises(ValidationError, match=r"at most 100 percent \(art\. 4 §3\)") as refused:
        tariffs.add_discount(home=home, values=values, **by)
    assert "percent" in refused.value.message_dict


def test_a_mutuality_has_one_discount_at_a_time(home, by):
    values = {"mutuality_code": 134, "name": "MC", "percent": Decimal(3), "first_day": make.START}
    first = tariffs.add_discount(home=home, values=values, **by)
    with pytest.raises(ValidationError, match="another discount on these days"):
        tariffs.add_discount(home=home, values=values | {"first_day": make.TODAY}, **by)
    tariffs.end_discount(discount=first, last_day=make.TODAY - DAY, **by)
    tariffs.add_discount(home=home, values=values | {"first_day": make.TODAY, "percent": Decimal(100)}, **by)


# --- lists --------------------------------------------------------------------------------------------------


def test_the_standard_list_is_loaded_once_and_beside_what_stands(home, by):
    standing = home.included.get(code="room")
    added = house_texts.load_standard(home=home, first_day=make.TODAY, **by)
    assert added == len(STANDARD) - 3
    assert home.included.get(code="room") == standing
    assert sorted(home.included.values_list("position", flat=True)) == list(range(1, len(STANDARD) + 1))
    assert house_texts.load_standard(home=home, first_day=make.TODAY, **by) == 0


def test_the_standard_list_is_in_the_language_of_the_home(home, by):
    home.language = "de"
    home.save()
    with override("fr"):
        house_texts.load_standard(home=home, first_day=make.TODAY, **by)
    with override("de"):
        expected = {str(text) for text in map(_translated, STANDARD)}
    assert set(home.included.filter(first_day=make.TODAY).values_list("text", flat=True)) <= expected


def _translated(element):
    from django.utils.translation import gettext

    return gettext(element.text)


def test_what_the_law_puts_into_the_price_stays(home, by):
    with pytest.raises(ValidationError, match=r"art\. 4 §2"):
        house_texts.end_included(element=home.included.get(code="room"), last_day=make.TODAY, **by)
    comfort = house_texts.end_included(element=home.included.get(code="internet"), last_day=make.TODAY, **by)
    assert comfort.last_day == make.TODAY


def test_elements_change_places(home, director, by):
    def order():
        return list(home.included.order_by("position").values_list("code", flat=True))

    internet = home.included.get(code="internet")
    assert house_texts.move_included(element=internet, up=True, on=make.TODAY, **by)
    assert order() == ["room", "internet", "television"]
    assert house_texts.move_included(element=internet, up=True, on=make.TODAY, **by)
    assert order() == ["internet", "room", "television"]
    assert not house_texts.move_included(element=internet, up=True, on=make.TODAY, **by)
    convention = make.draft(home, actor=director)
    assert terms_of(convention, make.TODAY).included[0] == internet.text


def test_own_words_guard_the_supplements(home, by):
    element = house_texts.add_included(
        home=home,
        text="L'usage du potager",
        guard_words=["Potager ", "", "potager"],
        first_day=make.START,
        **by,
    )
    assert element.guard_words == ["potager"]
    with pytest.raises(ValidationError, match="L'usage du potager"):
        tariffs.add_supplement(
            home=home, label="Accès aux potagers", unit="", unit_price=Decimal(5), first_day=make.TODAY, **by
        )
    with pytest.raises(ValidationError, match="short words"):
        house_texts.change_included(element=element, text="-", guard_words=["mot " * 30], **by)


def test_a_clause_does_not_weaken_a_rule(home, by):
    house_texts.add_clause(home=home, text="Le chat est bienvenu.", first_day=make.TODAY, **by)
    clause = home.clauses.get()
    weak = "Le résident verse une garantie de 500 euros à son entrée."
    with pytest.raises(ValidationError) as refused:
        house_texts.add_clause(home=home, text=weak, first_day=make.TODAY, **by)
    assert "text" in refused.value.message_dict
    with pytest.raises(ValidationError):
        house_texts.change_clause(clause=clause, changes={"text": weak}, **by)
    house_texts.end_clause(clause=clause, last_day=make.TODAY, **by)
    later = conventions.create_draft(
        home=home, resident=make.ResidentFactory(), actor=by["actor"], at=make.at(make.TODAY + DAY)
    )
    assert not later.clauses.exists()


# --- figures for all homes ----------------------------------------------------------------------------------


def test_a_rebate_is_entered_once_a_day_and_not_changed_once_used(home, director, by):
    rebate = legal_figures.InsurerDayRebate.objects.get()
    with pytest.raises(ValidationError, match="from this day on already"):
        legal_figures.add_rebate(values={"first_day": rebate.first_day}, **by)
    legal_figures.change_rebate(rebate=rebate, changes={"amount": Decimal("0.35")}, **by)
    invoice = make_invoice(home, director)
    InvoiceLine.objects.create(invoice=invoice, position=1, kind="rebate", label="-", amount=Decimal(-1))
    with pytest.raises(ValidationError, match="taken this rebate off"):
        legal_figures.change_rebate(rebate=rebate, changes={"amount": Decimal("0.36")}, **by)
    values = {
        "first_day": date(2027, 1, 1),
        "amount": Decimal("0.40"),
        "pivot_index": Decimal(120),
        "source": "-",
    }
    later = legal_figures.add_rebate(values=values, **by)
    assert not legal_figures.rebate_is_used(later)


def test_a_rate_stays_once_interest_was_charged_with_it(home, director, by):
    rates = {
        year: legal_figures.add_rate(year=year, percent=Decimal("4.5"), source="-", **by)
        for year in (2025, 2026, 2027)
    }
    with pytest.raises(ValidationError, match="its rate already"):
        legal_figures.add_rate(year=2026, percent=Decimal(3), source="-", **by)
    charge(home, director, due_on=date(2026, 1, 12), received_on=date(2026, 3, 1))
    with pytest.raises(ValidationError, match=r"art\. 6"):
        legal_figures.change_rate(rate=rates[2026], changes={"percent": Decimal(3)}, **by)
    for year in (2025, 2027):
        legal_figures.change_rate(rate=rates[year], changes={"percent": Decimal(3)}, **by)
    legal_figures.change_rate(rate=rates[2026], changes={"source": "Moniteur belge"}, **by)
    assert LegalInterest.objects.get(year=2026).source == "Moniteur belge"


def make_invoice(home, director, due_on=date(2026, 5, 12), **changes):
    convention = make.signed(home, actor=director)
    return convention.invoices.create(
        home=home, number=f"X-{convention.pk}", kind="monthly", month=date(2026, 5, 1), issued_on=date(2026, 5, 4),
        received_on=date(2026, 5, 4), due_on=due_on, dispute_until=date(2026, 6, 4), total=Decimal(10), said={},
        **changes,
    )  # fmt: skip


def charge(home, director, *, due_on, received_on):
    invoice = make_invoice(home, director, due_on)
    share = invoice.shares.create(name="-", amount=Decimal(10), communication=f"{invoice.pk:012}")
    payment = share.payments.create(
        received_on=received_on, amount=Decimal(10), registered_by=director, registered_at=make.AT
    )
    InterestCharge.objects.create(payment=payment, invoice=invoice, amount=Decimal("0.01"))
