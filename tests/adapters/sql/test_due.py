"""Work is handed to one worker at a time, and found without reading what is done."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Delete, Engine, Select, Table

from linguapay_adapters.sql import queries
from linguapay_adapters.sql.schema import TABLES
from linguapay_adapters.sql.subscriptions import deliveries_to_nobody, forget_ended
from linguapay_adapters.sql.transactions import SqlTransactions
from linguapay_core.domain.effect import Effect
from linguapay_core.domain.webhook_event import WebhookEvent
from linguapay_core.domain.webhook_event_rules import lease
from linguapay_core.ports.transactions import DueT, Transactions
from linguapay_core.testing.builders import ANNA, BEN, NOON, a_webhook_event, an_effect
from linguapay_core.testing.keeping import begin_lesson, decision_of, keep

WITH_WORK = [table for table in TABLES if "due_at" in table.c]


@pytest.fixture
def workers(postgresql_engine: Engine) -> tuple[Transactions, Transactions]:
    """Two workers on one database."""
    return SqlTransactions(postgresql_engine), SqlTransactions(postgresql_engine)


def due(transactions: Transactions, kind: type[DueT], limit: int = 10) -> list[str]:
    """Name what a worker is given at noon."""
    with transactions.begin() as transaction:
        return [record.id for record in transaction.due(kind, at=NOON, limit=limit)]


def test_an_effect_that_one_worker_has_taken_is_passed_by(workers: tuple[Transactions, Transactions]) -> None:
    one, other = workers
    begin_lesson(one)
    keep(one, *(an_effect(id=f"effect {number}") for number in range(3)))
    with one.begin() as transaction:
        taken = [effect.id for effect in transaction.due(Effect, at=NOON, limit=2)]
        assert taken == ["effect 0", "effect 1"]
        assert due(other, Effect) == ["effect 2"]
    assert due(other, Effect) == ["effect 0", "effect 1", "effect 2"]


def test_an_object_whose_events_one_worker_has_taken_is_passed_by(workers: tuple[Transactions, Transactions]) -> None:
    """Also while the lease isn't committed yet, also for events of it that the first worker left."""
    one, other = workers
    keep(one, *(a_webhook_event(id=f"evt_{number}") for number in range(3)), a_webhook_event(id="evt_9", object_id="o"))
    with one.begin() as transaction:
        taken = transaction.due(WebhookEvent, at=NOON, limit=1)
        assert [event.id for event in taken] == ["evt_0"]
        assert due(other, WebhookEvent) == ["evt_9"]
        transaction.keep(decision_of(*(lease(event, at=NOON) for event in taken)))
        assert due(other, WebhookEvent) == ["evt_9"]
    assert due(other, WebhookEvent) == ["evt_9"]


def test_an_event_that_arrives_while_its_object_is_taken_waits(workers: tuple[Transactions, Transactions]) -> None:
    one, other = workers
    keep(one, a_webhook_event(id="evt_0", due_at=NOON - timedelta(minutes=1)))
    with one.begin() as transaction:
        transaction.due(WebhookEvent, at=NOON, limit=10)
        keep(other, a_webhook_event(id="evt_1"))
        assert due(other, WebhookEvent) == []


def plan(engine: Engine, query: Select[tuple[object, ...]] | Delete) -> Iterator[str]:
    """Give the lines of the plan by which a database answers a query over tables that it takes for large."""
    explain = "EXPLAIN QUERY PLAN" if engine.dialect.name == "sqlite" else "EXPLAIN"
    literal = query.compile(dialect=engine.dialect, compile_kwargs={"literal_binds": True})
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SET enable_seqscan = off")
        yield from (str(row) for row in connection.exec_driver_sql(f"{explain} {literal}".replace("%", "%%")))


WALKED = {"deliveries": "deliveries_lanes"}
"""Messages wait in a lane for each subscription, of which there are few."""


@pytest.mark.parametrize("table", WITH_WORK, ids=str)
def test_what_is_due_is_found_by_its_index(engine: Engine, table: Table) -> None:
    lines = "\n".join(plan(engine, queries.due(table, at=NOON, limit=10)))
    assert WALKED.get(table.name, f"{table.name}_due") in lines


def test_old_messages_are_found_by_their_index(engine: Engine) -> None:
    lines = "\n".join(plan(engine, forget_ended(before=NOON, limit=10)))
    assert "deliveries_ended" in lines


def test_messages_to_nobody_are_found_by_their_index(engine: Engine) -> None:
    lines = "\n".join(plan(engine, deliveries_to_nobody(at=NOON, limit=10)))
    assert "deliveries_lanes" in lines


def test_what_a_teacher_owes_is_found_by_its_index(engine: Engine) -> None:
    lines = "\n".join(plan(engine, queries.receivables(ANNA)))
    assert "legs_of_receivable_debit" in lines
    assert "legs_of_receivable_credit" in lines


def test_what_a_students_payments_left_in_escrow_is_found_by_the_payments(engine: Engine) -> None:
    lines = "\n".join(plan(engine, queries.left_in_escrow(BEN)))
    assert "legs_of_payment" in lines
    assert "payments_of_student" in lines
