"""A rise of prices: drafted, weighed, notified; whose price changes, and whose is kept."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from partenamut.audit.models import Entry
from partenamut.documents.models import Rendered
from partenamut.workflow import TransitionRefused
from residences.models import CampaignExemption, PriceCampaign, PriceNotice, RoomPrice
from residences.services import amendments, campaigns, conventions, kept_prices, signing
from residences.services.rises import Course, Obstacle, obstacles, plan_of
from tests.documents.samples import (
    page_complaints,
    pdfua_complaints,
    qpdf_complaints,
    table_complaints,
    text_of,
)
from tests.factories import residences as make
from tests.residences.prices_world import AT, FROM, TODAY, VALUES, kept, owed, world
from tests.together import at_once, refusals

pytestmark = pytest.mark.django_db


def weighed(campaign, at=AT):
    return {each.standing.room_type.name: each for each in plan_of(campaign, at.date()).types}


# --- the limit of the year --------------------------------------------------------------------------------


def test_a_rise_is_measured_against_the_price_and_the_index_of_the_year_before():
    found = world()
    each = weighed(found.draft(single="52.69"))["Individuelle"]
    # 48.92 x (128.40 / 125.00 + 0.05) = 52.6966...
    assert each.decision.maximum == Decimal("52.69")
    assert each.obstacle is Obstacle.NONE
    assert each.decision.in_force_from == FROM


def test_a_cent_above_the_maximum_stops_the_notification_and_names_type_maximum_and_article():
    found = world("Arend")
    campaign = found.draft(single="52.70")
    with pytest.raises(ValidationError) as refused:
        found.notified(campaign)
    sentence = " ".join(refused.value.messages)
    assert all(part in sentence for part in ("Individuelle", "52.70", "52.69", "art. 4 §1"))
    campaign.refresh_from_db()
    assert campaign.status == "draft"
    assert not PriceNotice.objects.exists()
    assert owed(found.conventions["Arend"]) == [("2026-01-12", "", "48.92")]


def test_a_second_rise_of_the_year_counts_from_the_first_price_of_the_year():
    found = world("Arend")
    found.notified(single="51.00")
    later = make.at(date(2026, 9, 1))
    campaign = found.draft(single="52.70")
    each = weighed(campaign, later)["Individuelle"]
    assert each.standing.current.daily_price == Decimal("51.00")
    assert each.facts.price_before_year == Decimal("48.92")
    assert each.obstacle is Obstacle.ABOVE
    campaigns.change_draft(
        campaign=campaign,
        values=VALUES,
        prices={found.single: Decimal("52.69")},
        actor=found.director,
        at=later,
    )
    found.notified(campaign, at=later)
    assert owed(found.conventions["Arend"]) == [
        ("2026-01-12", "2026-06-02", "48.92"),
        ("2026-06-03", "2026-09-30", "51.00"),
        ("2026-10-01", "", "52.69"),
    ]


def test_the_year_is_that_of_the_day_on_which_the_price_comes_into_force():
    found = world()
    found.notified(single="51.00")
    campaign = found.draft(single="53.00")
    before = weighed(campaign, make.at(date(2026, 12, 1)))["Individuelle"]
    after = weighed(campaign, make.at(date(2026, 12, 2)))["Individuelle"]
    assert before.facts.price_before_year == Decimal("48.92")
    assert (after.facts.price_before_year, after.facts.index_at_last_increase) == (
        Decimal("51.00"),
        Decimal("128.40"),
    )
    assert before.obstacle is Obstacle.ABOVE
    assert after.obstacle is Obstacle.NONE


def test_a_type_that_is_new_this_year_counts_from_its_first_price():
    found = world()
    studio = make.room_type(found.home, "Studio", "60.00", 35)
    studio.prices.update(first_day=date(2026, 2, 1), last_day=date(2026, 3, 31))
    RoomPrice.objects.create(
        room_type=studio, daily_price=Decimal("61.00"), first_day=date(2026, 4, 1), index_value=Decimal("126.00")
    )  # fmt: skip
    each = weighed(found.draft())["Studio"]
    assert each.facts.price_before_year == Decimal("60.00")
    assert each.facts.index_at_last_increase == Decimal("125.00")


def test_a_price_without_index_is_told_of_until_the_index_is_entered():
    found = world()
    price = found.single.prices.get()
    RoomPrice.objects.update(index_value=None, index_month=None)
    campaign = found.draft(single="50.00")
    assert weighed(campaign)["Individuelle"].obstacle is Obstacle.NO_INDEX
    assert "Enter the index" in obstacles(plan_of(campaign, TODAY))[0]
    at_new = {"index_value": Decimal("125.00"), "index_month": date(2025, 12, 1)}
    kept_prices.record_index(price=price, **at_new, actor=found.director, at=AT)
    assert weighed(campaign)["Individuelle"].obstacle is Obstacle.NONE
    with pytest.raises(ValidationError, match="already"):
        kept_prices.record_index(price=price, **at_new, actor=found.director, at=AT)


def test_the_present_price_is_no_rise_and_a_lower_one_has_no_limit():
    found = world("Arend")
    RoomPrice.objects.update(index_value=None)
    campaign = found.draft(single="48.92", double="40.00")
    seen = weighed(campaign)
    assert (seen["Individuelle"].course, seen["Individuelle"].obstacle) == (Course.SAME, Obstacle.SAME)
    assert (seen["Double"].course, seen["Double"].obstacle) == (Course.LOWER, Obstacle.NONE)
    with pytest.raises(ValidationError, match="present price"):
        found.notified(campaign)


def test_nothing_is_notified_without_a_new_price():
    with pytest.raises(ValidationError, match="one room type"):
        world().notified()


def test_two_rises_notified_on_one_day_do_not_stand_on_each_other():
    found = world()
    found.notified(single="50.00")
    with pytest.raises(ValidationError, match=r"in force from 03/06/2026 already"):
        found.notified(single="51.00")


# --- drafts -----------------------------------------------------------------------------------------------


def test_a_home_prepares_one_rise_at_a_time():
    found = world()
    first = found.draft(single="50.00")
    with pytest.raises(ValidationError, match="being prepared"):
        found.draft(double="42.00")
    campaigns.discard(campaign=first, actor=found.director, at=AT)
    found.draft(double="42.00")
    assert [row.status for row in PriceCampaign.objects.order_by("pk")] == ["discarded", "draft"]


def test_what_was_changed_in_a_draft_is_written_down_once():
    found = world()
    campaign = found.draft(single="50.00")
    change = {"campaign": campaign, "values": VALUES, "actor": found.director, "at": AT}
    campaigns.change_draft(prices={found.single: Decimal("51.00")}, **change)
    campaigns.change_draft(prices={found.single: Decimal("51.00")}, **change)
    entry = Entry.objects.get(action="campaign_changed")
    assert entry.changes == {"Individuelle": ["50.00", "51.00"]}


def test_what_was_notified_is_no_draft_any_more():
    found = world("Arend")
    campaign = found.notified(single="50.00")
    with pytest.raises(ValidationError, match="no draft"):
        campaigns.change_draft(campaign=campaign, values=VALUES, prices={}, actor=found.director, at=AT)
    with pytest.raises(TransitionRefused):
        campaigns.discard(campaign=campaign, actor=found.director, at=AT)


def test_another_homes_types_authorisations_and_residents_are_refused():
    found, other = world(), world("Fremd")
    with pytest.raises(ValidationError, match="this home"):
        campaigns.create_draft(
            home=found.home,
            values=VALUES,
            prices={other.single: Decimal("50.00")},
            actor=found.director,
            at=AT,
        )
    campaign = found.draft(single="50.00")
    with pytest.raises(ValidationError, match="this home"):
        campaigns.exempt(
            campaign=campaign,
            convention=other.conventions["Fremd"],
            because="works",
            note="x",
            actor=found.director,
            at=AT,
        )


# --- the notification -------------------------------------------------------------------------------------


def test_a_notified_rise_writes_prices_letters_and_number():
    found = world("Arend", "Bodson")
    found.lives("Claes", found.double)
    campaign = found.notified(single="52.69")
    assert campaign.number == f"{found.home.code}-PR-2026-000001"
    assert (campaign.notified_on, campaign.in_force_from) == (TODAY, FROM)
    old, new = RoomPrice.objects.filter(room_type=found.single).order_by("first_day")
    assert (old.last_day, new.first_day, new.daily_price) == (
        FROM - timedelta(days=1),
        FROM,
        Decimal("52.69"),
    )
    assert (new.index_value, new.index_month, new.campaign) == (
        VALUES["index_now"],
        VALUES["index_month"],
        campaign,
    )
    assert owed(found.conventions["Arend"])[-1] == ("2026-06-03", "", "52.69")
    assert owed(found.conventions["Claes"]) == [("2026-01-12", "", "41.85")]
    assert PriceNotice.objects.filter(campaign=campaign).count() == 3
    assert PriceNotice.objects.get(convention=None).recipient == "AViQ"
    frozen = campaign.prices.get()
    assert (frozen.price_before_year, frozen.current_price, frozen.index_then) == (
        Decimal("48.92"),
        Decimal("48.92"),
        Decimal("125.00"),
    )


def test_only_who_runs_the_home_notifies():
    found = world("Arend")
    campaign = found.draft(single="50.00")
    with pytest.raises(PermissionDenied):
        campaigns.notify(
            campaign=campaign,
            seen=found.seen(campaign),
            actor=make.UserFactory(roles=["member"]),
            at=AT,
        )


def test_a_notification_that_is_not_what_was_seen_is_refused():
    found = world("Arend")
    campaign = found.draft(single="50.00")
    seen = found.seen(campaign)
    found.lives("Bodson")
    with pytest.raises(ValidationError) as refused:
        campaigns.notify(campaign=campaign, seen=seen, actor=found.director, at=AT)
    assert refused.value.code == "changed"
    with pytest.raises(ValidationError):
        campaigns.notify(
            campaign=campaign,
            seen=found.seen(campaign),
            actor=found.director,
            at=AT + timedelta(days=1),
        )


@pytest.mark.django_db(transaction=True)
@pytest.mark.services
def test_a_rise_notified_many_times_at_once_is_notified_once():
    found = world("Arend", "Bodson")
    campaign = found.draft(single="50.00")
    seen = found.seen(campaign)
    results = at_once(
        *[lambda: campaigns.notify(campaign=campaign, seen=seen, actor=found.director, at=AT)] * 5
    )
    assert len(refusals(results)) == 4
    assert PriceNotice.objects.count() == 3
    assert found.single.prices.count() == 2
    assert [len(owed(row)) for row in found.conventions.values()] == [2, 2]


def test_those_who_have_left_or_stay_for_a_short_time_are_not_told():
    found = world("Arend", "Bodson")
    gone = found.conventions["Arend"]
    gone.ended_on = FROM - timedelta(days=1)
    gone.save()
    short = found.conventions["Bodson"]
    short.kind, short.until = "short", FROM - timedelta(days=1)
    short.save()
    assert plan_of(found.draft(single="50.00"), TODAY).concerned == []


def test_who_enters_after_the_rise_is_in_force_pays_it_from_the_entry():
    found = world()
    late = found.lives("Tard", entry=date(2026, 7, 1), offered=AT)
    found.notified(single="50.00")
    assert owed(late) == [("2026-07-01", "", "50.00")]
    assert late.price_notices.count() == 1


# --- those who keep their price ---------------------------------------------------------------------------


def test_a_price_that_is_kept_is_left_out_and_stays():
    found = world("Arend", "Bodson")
    kept(found.conventions["Arend"])
    campaign = found.draft(single="50.00")
    (out,) = plan_of(campaign, TODAY).left_out
    assert (out.because, out.note) == ("works", "Aile nord")
    found.notified(campaign)
    assert owed(found.conventions["Arend"]) == [("2026-01-12", "", "48.92")]
    assert found.conventions["Arend"].price_notices.count() == 0
    assert CampaignExemption.objects.get().convention == found.conventions["Arend"]


def test_who_keeps_the_price_of_another_type_is_concerned_by_that_type_only():
    found = world("Arend")
    kept(found.conventions["Arend"], "health", found.double)
    assert plan_of(found.draft(single="50.00"), TODAY).concerned == []


def test_a_kept_price_taken_back_rises_with_the_others():
    found = world("Arend")
    arend = found.conventions["Arend"]
    kept(arend)
    campaign = found.draft(single="50.00")
    campaigns.take_back(campaign=campaign, convention=arend, actor=found.director, at=AT)
    found.notified(campaign)
    assert owed(arend)[-1] == ("2026-06-03", "", "50.00")
    assert Entry.objects.filter(action="exemption_taken_back").count() == 1


def test_a_director_leaves_a_resident_out_with_a_reason_and_takes_it_back():
    found = world("Arend")
    arend = found.conventions["Arend"]
    campaign = found.draft(single="50.00")
    who = {"campaign": campaign, "convention": arend, "actor": found.director, "at": AT}
    with pytest.raises(ValidationError, match="rests on"):
        campaigns.exempt(because="works", note=" ", **who)
    campaigns.exempt(because="health", note="Chambre 12 au lieu de 3", **who)
    assert [each.because for each in plan_of(campaign, TODAY).left_out] == ["health"]
    campaigns.take_back(**who)
    assert plan_of(campaign, TODAY).left_out == []
    with pytest.raises(ValidationError, match="not left out"):
        campaigns.take_back(**who)


def test_those_present_before_works_keep_their_price():
    found = world("Arend", "Bodson")
    found.lives("Tard", entry=date(2026, 4, 1))
    kept(found.conventions["Bodson"], "health")
    day = date(2026, 3, 1)
    present = kept_prices.present_on(found.home, day)
    assert [(each.convention.resident.last_name, bool(each.kept)) for each in present] == [
        ("Arend", False),
        ("Bodson", True),
    ]
    call = {"home": found.home, "note": "Aile nord", "actor": found.director, "at": AT}
    with pytest.raises(ValidationError) as refused:
        kept_prices.record_works(day=day, seen="", **call)
    assert refused.value.code == "changed"
    (row,) = kept_prices.record_works(day=day, seen=kept_prices.fingerprint(present), **call)
    assert (row.convention, row.because, row.first_day) == (found.conventions["Arend"], "works", day)
    again = kept_prices.present_on(found.home, day)
    with pytest.raises(ValidationError, match="without the right"):
        kept_prices.record_works(day=day, seen=kept_prices.fingerprint(again), **call)
    with pytest.raises(ValidationError, match="has not come"):
        kept_prices.record_works(day=TODAY + timedelta(days=1), seen="", **call)


# --- conventions signed meanwhile -------------------------------------------------------------------------


def test_who_signs_after_the_notification_pays_the_new_price_from_the_day_it_is_in_force():
    found = world("Arend")
    campaign = found.notified(single="50.00")
    later = make.at(date(2026, 5, 20))
    late = found.lives("Tard", entry=date(2026, 5, 25), offered=later)
    assert owed(late) == [("2026-05-25", "2026-06-02", "48.92"), ("2026-06-03", "", "50.00")]
    notice = late.price_notices.get()
    assert (notice.campaign, notice.document.issued_on) == (campaign, date(2026, 5, 20))
    assert campaigns.apply_notified_rises(late, later, since=date(2026, 5, 20)) == []
    assert late.price_notices.count() == 1


def test_who_signs_before_and_enters_after_pays_the_new_price_only():
    found = world()
    found.notified(single="50.00")
    late = found.lives("Tard", entry=date(2026, 7, 1), offered=make.at(date(2026, 5, 20)))
    assert owed(late) == [("2026-07-01", "", "50.00")]


def test_who_signs_once_the_price_is_in_force_reads_it_in_the_text():
    found = world()
    found.notified(single="50.00")
    late = found.lives("Tard", entry=date(2026, 7, 1), offered=make.at(date(2026, 6, 10)))
    assert owed(late) == [("2026-07-01", "", "50.00")]
    assert late.price_notices.count() == 0


def test_a_text_offered_before_and_signed_once_the_rise_is_in_force_keeps_the_price_that_was_read():
    found = world()
    late = make.draft(found.home, actor=found.director, entry=date(2026, 7, 1), offered=AT)
    edition = conventions.prepare(convention=late, actor=found.director, at=AT)
    found.notified(single="50.00")
    for side in ("resident", "manager"):
        _sign(found, edition, side, make.at(date(2026, 6, 10)))
    assert owed(late) == [("2026-07-01", "", "48.92")]
    assert late.price_notices.count() == 0


def test_a_paper_signed_before_the_rise_was_in_force_and_recorded_after_gets_it():
    found = world()
    late = make.draft(found.home, actor=found.director, entry=date(2026, 5, 25), offered=AT)
    edition = conventions.prepare(convention=late, actor=found.director, at=AT)
    found.notified(single="50.00")
    for side in ("resident", "manager"):
        _sign(found, edition, side, make.at(date(2026, 6, 10)), signed_on=date(2026, 5, 20))
    assert owed(late)[-1] == ("2026-06-03", "", "50.00")


@pytest.mark.django_db(transaction=True)
@pytest.mark.services
@pytest.mark.parametrize("_turn", range(4))
def test_a_convention_signed_while_a_rise_is_notified_gets_it(_turn):
    found = world("Arend")
    late = make.draft(found.home, actor=found.director, entry=date(2026, 5, 25), offered=AT)
    edition = conventions.prepare(convention=late, actor=found.director, at=AT)
    _sign(found, edition, "resident", AT)
    campaign = found.draft(single="50.00")
    seen = found.seen(campaign)
    results = at_once(
        lambda: campaigns.notify(campaign=campaign, seen=seen, actor=found.director, at=AT),
        lambda: _sign(found, edition, "manager", AT),
    )
    if refusals(results):
        # The signature came first: one more letter than was seen.
        found.notified(PriceCampaign.objects.get())
    assert owed(late) == [("2026-05-25", "2026-06-02", "48.92"), ("2026-06-03", "", "50.00")]
    assert late.price_notices.count() == 1


def _sign(found, edition, side, at, **changes):
    signing.sign(
        edition=edition, read=edition.sha256, side=side, name="S. Tard", quality="", actor=found.director, at=at,
        **changes,
    )  # fmt: skip


def test_two_rises_notified_before_the_signature_follow_each_other():
    found = world()
    found.notified(single="50.00")
    found.notified(found.draft(single="51.00"), at=make.at(date(2026, 5, 11)))
    late = found.lives("Tard", entry=date(2026, 5, 25), offered=make.at(date(2026, 5, 20)))
    assert owed(late) == [
        ("2026-05-25", "2026-06-02", "48.92"),
        ("2026-06-03", "2026-06-09", "50.00"),
        ("2026-06-10", "", "51.00"),
    ]
    very_late = found.lives("Fin", entry=date(2026, 7, 1), offered=make.at(date(2026, 5, 20)))
    assert owed(very_late) == [("2026-07-01", "", "51.00")]
    assert very_late.price_notices.count() == 1


def test_a_short_stay_that_is_prolonged_gets_the_rise_that_did_not_concern_it():
    found = world()
    short = found.lives("Court", kind="short", respite=True, until=date(2026, 5, 31))
    campaign = found.notified(single="50.00")
    assert short.price_notices.count() == 0
    later = make.at(date(2026, 5, 20))
    amendment = amendments.create(
        convention=short, kind="prolongation", effective_on=None, actor=found.director, at=later
    )
    amendments.change(amendment=amendment, value=date(2026, 6, 30), actor=found.director, at=later)
    edition = amendments.prepare(amendment=amendment, actor=found.director, at=later)
    for side in ("resident", "manager"):
        _sign(found, edition, side, later)
    assert owed(short)[-1] == ("2026-06-03", "", "50.00")
    assert short.price_notices.get().campaign == campaign


# --- the letters ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["fr", "nl", "de", "en"])
def test_a_letter_is_accessible_and_tells_the_price_and_its_calculation(
    language, tmp_path, django_capture_on_commit_callbacks
):
    found = world("Arend")
    arend = found.conventions["Arend"]
    arend.language, arend.representative = language, make.contact(arend.resident)
    arend.save()
    with django_capture_on_commit_callbacks(execute=True):
        found.notified(single="52.69")
    notice = arend.price_notices.get()
    assert notice.recipient == "Paul Lambert"
    content = bytes(Rendered.objects.get(document=notice.document).content)
    read = text_of(content, tmp_path)
    assert all(part in read for part in ("Arend", "5100 Jambes", "Individuelle", "03/06/2026"))
    comma = "." if language == "en" else ","
    assert all(f"{euros}{comma}{cents}" in read for euros, cents in (("48", "92"), ("52", "69")))
    assert complaints(content, tmp_path, tables=3) == []


def test_the_administration_gets_all_prices_with_the_calculation(
    tmp_path, django_capture_on_commit_callbacks
):
    found = world("Arend", "Bodson")
    kept(found.conventions["Bodson"])
    found.double  # noqa: B018 (made)
    with django_capture_on_commit_callbacks(execute=True):
        found.notified(single="52.69")
    notice = PriceNotice.objects.get(convention=None)
    content = bytes(Rendered.objects.get(document=notice.document).content)
    read = text_of(content, tmp_path)
    assert all(part in read for part in ("AViQ", "Double", "41,85", "52,69", "128,4", "125"))
    assert "Bodson" not in read
    assert complaints(content, tmp_path, tables=2) == []


def complaints(content, folder, tables):
    """What stands against a letter as an accessible, archived document."""
    return [
        *page_complaints(content, "PDF_UA_1", "PDF_A_3A"),
        *pdfua_complaints(content, folder),
        *qpdf_complaints(content, folder),
        *table_complaints(content, tables=tables),
    ]
