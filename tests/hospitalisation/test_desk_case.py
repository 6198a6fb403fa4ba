"""The page of a claim at the desk and the three ways to decide: once, by the right people, on what was read."""

import re
from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.urls import reverse

from hospitalisation.models import AttachmentKind, Decision, Departure
from hospitalisation.services import claims, decisions, desk
from hospitalisation.workflow import Status
from partenamut.accounts.roles import Role
from partenamut.audit.models import Access
from partenamut.registry.models import Tier
from tests.factories import hospitalisation as make
from tests.factories.accounts import UserFactory
from tests.factories.registry import (
    FranchiseListFactory,
    HospitalFactory,
    MandateFactory,
    SeriousIllnessOptionFactory,
)
from tests.together import at_once, refusals

pytestmark = pytest.mark.django_db
AT = make.AT


def url(claim, page=""):
    return reverse(f"hospitalisation:case{f'_{page}' if page else ''}", args=[claim.public_id])


def english(client, address, data=None, **kwargs):
    ask = client.get if data is None else client.post
    return ask(address, data or {}, headers={"accept-language": "en"}, **kwargs)


def text(page):
    """The words of a page, spaces that do not break made plain."""
    words = re.sub(r"<[^>]+>", " ", page.content.decode())
    return re.sub(r"\s+", " ", words.replace("\xa0", " ").replace("&nbsp;", " "))


def version(page):
    return re.search(r'name="version" value="(\w+)"', page.content.decode())[1]


@pytest.fixture(autouse=True)
def _a_day():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def me(client):
    user = UserFactory(roles=[Role.ADVISER], name="Aline Renard")
    client.force_login(user)
    return user


@pytest.fixture
def reader():
    return UserFactory(roles=[Role.SECOND_READER], name="Claire Mathieu")


@pytest.fixture
def hospital():
    found = HospitalFactory(name="Clinique des Tilleuls")
    FranchiseListFactory(year=2026, hospitals=[found])
    return found


@pytest.fixture
def claim(hospital):
    return make.sent(hospital=hospital)


# --- the page ---------------------------------------------------------------------------------------------


def test_the_claim_shows_its_facts_its_bill_and_every_rule(client, me, claim):
    page = english(client, url(claim))
    words = text(page)
    assert claim.member.full_name in words
    assert "Clinique des Tilleuls" in words
    assert "On the list of 2026" in words
    assert "Hospitalia Plus, from 01/01/2015" in words
    assert "individual" in words.lower()
    assert "3,051.71 €" in words
    assert "Ibuprofène" in words
    # a rule that is met, one that is not, and the figures that are to be confirmed
    assert "Franchise (not met)" in words
    assert "Figures to confirm or missing" in words
    assert url(claim, "decide") in page.content.decode()
    assert url(claim, "payment") not in page.content.decode()


def test_what_a_claim_lacks_is_said_by_kind(client, me, claim):
    pieces = {piece.name: piece.there for piece in english(client, url(claim)).context["pieces"]}
    assert pieces == {
        "Signed claim form": True,
        "Hospital bill": True,
        "Original certificate of care given, on paper": False,
        "Lines of the bill": True,
        "Pharmacy attestation (BVAC)": False,
    }


def test_an_insurance_that_began_after_the_admission_is_named(client, me, hospital):
    member = make.insured()
    member.hospital_insurances.update(first_day=date(2026, 3, 3))
    words = text(english(client, url(make.sent(member, hospital=hospital))))
    assert "Insurance on 02/03/2026 None" in words
    assert "Hospitalia Plus, from 03/03/2026: began after this day" in words


def test_a_figure_that_is_missing_is_named_and_stops_the_decision(client, me, hospital):
    claim = make.sent(make.insured(Tier.MEDIUM), hospital=hospital)
    page = english(client, url(claim))
    assert "What stops a decision by the rules" in text(page)
    assert any(figure.missing for figure in page.context["proposal"].figures)
    deciding = english(client, url(claim, "decide"))
    assert "The rules cannot decide this claim as it stands" in text(deciding)
    refused = english(client, url(claim, "decide"), {"version": deciding.context["form"].initial["version"]})
    assert "no source gives the figure" in text(refused)
    assert not Decision.objects.exists()


