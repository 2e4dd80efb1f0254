"""A day's end is passed by no entry that is committed late: it stands behind, in the day after."""

from datetime import timedelta

from sqlalchemy import Connection, Engine, insert

from linguapay_adapters.sql import books
from linguapay_adapters.sql.closings import entries_between, place_before
from linguapay_core.domain.closing import START, Place
from linguapay_core.domain.ledger import BANK, STRIPE_BALANCE, Entry
from linguapay_core.testing.builders import NOON, a_leg, an_entry

TOMORROW = NOON + timedelta(days=1)


def kept(connection: Connection, key: str) -> Entry:
    """Add an entry of no payment in the transaction that is open."""
    entry = an_entry(a_leg(debit=BANK, credit=STRIPE_BALANCE, payment_id=None), key=key)
    connection.execute(insert(books.entries), [books.entry_row(entry)])
    connection.execute(insert(books.legs), books.leg_rows(entry))
    return entry


def day_ends(engine: Engine, after: Place = START) -> Place:
    """Where the day ends, if it is closed now."""
    with engine.connect() as connection:
        return place_before(connection, TOMORROW, after)


def keys(engine: Engine, since: Place, until: Place) -> list[str]:
    """The entries from a place up to another."""
    with engine.connect() as connection:
        return [one.entry.key for one in entries_between(connection, since, until, limit=9)]


def test_what_is_committed_after_a_day_was_closed_stands_in_one_period_all_the_same(postgresql_engine: Engine) -> None:
    """The first of two takes the lower number and commits last: both wait for it, and then both are a later day's."""
    with postgresql_engine.connect() as early:
        kept(early, "early")
        early.commit()
    with postgresql_engine.connect() as slow, postgresql_engine.connect() as quick:
        kept(slow, "slow")
        kept(quick, "quick")
        quick.commit()
        closed = day_ends(postgresql_engine)
        assert keys(postgresql_engine, START, closed) == ["early"]
        slow.commit()
    assert keys(postgresql_engine, START, closed) == ["early"]
    assert keys(postgresql_engine, closed, day_ends(postgresql_engine, closed)) == ["slow", "quick"]
