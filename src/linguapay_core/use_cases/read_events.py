"""The host platform wants to know what happened since it last asked."""

from __future__ import annotations

from dataclasses import dataclass

from linguapay_core.domain.feed import LARGEST_PAGE, USUAL_PAGE, ToldEvent
from linguapay_core.domain.page import Page, limited
from linguapay_core.ports.reports import Reports


@dataclass(frozen=True, slots=True)
class ReadEvents:
    """After this cursor, which an earlier page or one of its events gave; from the first event on, without one."""

    after: str = ""
    limit: int = USUAL_PAGE


def read_events(command: ReadEvents, *, reports: Reports) -> Page[ToldEvent]:
    """The next events of the feed. Whoever goes on from ``next_cursor`` is told every event, each once.

    Raises ``Invalid`` for what is no cursor of the feed, and for a limit below 1 or above 1000.
    """
    return reports.feed(command.after, limit=limited(command.limit, LARGEST_PAGE))
