"""How a type of records lies in a table: its row, its record, and the statements that load and store it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, Generic, TypeAlias, TypeVar

from sqlalchemy import Insert, Row, Table, Update, bindparam, insert, update

from linguapay_core.domain.decision import Record

AnyRow: TypeAlias = Row[*tuple[Any, ...]]
RecordT = TypeVar("RecordT", bound=Record)


class Shape(Generic[RecordT]):
    """A type of records, what people call it, its table, and both ways between a record and a row.

    ``row`` gives every column but the name and the version.
    """

    def __init__(
        self,
        kind: type[RecordT],
        called: str,
        table: Table,
        row: Callable[[RecordT], Mapping[str, object]],
        record: Callable[[AnyRow], RecordT],
    ) -> None:
        """Put them together."""
        self.kind = kind
        self.called = called
        self.table = table
        self.row = row
        self.record = record

    @cached_property
    def insert(self) -> Insert:
        """Stores a new record."""
        return insert(self.table)

    @cached_property
    def update(self) -> Update:
        """Replaces the version that was loaded, and touches no row if somebody wrote in between."""
        columns = self.table.c
        the_loaded = (columns.id == bindparam("its_id"), columns.version == bindparam("its_version"))
        return update(self.table).where(*the_loaded).values(version=columns.version + 1)

    def inserted(self, record: RecordT) -> dict[str, object]:
        """The parameters of ``insert``."""
        return {"id": record.id, "version": 1, **self.row(record)}

    def replaced(self, record: RecordT) -> dict[str, object]:
        """The parameters of ``update``."""
        return {"its_id": record.id, "its_version": record.version, **self.row(record)}