def test_opening_a_claim_is_logged_in_the_file_of_the_member(client, me, claim):
    english(client, url(claim))
    line = Access.objects.get(person_id=claim.member.public_id)
    assert (line.actor, line.allowed, line.path) == (me, True, url(claim))


PAGES = [
    "",
    "decide",
    "depart",
    "review",
    "payment",
    "lines",
    "ask",
    "examine",
    "certificate",
    "papers",
    "stay",
    "appeal",
    "reopen",
    "assign",
    "withdraw",
]


@pytest.mark.parametrize("leaf", PAGES)
@pytest.mark.parametrize("role", [Role.ADMIN, Role.MEMBER, Role.RESIDENCE_DIRECTOR, Role.BILLING_ADMIN])
def test_who_does_not_handle_claims_is_refused_and_it_is_logged(client, claim, leaf, role):
    client.force_login(UserFactory(roles=[role]))
    for ask in (client.get, client.post) if leaf else (client.get,):
        assert ask(url(claim, leaf)).status_code == 403
    assert Access.objects.filter(person_id=claim.member.public_id, allowed=False).exists()
    assert claims.lock(claim).status == Status.RECEIVED


def test_the_member_does_not_see_the_desk_of_their_own_claim(client, claim):
    client.force_login(claim.member.user)
    assert client.get(url(claim)).status_code == 403


def test_an_unknown_claim_and_a_draft_do_not_exist(client, me):
    member = make.insured()
    draft = claims.start_serious_illness(member=member, year=2026, actor=make.filer(member), at=AT)
    for page in PAGES[:3]:
        assert client.get(url(draft, page)).status_code == 404
    unknown = reverse("hospitalisation:case", args=["00000000-0000-4000-8000-000000000000"])
    assert client.get(unknown).status_code == 404


def test_the_page_costs_a_fixed_number_of_queries(client, me, claim, django_assert_max_num_queries):
    english(client, url(claim))
    with django_assert_max_num_queries(70) as seen:
        english(client, url(claim))
    first = len(seen)
    for number in range(5):
        claims.write(claim=claim, text=f"Question {number}", actor=me, at=AT)
        claims.note_paper(
            claim=claim,
            kind=AttachmentKind.OTHER,
            received_on=AT.date(),
            note=str(number),
            actor=me,
            at=AT,
        )
    claims.write_lines(claim=claim, lines=[*make.usual_lines(), *make.usual_lines()], actor=me, at=AT)
    with django_assert_max_num_queries(first):
        english(client, url(claim))


@pytest.mark.parametrize("status", [status for status in Status if status != Status.DRAFT])
def test_the_page_opens_in_every_state(client, me, claim, status):
    decisions.decide(claim=claim, actor=me, at=AT)
    type(claim).objects.filter(pk=claim.pk).update(status=status)
    page = english(client, url(claim))
    assert page.status_code == 200
    assert str(status.label) in text(page)
    for deed in page.context["deeds"]:
        assert english(client, deed["url"]).status_code in (200, 302)


def test_a_long_bill_is_shown_page_by_page(client, me, hospital):
    claim = make.sent(hospital=hospital, lines=[make.line("fee", "10.00") for _ in range(250)])
    first = english(client, url(claim))
    assert len(first.context["lines"].object_list) == 100
    assert "The bill by kind of line" in text(first)
    assert english(client, f"{url(claim)}?lines=3").context["lines"].number == 3
    # what is no page gives one that is there
    assert english(client, f"{url(claim)}?lines=x").context["lines"].number == 1
    assert english(client, f"{url(claim)}?lines=99").context["lines"].number == 3


# --- by the rules -----------------------------------------------------------------------------------------


def test_a_decision_is_confirmed_on_a_page_with_the_letter(client, me, claim):
    page = english(client, url(claim, "decide"))
    assert claim.number in text(page)
    assert page.context["letter"]["reasons"]
    assert not Decision.objects.exists()
    answer = english(client, url(claim, "decide"), {"version": version(page)}, follow=True)
    claim.refresh_from_db()
    assert answer.redirect_chain == [(url(claim), 302)]
    assert claim.status == Status.DECIDED
    decision = Decision.objects.get()
    assert (decision.decided_by, decision.amount) == (me, Decimal("3051.71"))
    assert "Decided by Aline Renard" in text(answer)
    letter = reverse("hospitalisation:case_letter", args=[claim.public_id, decision.letter.public_id])
    assert client.get(letter)["Content-Type"] == "application/pdf"
    other = reverse(
        "hospitalisation:case_letter", args=[make.announced().public_id, decision.letter.public_id]
    )
    assert client.get(other).status_code == 404


