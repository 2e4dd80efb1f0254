"""A page costs the same on any database: for whatever a list may be filtered or sorted by, there is an index."""

from typing import Any

import pytest
from sqlalchemy import Engine, insert, text

from linguapay_adapters.sql import listing
from linguapay_adapters.sql.payments import PAYMENTS
from linguapay_adapters.sql.shapes import SHAPES
from linguapay_adapters.sql.transactions import SqlTransactions
from linguapay_core.domain.identifiers import PaymentId, PersonId
from linguapay_core.domain.listing import LISTINGS
from linguapay_core.domain.payment import Payment, PaymentState
from linguapay_core.domain.query import ask
from linguapay_core.testing.builders import BEN, NOON, a_booking, a_gig, a_payment
from linguapay_core.testing.keeping import keep

KINDS: list[Any] = list(LISTINGS)
MANY = 5000


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_field_and_every_sort_of_a_list_leads_an_index(kind: type[Any]) -> None:
    table, row = SHAPES[kind].table, LISTINGS[kind]
    leading = {next(iter(index.columns)).name for index in table.indexes} | {"id"}
    assert {*row.fields, *row.sorts, *(row.parties or ())} <= leading


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_flag_of_a_list_has_a_meaning_in_sql(kind: type[Any]) -> None:
    assert set(listing.FLAGS.get(kind, {})) == set(LISTINGS[kind].flags)


@pytest.fixture
def crowded(postgresql_engine: Engine) -> Engine:
    """PostgreSQL with the payments of many students, whose statistics are known."""
    keep(SqlTransactions(postgresql_engine), a_gig(), a_booking())
    ended = {"state": PaymentState.FAILED, "holds_booking": False, "intent_id": "", "started_at": NOON}
    rows = [
        PAYMENTS.inserted(a_payment(id=PaymentId.of(number), student_id=PersonId(f"student{number % 500}"), **ended))
        for number in range(MANY)
    ]
    with postgresql_engine.begin() as connection:
        connection.execute(insert(PAYMENTS.table), rows)
    with postgresql_engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE payments"))
    return postgresql_engine


@pytest.mark.parametrize(
    "asked",
    [
        {"filters": {}},
        {"filters": {}, "sort": "started_at"},
        {"filters": {"student_id": "student7"}},
        {"filters": {"state": "failed"}},
        {"filters": {"from": NOON}},
        {"filters": {"with_credit": True}},
        {"filters": {"booking_id": a_booking().id, "state": "open"}},
        {"filters": {}, "party": PersonId("student7")},
        {"filters": {"state": "failed"}, "party": BEN},
    ],
)
def test_a_page_of_payments_is_read_from_an_index_at_any_depth(crowded: Engine, asked: dict[str, Any]) -> None:
    filters = asked.pop("filters")
    with crowded.connect() as connection:
        first = ask(Payment, filters, **asked, limit=5)
        deep = listing.page_of(connection, first).next_cursor
        queries = [first, *([ask(Payment, filters, **asked, limit=5, cursor=deep)] if deep else [])]
        for query in queries:
            found = listing._found(PAYMENTS, query)
            shown = found.compile(dialect=connection.dialect, compile_kwargs={"render_postcompile": True})
            parameters = {
                name: shown._bind_processors.get(name, lambda value: value)(value)
                for name, value in shown.params.items()
            }
            plan = "\n".join(connection.exec_driver_sql(f"EXPLAIN {shown}", parameters).scalars())
            assert "Index" in plan, plan
            assert "Seq Scan" not in plan, plan
