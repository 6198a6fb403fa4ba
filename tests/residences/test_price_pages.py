"""The pages of prices: what they show, what is typed wrongly, what is sent."""

import io
import re
import zipfile
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from partenamut.documents.models import Rendered
from residences.forms.prices import price_name
from residences.models import CampaignExemption, KeptPrice, PriceCampaign, PriceNotice, RoomPrice
from tests.factories import residences as make
from tests.residences.prices_world import AT, FROM, TODAY, kept, owed, world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday(time_machine):
    time_machine.move_to(AT, tick=False)


@pytest.fixture
def found(client):
    made = world("Arend", "Bodson")
    client.force_login(made.director)
    client.cookies["django_language"] = "en"
    return made


def path(found, name, *args):
    return reverse(f"residences:{name}", args=[found.home.public_id, *args])


def typed(found, **prices):
    """What the form of a rise sends; new prices by `single` and `double`."""
    values = {"index_now": "128,40", "index_month": "04/2026", "index_source": "Statbel", "explanation": ""}
    return values | {price_name(getattr(found, name)): price for name, price in prices.items()}


def text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


# --- present prices ---------------------------------------------------------------------------------------


def test_the_page_of_prices_shows_today_what_comes_and_every_price(found, client):
    found.notified(single="50.00")
    seen = text(client.get(path(found, "prices")))
    assert "50.00 € from 03/06/2026" in seen
    assert "48.92" in seen
    assert "To come" in seen
    assert f"{found.home.code}-PR-2026-000001" in seen


@pytest.mark.parametrize("kind", ["csv", "xlsx", "json"])
def test_the_history_of_prices_leaves_as_a_file(found, client, kind):
    found.notified(single="50.00")
    answer = client.get(path(found, "prices"), {"export": kind})
    assert answer.status_code == 200
    body = b"".join(answer.streaming_content)
    if kind == "csv":
        rows = body.decode("utf-8-sig").splitlines()
        assert len(rows) == 1 + RoomPrice.objects.count()
        assert "48,92" in rows[2]
        assert "128,40" in rows[1]


def test_prices_are_filtered_by_type_state_and_year(found, client):
    found.notified(single="50.00", double="42.00")
    for query, count in (("state=coming", 2), ("state=present", 2), ("year=2019", 0), ("year=2026", 4)):
        assert f"{count} result" in text(client.get(f"{path(found, 'prices')}?{query}")) or not count
    one = client.get(f"{path(found, 'prices')}?room_type={found.single.pk}")
    assert "2 results" in text(one)
    assert client.get(f"{path(found, 'prices')}?room_type=999999&year=x").status_code == 200


def test_a_home_without_prices_says_what_to_do(client):
    home = make.RestHomeFactory()
    client.force_login(make.director_of(home))
    client.cookies["django_language"] = "en"
    seen = text(client.get(reverse("residences:prices", args=[home.public_id])))
    assert "No price yet" in seen
    assert "No rise has been prepared yet" in seen


def test_the_pages_ask_the_database_as_much_for_many_as_for_few(found, client, django_assert_max_num_queries):
    campaign = found.draft(single="50.00")
    pages = [path(found, "prices"), path(found, "kept_prices")]
    pages += [path(found, name, campaign.public_id) for name in ("campaign", "notify_campaign")]
    for turn in range(6):
        found.lives(f"Nom{turn}")
        if turn % 2:
            kept(found.conventions[f"Nom{turn}"])
    for address in pages:
        with django_assert_max_num_queries(32):
            assert client.get(address).status_code == 200


def test_a_missing_index_is_entered_and_then_stays(found, client):
    price = found.single.prices.get()
    RoomPrice.objects.filter(pk=price.pk).update(index_value=None, index_month=None)
    assert "Enter the index" in text(client.get(path(found, "prices")))
    address = path(found, "price_index", price.public_id)
    wrong = client.post(address, {"index_value": "0", "index_month": "13/2025"})
    assert "above zero" in text(wrong)
    assert "is a month" in text(wrong)
    later = client.post(address, {"index_value": "125,0", "index_month": "06/2026"})
    assert "lies in the future" in text(later)
    client.post(address, {"index_value": "125,0", "index_month": "12/2025"})
    price.refresh_from_db()
    assert (price.index_value, price.index_month) == (Decimal("125.00"), date(2025, 12, 1))
    assert client.get(address).status_code == 302


# --- the draft --------------------------------------------------------------------------------------------


def test_a_draft_is_kept_shown_and_changed(found, client):
    answer = client.post(path(found, "new_campaign"), typed(found, single="52,70", double=""))
    campaign = PriceCampaign.objects.get()
    assert answer.url == path(found, "campaign", campaign.public_id)
    seen = text(client.get(answer.url))
    assert "cannot be notified yet" in seen
    assert "Individuelle: 52.70 € a day is above the maximum of 52.69 € (art. 4 §1)" in seen
    assert path(found, "notify_campaign", campaign.public_id) not in client.get(answer.url).content.decode()
    form = client.get(path(found, "change_campaign", campaign.public_id)).content.decode()
    assert 'value="52.70"' in form
    client.post(path(found, "change_campaign", campaign.public_id), typed(found, single="52.69"))
    assert campaign.prices.get().new_price == Decimal("52.69")
    assert "cannot be notified" not in text(client.get(answer.url))