@pytest.mark.parametrize("news", ["message", "paper", "lines", "stay", "certificate", "year"])
def test_what_changed_since_the_page_was_opened_is_told_and_nothing_is_decided(
    client, me, claim, hospital, news
):
    page = english(client, url(claim, "decide"))
    change(news, claim, hospital, me)
    answer = english(client, url(claim, "decide"), {"version": version(page)})
    assert "has changed since you opened the page" in text(answer)
    assert not Decision.objects.filter(claim=claim).exists()
    # the page now shows the claim as it is, and can be confirmed
    client.post(url(claim, "decide"), {"version": version(answer)})
    assert Decision.objects.filter(claim=claim).count() == 1


def change(news, claim, hospital, me):
    if news == "message":
        claims.write(claim=claim, text="I forgot something", actor=claim.member.user, at=AT)
    elif news == "paper":
        claims.note_paper(
            claim=claim, kind=AttachmentKind.OTHER, received_on=AT.date(), note="", actor=me, at=AT
        )
    elif news == "lines":
        claims.write_lines(claim=claim, lines=make.usual_lines()[:2], actor=me, at=AT)
    elif news == "certificate":
        claims.note_certificate(claim=claim, certificate="post", received_on=AT.date(), actor=me, at=AT)
    elif news == "stay":
        read = desk.version_of(claim, desk.ruling_of(claim))
        desk.correct_stay(claim=claim, version=read, reason="Wrong room", room="double", actor=me, at=AT)
    else:
        # another claim of the same year draws on the same ceiling
        decisions.decide(claim=make.sent(claim.member, hospital=hospital), actor=me, at=AT)


def test_a_claim_decided_by_a_colleague_says_by_whom(client, me, claim):
    page = english(client, url(claim, "decide"))
    colleague = UserFactory(roles=[Role.ADVISER], name="Odile Lambert")
    decisions.decide(claim=claim, actor=colleague, at=AT)
    answer = english(client, url(claim, "decide"), {"version": version(page)}, follow=True)
    assert "Odile Lambert decided on this claim" in text(answer)
    assert Decision.objects.count() == 1


def test_a_post_without_a_version_decides_nothing(client, me, claim):
    assert client.post(url(claim, "decide")).status_code == 200
    assert client.post(url(claim, "decide"), {"version": "x" * 900}).status_code == 200
    assert not Decision.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_advisers_who_decide_at_the_same_moment_decide_once(hospital):
    claim = make.sent(hospital=hospital)
    read = desk.version_of(claim, desk.ruling_of(claim))
    people = [UserFactory(roles=[Role.ADVISER], name=name) for name in ("Odile Lambert", "Benoît Gillet")]

    def call(user):
        mine = type(claim).objects.get(pk=claim.pk)
        return lambda: desk.decide_as_read(claim=mine, version=read, actor=user, at=AT)

    results = at_once(*(call(user) for user in people))
    (refused,) = refusals(results)
    assert isinstance(refused, desk.Changed)
    assert Decision.objects.get().decided_by.name in refused.messages[0]
    assert claim.interventions.count() == 1


@pytest.mark.parametrize("by", ["own", "mandate"])
def test_nobody_decides_on_their_own_file(client, claim, by):
    me = UserFactory(roles=[Role.SECOND_READER])
    if by == "own":
        claim.member.user = me
        claim.member.save(update_fields=["user"])
    else:
        MandateFactory(member=claim.member, representative=me)
    client.force_login(me)
    page = english(client, url(claim))
    assert "a colleague decides on it" in text(page)
    for leaf in ("decide", "depart", "lines"):
        assert url(claim, leaf) not in page.content.decode()
    deciding = english(client, url(claim, "decide"))
    refused = english(client, url(claim, "decide"), {"version": version(deciding)})
    assert "a colleague decides on it" in text(refused)
    assert claims.lock(claim).status == Status.RECEIVED


