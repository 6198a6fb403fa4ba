"""How businesses make themselves known to the payments."""

import uuid
from datetime import date

import pytest
from django.core.exceptions import ImproperlyConfigured

from partenamut.payments import origins
from partenamut.payments.listeners import Listeners
from partenamut.payments.workflow import BATCH, PAYABLE, moves

CASE = uuid.uuid4()


@pytest.fixture
def sample(monkeypatch):
    monkeypatch.setattr(origins, "_origins", {})

    def case_url(case):
        return f"/samples/{case}/"

    origins.register_origin("sample", name="Sample benefit", case_url=case_url)
    return case_url


def test_an_origin_has_a_name_and_a_way_to_its_cases(sample):
    assert origins.origin_name("sample") == "Sample benefit"
    assert origins.case_url("sample", CASE) == f"/samples/{CASE}/"
    assert [origin.label for origin in origins.origins()] == ["sample"]


def test_an_unknown_origin_has_its_label_and_no_way(sample):
    assert origins.origin_name("other") == "other"
    assert origins.case_url("other", CASE) == ""


def test_a_label_belongs_to_one_business(sample):
    origins.register_origin("sample", name="Sample benefit", case_url=sample)
    with pytest.raises(ImproperlyConfigured, match="sample"):
        origins.register_origin("sample", name="Another", case_url=str)


def test_one_function_of_a_business_listens():
    events, heard = Listeners("test"), []

    def listen(payable, actor, at):
        heard.append(payable)

    events.add("sample", listen)
    events.add("sample", listen)
    with pytest.raises(ImproperlyConfigured, match="sample"):
        events.add("sample", print)
    for label in ("sample", "other"):
        events.tell(type("Row", (), {"origin_label": label})(), actor=None, at=date(2026, 3, 2))
    assert len(heard) == 1


def test_the_database_is_given_every_step_of_the_tables():
    assert ("paid", "returned") in moves(PAYABLE)
    assert ("proposed", "paid") not in moves(PAYABLE)
    assert len(moves(PAYABLE)) == 9
    assert moves(BATCH) == [("prepared", "discarded"), ("prepared", "sent"), ("sent", "settled")]