def test_while_typing_the_rule_answers_without_writing(found, client):
    live = client.post(path(found, "new_campaign"), typed(found, single="60"), headers={"HX-Request": "true"})
    seen = text(live)
    assert "<html" not in live.content.decode()
    assert "1 price is refused" in seen
    assert "52.69" in seen
    assert not PriceCampaign.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("index_now", "0", "above zero"),
        ("index_now", "-3", "above zero"),
        ("index_now", "abc", "is a number"),
        ("index_now", "128,405", "two figures"),
        ("index_now", "123456789", "too large"),
        ("index_now", "", "Fill in"),
        ("index_month", "2026", "is a month"),
        ("index_month", "05/2027", "in the future"),
        ("index_source", "", "Fill in"),
        ("single", "-5", "0.01 € at least"),
        ("single", "0", "0.01 € at least"),
        ("single", "cinquante", "is an amount"),
        ("single", "50,001", "two figures"),
        ("authorisation", "nobody", "from the list"),
        ("explanation", "x" * 1001, "it may have 1000"),
    ],
)
def test_what_is_typed_wrongly_gets_a_sentence_and_stays_typed(found, client, field, value, sentence):
    sent = typed(found, single="50,00")
    name = price_name(found.single) if field == "single" else field
    answer = client.post(path(found, "new_campaign"), sent | {name: value})
    assert answer.status_code == 200
    assert sentence in text(answer)
    assert "Statbel" in answer.content.decode() or field == "index_source"
    assert not PriceCampaign.objects.exists()
    live = client.post(path(found, "new_campaign"), sent | {name: value}, headers={"HX-Request": "true"})
    assert live.status_code == 200


def test_checking_without_scripts_writes_nothing(found, client):
    answer = client.post(path(found, "new_campaign"), typed(found, single="50,00") | {"step": "check"})
    assert "Within the limit" in text(answer)
    assert not PriceCampaign.objects.exists()


def test_a_second_draft_leads_to_the_first(found, client):
    campaign = found.draft(single="50.00")
    assert client.get(path(found, "new_campaign")).url == path(found, "campaign", campaign.public_id)
    answer = client.post(path(found, "new_campaign"), typed(found, single="51,00"))
    assert "being prepared already" in text(answer)
    assert 'value="51,00"' in answer.content.decode()
    assert PriceCampaign.objects.count() == 1


def test_the_second_rise_of_the_year_is_measured_from_the_first_price(found, client, time_machine):
    found.notified(single="52.00")
    time_machine.move_to(make.at(date(2026, 9, 1)), tick=False)
    client.force_login(found.director)
    form = text(client.get(path(found, "new_campaign")))
    assert "Now 52.00 €; 48.92 € before the first rise of 2026" in form
    client.post(path(found, "new_campaign"), typed(found, single="53"))
    campaign = PriceCampaign.objects.get(status="draft")
    seen = text(client.get(path(found, "campaign", campaign.public_id)))
    assert "above the maximum of 52.69 €" in seen


def test_a_lower_price_is_said_to_be_no_rise(found, client):
    campaign = found.draft(single="40.00")
    seen = text(client.get(path(found, "campaign", campaign.public_id)))
    assert "goes down from 48.92 € to 40.00 €" in seen
    assert "cannot be notified" not in seen


def test_a_draft_is_given_up(found, client):
    campaign = found.draft(single="50.00")
    address = path(found, "discard_campaign", campaign.public_id)
    assert "Nothing was sent" in text(client.get(address))
    client.post(address)
    campaign.refresh_from_db()
    assert campaign.status == "discarded"
    assert client.post(address).status_code == 302
    assert client.get(path(found, "campaign", campaign.public_id)).status_code == 200
    assert client.get(path(found, "notify_campaign", campaign.public_id)).status_code == 302
    assert client.get(path(found, "change_campaign", campaign.public_id)).status_code == 302


# --- who keeps the price ----------------------------------------------------------------------------------


def test_a_resident_is_left_out_and_taken_back(found, client):
    campaign = found.draft(single="50.00")
    address = path(found, "exempt_from_campaign", campaign.public_id)
    arend = found.conventions["Arend"]
    sent = {"convention": str(arend.public_id), "because": "health", "note": "Chambre 3"}
    assert "from the list" in text(client.post(address, sent | {"convention": "x"}))
    assert "Fill in" in text(client.post(address, sent | {"note": ""}))
    client.post(address, sent)
    assert CampaignExemption.objects.get().because == "health"
    page = text(client.get(path(found, "campaign", campaign.public_id)))
    assert "Chambre 3" in page
    back = path(found, "take_back_exemption", campaign.public_id, arend.public_id)
    assert "Take into the rise" in text(client.get(back))
    client.post(back)
    assert CampaignExemption.objects.get().withdrawn
    assert client.post(back).status_code == 302


