"""The house's notes about itself, and how its work stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Engine, Table, TextClause, delete, func, select, text
from sqlalchemy.sql.functions import min as least

from linguapay_adapters.sql.committing import committing
from linguapay_adapters.sql.dialect import insert_into
from linguapay_adapters.sql.engine import for_reading
from linguapay_adapters.sql.errands import EFFECT_IS_OPEN, WEBHOOK_IS_OPEN, effects, webhook_events
from linguapay_adapters.sql.house import ONLY, heartbeat_of, house, worker_row, workers
from linguapay_adapters.sql.migrate import is_current
from linguapay_adapters.sql.payments import payments
from linguapay_adapters.sql.shape import AnyRow
from linguapay_adapters.sql.subscriptions import DELIVERY_HAS_WORK, deliveries
from linguapay_core.domain.gauges import MoneyMoved, Pile
from linguapay_core.domain.house import SILENT, Heartbeat, ServedAccount, Verification
from linguapay_core.domain.money import Money


class SqlWatch:
    """Keeps the house's notes in a database, and counts what is open there."""

    def __init__(self, engine: Engine) -> None:
        """Take connections from this engine."""
        self._engine = engine
        self._reading = for_reading(engine)

    def served_account(self) -> ServedAccount | None:
        """The account that this database serves, if it has served one."""
        with committing(self._reading) as connection:
            return _served(connection)

    def remember_account(self, account: ServedAccount, *, at: datetime) -> ServedAccount:
        """Remember the first account; the answer is the one that is remembered."""
        first = {"account_id": account.account_id, "mode": account.mode, "remembered_at": at}
        with committing(self._engine) as connection:
            insertion = insert_into(house, connection.dialect).values(id=ONLY, **first)
            unless = house.c.account_id.is_(None)
            connection.execute(insertion.on_conflict_do_update(index_elements=["id"], set_=first, where=unless))
            remembered = _served(connection)
        assert remembered is not None, "it has just been remembered"
        return remembered

    def beat(self, heartbeat: Heartbeat) -> None:
        """Note a sign of life, and forget those who gave none for a day."""
        row = worker_row(heartbeat)
        with committing(self._engine) as connection:
            insertion = insert_into(workers, connection.dialect).values(id=heartbeat.worker_id, **row)
            connection.execute(insertion.on_conflict_do_update(index_elements=["id"], set_=row))
            connection.execute(delete(workers).where(workers.c.beat_at < heartbeat.beat_at - SILENT))

    def workers(self) -> Sequence[Heartbeat]:
        """The last sign of life of each worker, by name."""
        with committing(self._reading) as connection:
            return tuple(map(heartbeat_of, connection.execute(select(workers).order_by(workers.c.id))))

    def note_verification(self, verification: Verification) -> None:
        """Note that the books were checked."""
        row = {"verified_at": verification.at, "breaches": verification.breaches}
        with committing(self._engine) as connection:
            insertion = insert_into(house, connection.dialect).values(id=ONLY, **row)
            connection.execute(insertion.on_conflict_do_update(index_elements=["id"], set_=row))

    def verification(self) -> Verification | None:
        """The last check of the books that was noted."""
        noted = select(house.c.verified_at, house.c.breaches).where(house.c.verified_at.is_not(None))
        with committing(self._reading) as connection:
            found = connection.execute(noted).one_or_none()
        return None if found is None else Verification(found.verified_at, found.breaches)

    def is_current(self) -> bool:
        """Whether the database is at this version's revision, or at a later one."""
        return is_current(self._reading)

    def open_effects(self) -> Sequence[Pile]:
        """Effects that are still owed, by state."""
        since = least(func.coalesce(effects.c.first_asked_at, effects.c.due_at))
        return self._piles(effects, since, text(EFFECT_IS_OPEN))

    def open_webhook_events(self) -> Sequence[Pile]:
        """Webhook events that weren't read to the end, by state."""
        return self._piles(webhook_events, least(webhook_events.c.received_at), text(WEBHOOK_IS_OPEN))

    def waiting_messages(self) -> Sequence[Pile]:
        """Messages that are still to be told, by state."""
        return self._piles(deliveries, least(deliveries.c.made_at), text(DELIVERY_HAS_WORK))

    def money_moved(self) -> Sequence[MoneyMoved]:
        """The counters of all payments together, for each currency that occurs."""
        of = payments.c
        sums = (
            func.sum(of.captured_price_part_minor + of.captured_fee_part_minor).label("captured"),
            func.sum(of.refunded_price_part_minor + of.refunded_fee_part_minor).label("refunded"),
            func.sum(of.transferred_minor).label("transferred"),
        )
        counted = select(of.currency, *sums).group_by(of.currency).order_by(of.currency)
        with committing(self._reading) as connection:
            return tuple(map(_moved, connection.execute(counted)))

    def _piles(self, table: Table, since: least[datetime], condition: TextClause) -> Sequence[Pile]:
        counted = select(table.c.state, func.count().label("count"), since.label("oldest_at"))
        found = counted.where(condition).group_by(table.c.state).order_by(table.c.state)
        with committing(self._reading) as connection:
            return tuple(Pile(row.state, row[1], row.oldest_at) for row in connection.execute(found))


def _served(connection: Connection) -> ServedAccount | None:
    row = connection.execute(select(house.c.account_id, house.c.mode)).one_or_none()
    return None if row is None or row.account_id is None else ServedAccount(row.account_id, row.mode)


def _moved(row: AnyRow) -> MoneyMoved:
    captured, refunded, transferred = (
        Money(int(amount), row.currency) for amount in (row.captured, row.refunded, row.transferred)
    )
    return MoneyMoved(captured, refunded, transferred)