def test_a_supplement_in_a_double_room_is_owed_by_nobody(client, me, hospital):
    claim = make.sent(hospital=hospital, room="double")
    page = english(client, url(claim))
    assert "not owed: 2,600.00 €" in text(page)
    assert page.context["proposal"].amount == Decimal("301.71")


# --- deposits and receipts --------------------------------------------------------------------------------


def test_a_deposit_shows_its_maximum_and_what_it_waits_for(client, me, hospital):
    stay = make.announced(hospital=hospital, admitted=False)
    deposit = make.deposit(stay, paid="900.00")
    page = english(client, url(deposit))
    assert "may ask 570.00 € at most" in text(page)
    assert "A deposit for a reserved room is given back once the admission has taken place." in text(page)
    assert stay.number in text(page)
    assert url(deposit, "depart") not in page.content.decode()
    answer = english(client, url(deposit, "depart"), follow=True)
    assert "no line to be decided otherwise" in text(answer)
    # the admission is noted with the stay, then the rules give back what is lawful
    page = english(client, url(stay, "stay"))
    stay_typed = {
        "version": version(page),
        "hospital": str(hospital.public_id),
        "country": "BE",
        "admission_day": 2,
        "admission_month": 3,
        "admission_year": 2026,
        "room": "individual",
        "admitted": "yes",
        "reason": "Told by phone",
    }
    english(client, url(stay, "stay"), stay_typed)
    deciding = english(client, url(deposit, "decide"))
    english(client, url(deposit, "decide"), {"version": version(deciding)})
    assert Decision.objects.get(claim=deposit).amount == Decimal("570.00")


def test_a_deposit_is_not_given_back_after_its_stay_was_paid_whole(client, me, claim):
    deposit = make.deposit(claim)
    decisions.decide(claim=claim, actor=me, at=AT)
    page = english(client, url(deposit, "decide"))
    answer = english(client, url(deposit, "decide"), {"version": version(page)})
    assert "it would be paid twice" in text(answer)
    assert not Decision.objects.filter(claim=deposit).exists()
    # decided again after the deposit, the stay pays what is left
    decisions.reopen(claim=claim, reason="A deposit came late", actor=me, at=AT)
    english(client, url(deposit, "decide"), {"version": version(answer)})
    page = english(client, url(claim, "decide"))
    assert "570.00 € was given back as deposits: 2,481.71 € is due." in text(page)
    english(client, url(claim, "decide"), {"version": version(page)})
    case = english(client, url(claim))
    assert "Earlier decisions" in text(case)
    paying = english(client, url(claim, "payment"))
    assert paying.context["paying"]["due"] == Decimal("2481.71")


def test_a_deposit_that_waits_is_named_before_its_stay_is_decided(client, me, claim):
    deposit = make.deposit(claim)
    page = english(client, url(claim, "decide"))
    assert "Deposits to decide first" in text(page)
    assert url(deposit) in page.content.decode()
    decisions.decide(claim=deposit, actor=me, at=AT)
    assert "Deposits to decide first" not in text(english(client, url(claim, "decide")))


def test_the_ceiling_of_the_year_shows_what_other_claims_used(client, me, hospital):
    member = make.insured(Tier.HOSPITALIA)
    first = make.sent(member, hospital=hospital, lines=[make.line("fee", "24900.00")])
    decisions.decide(claim=first, actor=me, at=AT)
    second = make.sent(member, hospital=hospital, lines=[make.line("fee", "900.00")])
    page = english(client, url(second))
    assert "24,750.00 € of 25,000.00 €, 250.00 € left" in text(page)
    assert page.context["proposal"].amount == Decimal("250.00")
    # the claim itself does not count against itself
    assert "0.00 € of 25,000.00 €, 25,000.00 € left" in text(english(client, url(first)))


def test_the_history_names_documents_and_steps(client, me, claim):
    english(client, url(claim, "take"), {})
    words = text(english(client, url(claim)))
    assert "Paper received" in words
    assert "claim_form" not in words
    assert "Nobody → Aline Renard" in words or "– → Aline Renard" in words