def test_works_are_looked_at_then_recorded(found, client):
    kept(found.conventions["Bodson"], "health")
    address = path(found, "record_works")
    asked = {"day": "2026-03-01", "note": "Aile nord"}
    assert "has not come" in text(client.post(address, asked | {"day": "2026-06-01"}))
    preview = client.post(address, asked)
    assert "1 resident gets the right" in text(preview)
    assert KeptPrice.objects.count() == 1
    seen = re.search(r'name="seen" value="(\w+)"', preview.content.decode())[1]
    changed = client.post(address, asked | {"seen": "0" * 64})
    assert "Something has changed" in text(changed)
    assert client.post(address, asked | {"seen": seen}).url == path(found, "kept_prices")
    assert KeptPrice.objects.get(because="works").convention == found.conventions["Arend"]
    listed = text(client.get(path(found, "kept_prices")))
    assert "Arend" in listed
    assert "Aile nord" in listed
    assert "Nobody who lived here" in text(client.post(address, asked))


# --- the notification -------------------------------------------------------------------------------------


def test_what_will_be_sent_is_seen_then_notified(found, client, django_capture_on_commit_callbacks):
    kept(found.conventions["Bodson"])
    campaign = found.draft(single="52.69")
    address = path(found, "notify_campaign", campaign.public_id)
    page = client.get(address)
    seen = text(page)
    assert "1 letter to a resident or representative" in seen
    assert "Bodson" in seen
    assert "03/06/2026" in seen
    assert "Something has changed" in text(client.post(address, {"seen": "x"}))
    assert not PriceNotice.objects.exists()
    mark = re.search(r'name="seen" value="(\w+)"', page.content.decode())[1]
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(address, {"seen": mark})
    assert answer.url == path(found, "campaign", campaign.public_id)
    assert owed(found.conventions["Arend"])[-1] == (str(FROM), "", "52.69")
    again = client.post(address, {"seen": mark})
    assert again.status_code == 302
    assert PriceNotice.objects.count() == 2
    after = text(client.get(answer.url))
    assert "2 letters were written" in after
    assert "within the limit of 52.69" in after


def test_the_letters_are_listed_and_taken_one_by_one_and_together(
    found, client, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        campaign = found.notified(single="50.00")
    listed = text(client.get(path(found, "price_notices", campaign.public_id)))
    assert listed.count("PDF made") == 3
    assert "AViQ" in listed
    one = client.get(path(found, "price_notice", campaign.public_id, PriceNotice.objects.first().public_id))
    assert one.content.startswith(b"%PDF")
    whole = client.get(path(found, "price_notices_zip", campaign.public_id))
    names = zipfile.ZipFile(io.BytesIO(b"".join(whole.streaming_content))).namelist()
    assert len(names) == 3
    assert any(name.startswith("arend-simone") for name in names)
    exported = client.get(path(found, "price_notices", campaign.public_id), {"export": "csv"})
    assert b"50,00" in b"".join(exported.streaming_content)


def test_a_letter_that_is_not_made_yet_is_named_in_the_file_and_made_when_asked_for(found, client):
    campaign = found.notified(single="50.00")
    assert not Rendered.objects.exists()
    assert "Being made" in text(client.get(path(found, "price_notices", campaign.public_id)))
    whole = client.get(path(found, "price_notices_zip", campaign.public_id))
    assert len(zipfile.ZipFile(io.BytesIO(b"".join(whole.streaming_content))).namelist()) == 1
    notice = PriceNotice.objects.first()
    assert client.get(path(found, "price_notice", campaign.public_id, notice.public_id)).content.startswith(
        b"%PDF"
    )


def test_no_letters_of_a_draft_and_nothing_of_another_home(found, client):
    campaign = found.draft(single="50.00")
    assert client.get(path(found, "price_notices_zip", campaign.public_id)).status_code == 302
    other = world("Fremd")
    foreign = other.draft(single="50.00")
    for name in ("campaign", "change_campaign", "notify_campaign", "discard_campaign", "price_notices"):
        own_home = path(found, name, foreign.public_id)
        their_home = reverse(f"residences:{name}", args=[other.home.public_id, foreign.public_id])
        assert client.get(own_home).status_code == 404, name
        assert client.post(their_home).status_code in (404, 405), name
    foreign.refresh_from_db()
    assert foreign.status == "draft"
    back = path(found, "take_back_exemption", campaign.public_id, other.conventions["Fremd"].public_id)
    assert client.post(back).status_code == 404


def test_what_was_typed_before_a_log_out_is_there_again(found, client):
    page = client.get(path(found, "new_campaign")).content.decode()
    owner = re.search(r'name="owner" value="([^"]+)"', page)[1]
    client.logout()
    client.cookies["django_language"] = "en"
    sent = typed(found, single="51,11") | {"owner": owner}
    assert client.post(path(found, "new_campaign"), sent).status_code == 302
    client.force_login(found.director)
    kept_page = client.get(path(found, "new_campaign"))
    assert TODAY.year == 2026
    assert kept_page.status_code == 200
    assert not PriceCampaign.objects.exists()
