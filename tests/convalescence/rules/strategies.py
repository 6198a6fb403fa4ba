"""Facts at random, with the edges close together: short months, New Year, leap days, touching periods."""

from datetime import date, timedelta

from hypothesis import strategies as st

from convalescence.rules import Caregiver, Convalescence, ShortStay, Stay
from partenamut.periods import Period

near = st.one_of(
    st.dates(date(2026, 11, 20), date(2027, 3, 5)),
    st.dates(date(2027, 12, 1), date(2028, 3, 31)),
)


@st.composite
def stays(draw: st.DrawFn, longest: int = 130) -> Stay:
    """A stay of a night at least."""
    arrival = draw(near)
    return Stay(arrival, arrival + timedelta(days=draw(st.integers(1, longest))))


@st.composite
def periods(draw: st.DrawFn) -> Period:
    """A period, sometimes open."""
    first = draw(st.one_of(st.just(date(2020, 1, 1)), near))
    length = draw(st.one_of(st.none(), st.integers(0, 200)))
    return Period(first, None if length is None else first + timedelta(days=length))


several = st.lists(periods(), max_size=3).map(tuple)
mostly_open = st.one_of(st.just((Period(date(2020, 1, 1), None),)), several)
used = st.dictionaries(st.integers(2026, 2028), st.integers(0, 40), max_size=3)
elsewhere = st.lists(stays(longest=20), max_size=2).map(tuple)
criteria = st.lists(st.sampled_from(["recent_hospitalisation", "heavy_treatment", "daily_living_help"])).map(
    tuple
)

convalescence = st.builds(
    Convalescence,
    id=st.just("x"),
    submitted_on=near,
    stay=stays(),
    criteria=criteria,
    partner=mostly_open,
    contributions=mostly_open,
    days_used=used,
    paid_elsewhere=elsewhere,
)
short_stay = st.builds(
    ShortStay,
    id=st.just("x"),
    stay=stays(),
    rest_home=st.booleans(),
    inami_approved=mostly_open,
    contributions=mostly_open,
    days_used=used,
    invoice_received=st.booleans(),
    paid_elsewhere=elsewhere,
)
caregiver = st.builds(
    Caregiver,
    id=st.just("x"),
    cared_for_stay=stays(),
    cared_for_granted=st.sampled_from([True, True, False]),
    stay=stays(longest=40),
    recognised=mostly_open,
    contributions=mostly_open,
    extension=st.booleans(),
    days_used_in_stay=st.integers(0, 30),
    paid_elsewhere=elsewhere,
)
anything = st.one_of(convalescence, short_stay, caregiver)
