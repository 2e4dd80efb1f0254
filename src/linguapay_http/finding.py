"""Finding what may be seen: the query decides, so that what is foreign looks as if it weren't there."""

from __future__ import annotations

from typing import TypeVar

from linguapay_core.domain.decision import Record
from linguapay_core.domain.page import Page
from linguapay_http.caller import Caller
from linguapay_http.doors import Desk
from linguapay_http.models import Paged

RecordT = TypeVar("RecordT", bound=Record)


def listed(desk: Desk, kind: type[RecordT], search: Paged, caller: Caller | None = None) -> Page[RecordT]:
    """A page of a list: what is the caller's, or everybody's where no caller counts."""
    return desk.linguapay.list_records(
        kind,
        filters=search.filters,
        sort=search.sort,
        cursor=search.cursor,
        limit=search.limit,
        party=caller.party if caller else None,
    )


def shown(desk: Desk, kind: type[RecordT], identifier: str, caller: Caller | None = None) -> RecordT:
    """One object. Raises ``NotFound`` also for one that is another's."""
    found: RecordT = desk.linguapay.show_record(kind, identifier, party=caller.party if caller else None)
    return found
