"""Somebody wants to look through what there is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic

from linguapay_core.domain.identifiers import PersonId
from linguapay_core.domain.listing import RecordT
from linguapay_core.domain.page import Page
from linguapay_core.domain.query import USUAL_PAGE, ask
from linguapay_core.domain.wording import Wording
from linguapay_core.ports.reports import Reports


@dataclass(frozen=True, slots=True)
class ListRecords(Generic[RecordT]):
    """Records of a type for which every filter holds, sorted by ``sort``, or the other way by ``-sort``.

    With a ``party``, those alone that are this person's. ``cursor`` is the last page's ``next_cursor``.
    """

    kind: type[RecordT]
    filters: Mapping[str, Wording] = field(default_factory=dict)
    sort: str = ""
    cursor: str = ""
    limit: int = USUAL_PAGE
    party: str | None = None


def list_records(command: ListRecords[RecordT], *, reports: Reports) -> Page[RecordT]:
    """A page of a list, the newest first unless asked otherwise. ``listing`` says what each can be asked for.

    Raises ``Invalid``, naming the field, for a filter, a sort, a value, a limit or a cursor that can't be meant.
    """
    party = None if command.party is None else PersonId.parse(command.party, field="party")
    query = ask(
        command.kind,
        command.filters,
        sort=command.sort,
        cursor=command.cursor,
        limit=command.limit,
        party=party,
    )
    return reports.page(query)