def test_nobody_prepares_a_payment_to_their_own_side(claim):
    someone = UserFactory(roles=[Role.ADVISER])
    decisions.decide(claim=claim, actor=someone, at=AT)
    claim.refresh_from_db()
    MandateFactory(member=claim.member, representative=someone)
    read = desk.version_of(claim, desk.ruling_of(claim))
    with pytest.raises(ValidationError, match="a colleague decides on it"):
        desk.pay_as_read(claim=claim, version=read, actor=someone, at=AT)


def test_receipts_of_a_serious_illness_are_explained_one_by_one(client, me):
    member = make.insured()
    SeriousIllnessOptionFactory(member=member)
    actor = make.filer(member)
    draft = claims.start_serious_illness(member=member, year=2026, actor=actor, at=AT)
    receipts = [
        make.line("serious_illness_care", "6500.00", care_date=date(2026, 2, 1)),
        make.line("serious_illness_care", "900.00", care_date=date(2026, 4, 1)),
    ]
    claims.write_lines(claim=draft, lines=receipts, actor=actor, at=AT)
    claims.note_paper(
        claim=draft, kind=AttachmentKind.RECEIPT, received_on=AT.date(), note="", actor=actor, at=AT
    )
    claim = claims.send(claim=draft, actor=actor, at=AT)
    page = english(client, url(claim))
    assert [line.insurance for line in page.context["lines"]] == [Decimal("6500.00"), Decimal("500.00")]
    assert "Serious-illness option from 01/01/2015" in text(page)
    assert "0.00 € of 7,000.00 €, 7,000.00 € left" in text(page)
    english(client, url(claim, "decide"), {"version": version(english(client, url(claim, "decide")))})
    assert Decision.objects.get().amount == Decimal("7000.00")


# --- against the rules ------------------------------------------------------------------------------------


def propose(client, claim, **data):
    page = english(client, url(claim, "depart"))
    typed = {"version": version(page), "reason": "Promised in writing", **data}
    return english(client, url(claim, "depart"), typed, follow=True)


def test_a_departure_is_typed_line_by_line_and_a_second_reader_confirms_it(client, me, reader, claim):
    page = english(client, url(claim, "depart"))
    rows = page.context["form"].rows()
    assert [field.value() for _choice, field in rows][2] == "2400.00"
    answer = propose(client, claim, line_0="106,51", line_1="80,00", line_2="2 600,00")
    assert "waits for a second reader" in text(answer)
    departure = Departure.objects.get()
    assert departure.amounts == {"2": "2600.00"}
    # an adviser cannot read it, who proposed it neither
    assert client.get(url(claim, "review")).status_code == 403
    assert url(claim, "review") not in answer.content.decode()

    client.force_login(reader)
    assert url(claim, "review") in client.get(url(claim)).content.decode()
    page = english(client, url(claim, "review"))
    words = text(page)
    assert "3,051.71 €" in words
    assert "3,251.71 €" in words
    assert "3. Fee supplement 2,400.00 € 2,600.00 € 200.00 €" in words
    assert "Promised in writing" in words
    english(client, url(claim, "review"), {"version": version(page), "verdict": "confirm"})
    decision = Decision.objects.get()
    assert (decision.decided_by, decision.confirmed_by, decision.amount) == (me, reader, Decimal("3251.71"))
    assert "confirmed by Claire Mathieu" in text(english(client, url(claim)))


def test_who_proposes_never_reads_it_themselves(client, reader, claim):
    client.force_login(reader)
    propose(client, claim, line_2="2600,00")
    assert url(claim, "review") not in client.get(url(claim)).content.decode()
    own = english(client, url(claim, "review"))
    assert "a colleague must read it" in text(own)
    for verdict in ("confirm", "reject"):
        read = desk.version_of(claims.lock(claim), desk.ruling_of(claims.lock(claim)))
        answer = english(client, url(claim, "review"), {"version": read, "verdict": verdict, "note": "No"})
        assert "Another person than the one who proposed it must read it." in text(answer)
    assert Departure.objects.get().verdict == Departure.Verdict.OPEN


