"""The schema itself says what the books and the rules promise, so that a bug can't store what they exclude."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import Engine, event, insert, select, text
from sqlalchemy.exc import IntegrityError

from linguapay_adapters.sql import books, schema
from linguapay_adapters.sql.transactions import SqlTransactions
from linguapay_core.domain.decision import Event, Record
from linguapay_core.domain.ledger import ESCROW, Entry
from linguapay_core.domain.money import USD, Parts
from linguapay_core.domain.payment import Counters, PaymentState
from linguapay_core.testing.builders import (
    ANNA,
    BEN,
    PARTS,
    a_booking,
    a_gig,
    a_payment,
    a_person,
    a_refund,
    a_refund_request,
    a_succeeded_payment,
    a_text,
    a_transfer,
    an_effect,
    an_entry,
    an_event,
    usd,
)
from linguapay_core.testing.keeping import begin_lesson, keep

NOTHING = Counters.none(USD)

REFUSED: dict[str, Callable[[], Record]] = {
    "an hourly price below nothing": lambda: a_gig(hourly_price=usd(-1)),
    "a booking with oneself": lambda: a_booking(student_id=ANNA),
    "a payment of nothing": lambda: a_payment(parts=Parts.none(USD)),
    "a part below nothing": lambda: a_payment(parts=Parts(usd(200), usd(-1))),
    "a payment to oneself": lambda: a_payment(teacher_id=BEN),
    "a failed payment that holds its booking": lambda: a_payment(state=PaymentState.FAILED),
    "more sent back than was sent": lambda: a_payment(counters=replace(NOTHING, sent_back=usd(1))),
    "a counter below nothing": lambda: a_payment(counters=replace(NOTHING, transfer_reserved=usd(-1))),
    "a request for nothing": lambda: a_refund_request(amount=usd(0)),
    "a request that nobody approves": lambda: a_refund_request(approvals_needed=0),
    "a refund of nothing": lambda: a_refund(parts=Parts.none(USD)),
    "a refund without a rule": lambda: a_refund(rule=""),
    "a transfer below nothing": lambda: a_transfer(amount=usd(-1)),
    "an effect without an attempt": lambda: an_effect(attempt=0),
}


@pytest.mark.parametrize("record", REFUSED.values(), ids=REFUSED)
def test_the_schema_refuses(engine: Engine, record: Callable[[], Record]) -> None:
    """Kept together with all that it refers to, it still is a bug."""
    wrong = record()
    parts: tuple[Record, ...] = (a_gig(), a_booking(), a_payment(), a_text())
    others = [part for part in parts if not isinstance(part, type(wrong))]
    with pytest.raises(AssertionError, match="The schema refuses"):
        keep(SqlTransactions(engine), *others, wrong)


@pytest.mark.parametrize(
    "different", [{"amount_minor": 0}, {"amount_minor": -5}, {"debit": str(ESCROW)}, {"entry_key": "of nothing"}]
)
def test_the_schema_refuses_a_leg_that_moves_nothing(engine: Engine, different: dict[str, object]) -> None:
    transactions = SqlTransactions(engine)
    keep(transactions, begin_lesson(transactions), an_entry())
    row = books.leg_rows(an_entry())[0] | different
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(insert(books.legs), [row])


def test_what_is_personal_stands_in_two_tables_only(engine: Engine) -> None:
    transactions = SqlTransactions(engine)
    begin_lesson(transactions)
    keep(transactions, a_person(), a_text(), a_refund_request(), an_event())
    with engine.connect() as connection:
        contents = {table.name: str(connection.execute(select(table)).all()) for table in schema.TABLES}
    for canary in ("Ben Berg", "ben@example.org", "The sound was bad."):
        assert {table for table, content in contents.items() if canary in content} <= {"people", "free_text"}


def test_instants_are_text_of_one_width_so_that_their_order_is_times_order(sqlite_engine: Engine) -> None:
    keep(SqlTransactions(sqlite_engine), a_gig(offered_at=datetime.fromisoformat("2030-01-01T02:00:00.000005+02:00")))
    with sqlite_engine.connect() as connection:
        assert connection.scalar(text("SELECT offered_at FROM gigs")) == "2030-01-01T00:00:00.000005Z"


def test_an_instant_without_a_zone_is_a_bug(engine: Engine) -> None:
    naive = datetime.fromisoformat("2030-01-01T02:00:00")
    with pytest.raises(AssertionError, match="has no zone"):
        keep(SqlTransactions(engine), a_gig(offered_at=naive))


def test_a_fact_of_stripes_that_exceeds_what_came_in_is_written_all_the_same(engine: Engine) -> None:
    """The books say what is wrong, and an alarm does; a table that refused would lose the fact."""
    exceeding = a_succeeded_payment(counters=replace(NOTHING, captured=PARTS, refunded=PARTS, credit=PARTS))
    keep(SqlTransactions(engine), a_gig(), a_booking(), exceeding)


def test_a_decision_takes_few_statements(engine: Engine) -> None:
    """One per record and one for each kind of lines, however many these are; nothing is selected before an update."""
    transactions = SqlTransactions(engine)
    payment = begin_lesson(transactions)
    verbs: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *given: verbs.append(given[2].split()[0]))
    lines: list[Event | Entry] = [*(an_event(why=str(n)) for n in range(5)), *(an_entry(key=str(n)) for n in range(5))]
    keep(transactions, a_booking(version=1), payment, an_effect(), *lines)
    assert [verb for verb in verbs if verb != "BEGIN"] == ["UPDATE", "UPDATE", "INSERT", "INSERT", "INSERT", "INSERT"]
