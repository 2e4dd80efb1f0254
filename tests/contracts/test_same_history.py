"""Memory and SQLite agree on any history: what each step says, and what is there in the end."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from hypothesis import given, settings
from hypothesis import strategies as st

from linguapay_adapters.sql.engine import connect
from linguapay_adapters.sql.migrate import upgrade
from linguapay_core.domain.dashboard import put_together
from linguapay_core.domain.decision import Event, Record
from linguapay_core.domain.errors import Stale
from linguapay_core.domain.identifiers import BookingId, PaymentId, RefundId, TransferId
from linguapay_core.domain.ledger import Entry
from linguapay_core.domain.payment import RELEASING, PaymentState
from linguapay_core.domain.transfer import TransferState
from linguapay_core.testing.builders import (
    NOON,
    a_booking,
    a_gig,
    a_leg,
    a_payment,
    a_refund,
    a_transfer,
    an_effect,
    an_entry,
    an_event,
)
from linguapay_core.testing.figures_contract import SPAN
from linguapay_core.testing.finding_contract import ENDED
from linguapay_core.testing.keeping import keep
from tests.contracts.conftest import Store, in_engine, in_memory

Things = tuple[Record | Event | Entry, ...]

NUMBERS = st.integers(1, 2)
NAMES = st.sampled_from(["", "one", "two"])
OUT_OF_DATE = st.sampled_from([0, 0, 0, 1])
"""By how many versions a record is out of date: mostly by none, so that histories get somewhere."""


@st.composite
def payments(draw: st.DrawFn) -> Things:
    """A payment, perhaps with an entry that moves its money."""
    state = draw(st.sampled_from(PaymentState))
    holds = state not in RELEASING and draw(st.booleans())
    payment = a_payment(
        id=PaymentId.of(draw(NUMBERS)), state=state, holds_booking=holds, intent_id=draw(NAMES), cash_id=draw(NAMES)
    )
    leg = a_leg(payment_id=payment.id)
    booked = an_entry(leg, key=f"entry {draw(st.integers(1, 9))}", cash=draw(NAMES) or None)
    return (payment, booked) if draw(st.booleans()) else (payment,)


@st.composite
def others(draw: st.DrawFn) -> Things:
    """A refund, a transfer, an effect or an event."""
    number, name, state = draw(NUMBERS), draw(NAMES), draw(st.sampled_from(TransferState))
    choices: list[Record | Event] = [
        a_refund(id=RefundId.of(number), stripe_id=name),
        a_transfer(id=TransferId.of(number), stripe_id=name, state=state),
        an_effect(id=f"effect {number}", target=name),
        an_event(why=name),
    ]
    return (draw(st.sampled_from(choices)),)


STEPS = st.tuples(st.one_of(payments(), others()), OUT_OF_DATE)


def outcome(store: Store, things: Things) -> str:
    """Try one step, and give what the store says to it."""
    try:
        keep(store.transactions, *things)
    except Stale:
        return "stale"
    return "kept"


def dated(things: Things, versions: Mapping[str, int], out_of_date: int) -> Things:
    """The same at the versions that were stored last, or out of date by so many."""
    return tuple(
        thing
        if isinstance(thing, Event | Entry)
        else cast("Record", replace(cast("Any", thing), version=max(versions.get(thing.id, 0) - out_of_date, 0)))
        for thing in things
    )


@settings(max_examples=100)
@given(history=st.lists(STEPS, max_size=15))
def test_any_history_ends_alike(history: Sequence[tuple[Things, int]]) -> None:
    engine = connect("sqlite://")
    upgrade(engine)
    memory, sqlite = in_memory(), in_engine(engine)
    beginning: Things = (a_gig(), a_booking(), *(a_payment(id=PaymentId.of(n), **ENDED) for n in (1, 2)))
    versions: Counter[str] = Counter()
    for things, out_of_date in ((beginning, 0), *history):
        step = dated(things, versions, out_of_date)
        said = outcome(memory, step)
        assert outcome(sqlite, step) == said
        if said == "kept":
            versions.update({thing.id: 1 for thing in step if not isinstance(thing, Event | Entry)})
    assert memory.reports.story(BookingId.of(1)) == sqlite.reports.story(BookingId.of(1))
    assert memory.reports.totals() == sqlite.reports.totals()
    figures = [put_together(SPAN, store.reports.figures(SPAN), at=NOON) for store in (memory, sqlite)]
    assert figures[0] == figures[1]
    engine.dispose()
