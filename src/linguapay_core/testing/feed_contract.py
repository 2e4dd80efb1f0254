"""Every store tells the event feed alike."""

from __future__ import annotations

from typing import Final

from linguapay_core.domain.errors import Invalid
from linguapay_core.domain.feed import ToldEvent
from linguapay_core.domain.page import Page
from linguapay_core.ports.reports import Reports
from linguapay_core.ports.transactions import Transactions
from linguapay_core.testing.builders import an_event
from linguapay_core.testing.facts import SAMPLES
from linguapay_core.testing.keeping import keep, raising


def whole_feed(reports: Reports, limit: int) -> list[ToldEvent]:
    """The whole feed, page by page."""
    told: list[ToldEvent] = []
    page = reports.feed("", limit=limit)
    while page.items:
        assert page.next_cursor == page.items[-1].cursor
        told += page.items
        page = reports.feed(page.next_cursor, limit=limit)
    return told


def check_the_feed_tells_every_event_once_in_order(transactions: Transactions, reports: Reports) -> None:
    """All fields of all facts, on pages of any size, each under a name of its own."""
    events = [an_event(fact=fact, why=f"rule {number}") for number, fact in enumerate(SAMPLES)]
    for number in range(0, len(events), 7):
        keep(transactions, *events[number : number + 7])
    for limit in (1, 10, 1000):
        assert [told.event for told in whole_feed(reports, limit)] == events
    assert len({told.id for told in whole_feed(reports, 1000)}) == len(events)


def check_the_feed_goes_on_after_any_event(transactions: Transactions, reports: Reports) -> None:
    """By its cursor; and at the end it waits for what comes."""
    assert reports.feed("", limit=5) == Page(())
    keep(transactions, *(an_event(why=f"{number}") for number in range(4)))
    whole = whole_feed(reports, 1000)
    for number, told in enumerate(whole, 1):
        assert list(reports.feed(told.cursor, limit=1000).items) == whole[number:]
    end = whole[-1].cursor
    assert reports.feed(end, limit=5) == Page((), end)
    keep(transactions, an_event(why="later"))
    assert [told.event.why for told in reports.feed(end, limit=5).items] == ["later"]
    with raising(Invalid):
        reports.feed("no cursor", limit=5)


FEED_CONTRACT: Final = (
    check_the_feed_tells_every_event_once_in_order,
    check_the_feed_goes_on_after_any_event,
)