def test_a_proposal_that_is_not_confirmed_goes_back_with_its_note(client, me, reader, claim):
    propose(client, claim, line_2="2600")
    client.force_login(reader)
    page = english(client, url(claim, "review"))
    without = english(client, url(claim, "review"), {"version": version(page), "verdict": "reject"})
    assert "Write why the proposal is not confirmed." in text(without)
    english(
        client, url(claim, "review"), {"version": version(page), "verdict": "reject", "note": "No ground"}
    )
    claim.refresh_from_db()
    assert claim.status == Status.EXAMINED
    assert "No ground" in text(english(client, url(claim)))
    assert not Decision.objects.exists()


def test_a_second_reader_who_saw_older_facts_confirms_nothing(client, me, reader, claim):
    propose(client, claim, line_2="2600")
    client.force_login(reader)
    page = english(client, url(claim, "review"))
    claims.write(claim=claim, text="I take it back", actor=claim.member.user, at=AT)
    answer = english(client, url(claim, "review"), {"version": version(page), "verdict": "confirm"})
    assert "has changed since you opened the page" in text(answer)
    assert not Decision.objects.exists()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"line_2": "2600,01"}, "Line 3: the insurance pays no more than what is left of it, 2,600.00 €."),
        ({"line_2": "-1"}, "is 0.00 € at least"),
        ({"line_2": "many"}, "is an amount in euros"),
        ({"line_2": "2500,005"}, "has two figures at most after the comma"),
        ({"line_2": "2600", "reason": " "}, "Why do you depart from the rules?"),
        ({}, "This is what the rules say"),
        ({"line_2": "2400,00"}, "This is what the rules say"),
    ],
)
def test_a_proposal_that_cannot_be_is_explained_and_nothing_typed_is_lost(client, me, claim, data, sentence):
    answer = propose(client, claim, **data)
    assert sentence in text(answer)
    assert not Departure.objects.exists()
    for name, typed in data.items():
        assert answer.context["form"][name].value() == typed


def test_a_line_that_nobody_owes_takes_no_amount(client, me, hospital):
    claim = make.sent(hospital=hospital, room="double")
    page = english(client, url(claim, "depart"))
    assert 'name="line_2"' not in page.content.decode()
    answer = propose(client, claim, line_2="10,00")
    assert "Line 3: nobody owes this supplement" in text(answer)
    assert not Departure.objects.exists()


def test_a_line_the_rules_could_not_decide_is_never_settled_by_leaving_it_out(client, me, hospital):
    claim = make.sent(make.insured(Tier.MEDIUM), hospital=hospital)
    fields = {
        choice.place: field for choice, field in english(client, url(claim, "depart")).context["form"].rows()
    }
    assert fields[4].value() is None
    answer = propose(client, claim, line_2="1700,00")
    assert "Line 5: the rules could not decide it." in text(answer)
    assert answer.context["form"].errors["line_5"]
    assert not Departure.objects.exists()
    propose(client, claim, line_4="0", line_5="31,00")
    assert Departure.objects.get().amounts == {"4": "0.00", "5": "31.00"}


def test_a_long_bill_is_decided_otherwise_in_one_box(client, me, hospital):
    claim = make.sent(
        hospital=hospital, lines=[make.line("fee", "10.00", mandatory="4.00") for _ in range(160)]
    )
    answer = propose(client, claim, amounts="12: 3,50\n160 = 0\n161: 1\n13: 7\nnonsense")
    words = text(answer)
    assert "“161: 1” names no line and amount" in words
    assert "“nonsense” names no line and amount" in words
    assert "Line 13: the insurance pays no more than what is left of it, 6.00 €." in words
    assert "12: 3,50" in answer.content.decode()
    propose(client, claim, amounts="12: 3,50\n160 = 0\n")
    assert Departure.objects.get().amounts == {"11": "3.50", "159": "0.00"}


def test_the_service_refuses_what_the_form_would(claim, hospital):
    me = UserFactory(roles=[Role.ADVISER])
    read = desk.version_of(claim, desk.ruling_of(claim))
    with pytest.raises(ValidationError, match="no more than what is left"):
        desk.propose_as_read(
            claim=claim, version=read, amounts={2: Decimal("9999.00")}, reason="x", actor=me, at=AT
        )
    with pytest.raises(desk.Changed):
        desk.propose_as_read(
            claim=claim, version="older", amounts={2: Decimal("1.00")}, reason="x", actor=me, at=AT
        )
