"""What columns are made of: our scalars as both databases hold them, and the checks that every table repeats."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final, TypeVar

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
)
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import TypeDecorator, TypeEngine

from linguapay_core.domain.money import CURRENCIES, Currency

WordT = TypeVar("WordT", bound=str)

METADATA: Final = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "fk": "%(table_name)s_%(column_0_name)s_fkey",
        "ck": "%(table_name)s_%(constraint_name)s",
        "uq": "%(table_name)s_%(column_0_name)s_unique",
    }
)
"""Every table of ours."""


def rfc3339(at: datetime) -> str:
    """An aware instant as text of a fixed width, in UTC with microseconds, so that text order is time order."""
    assert at.tzinfo is not None, f"{at} has no zone"
    return f"{at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def instant(text: str) -> datetime:
    """Read what ``rfc3339`` wrote."""
    return datetime.fromisoformat(text).astimezone(UTC)


class Instant(TypeDecorator[datetime]):
    """An aware instant: ``timestamptz``, or RFC 3339 text where the database knows no time."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The database's own type."""
        return dialect.type_descriptor(DateTime(timezone=True) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | str | None:
        """Hand it over; one without a zone is a bug."""
        if value is None:
            return None
        assert value.tzinfo is not None, f"{value} has no zone"
        return value if dialect.name == "postgresql" else rfc3339(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ANN401 - by dialect
        """Take it back, in UTC."""
        if value is None:
            return None
        return value.astimezone(UTC) if dialect.name == "postgresql" else instant(value)


class Word(TypeDecorator[WordT]):
    """Text that reads as an identifier or as a member of an enumeration, ordered by its bytes on every database."""

    impl = Text
    cache_ok = True

    def __init__(self, kind: type[WordT]) -> None:
        """Read as this type."""
        super().__init__()
        self.kind = kind

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The database's own type."""
        return dialect.type_descriptor(Text(collation="C") if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: WordT | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's form
        """Hand over the bare text."""
        return None if value is None else str(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> WordT | None:  # noqa: ANN401, ARG002 - as above
        """Take it back as its type."""
        return None if value is None else self.kind(value)


class CurrencyCode(TypeDecorator[Currency]):
    """A currency by its ISO 4217 code."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Currency | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - as above
        """Hand over the code."""
        return None if value is None else value.code

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Currency | None:  # noqa: ANN401, ARG002 - as above
        """Take it back with all that we know of it."""
        return None if value is None else CURRENCIES[value]


class YesNo(TypeDecorator[bool]):
    """A truth value: ``boolean``, or 0 and 1 where the database knows none."""

    impl = Boolean
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The database's own type."""
        return dialect.type_descriptor(Boolean() if dialect.name == "postgresql" else Integer())

    def process_result_value(self, value: Any | None, dialect: Dialect) -> bool | None:  # noqa: ANN401, ARG002 - as above
        """Take it back."""
        return None if value is None else bool(value)


WHOLE: Final = BigInteger().with_variant(Integer(), "sqlite")
"""A whole number of up to 64 bits: both databases' ``integer`` for amounts, counts and sequences."""


def word(name: str, kind: type[str] = str, *, null: bool = False) -> Column[Any]:
    """A column of text of this type."""
    return Column(name, Word(kind), nullable=null)


def when(name: str, *, null: bool = False) -> Column[Any]:
    """A column of instants."""
    return Column(name, Instant(), nullable=null)


def whole(name: str) -> Column[Any]:
    """A column of whole numbers."""
    return Column(name, WHOLE, nullable=False)


def yes_no(name: str) -> Column[Any]:
    """A column of truth values."""
    return Column(name, YesNo(), nullable=False)


def amounts(*names: str) -> tuple[SchemaItem, ...]:
    """A currency, and amounts in it that are never negative."""
    return (
        Column("currency", CurrencyCode(), nullable=False),
        check("currency_code", "length(currency) = 3"),
        *(item for name in names for item in (whole(name), check(f"{name}_not_negative", f"{name} >= 0"))),
    )


def check(name: str, condition: str) -> CheckConstraint:
    """What must hold in every row."""
    return CheckConstraint(condition, name=name)


def listed(words: Iterable[str]) -> str:
    """Words as a list of literals: the same text in checks, in partial indexes and in the queries that use those."""
    return "(" + ", ".join(f"'{word}'" for word in sorted(words)) + ")"


def one_of(column: str, words: type[StrEnum]) -> CheckConstraint:
    """A column that holds a member of this enumeration, or nothing where nothing is allowed."""
    return check(f"{column}_known", f"{column} IN {listed(words)}")


def reference(name: str, kind: type[str], table: str, *, null: bool = False) -> Column[Any]:
    """A column that names a row of a table, which is there when the transaction ends: the order of writing is free."""
    return Column(name, Word(kind), ForeignKey(f"{table}.id", deferrable=True, initially="DEFERRED"), nullable=null)


ONLY: Final = "only"
"""Where an index says of which rows it is. Options of a dialect would load it, also where the other one is used."""


def index(table: Table, name: str, *columns: str, only: str = "", unique: bool = False) -> Index:
    """An index of these columns, of those rows only for which a condition holds."""
    return Index(f"{table.name}_{name}", *(table.c[column] for column in columns), unique=unique, info={ONLY: only})


def named_once(table: Table, *columns: str) -> None:
    """No two rows have the same name in one of these columns; an empty one is no name."""
    for column in columns:
        index(table, column, column, only=f"{column} <> ''", unique=True)


def table_of(name: str, identified_by: type[str], *items: SchemaItem) -> Table:
    """A table of records, each with its name and the version at which it stands."""
    return Table(
        name,
        METADATA,
        Column("id", Word(identified_by), primary_key=True),
        whole("version"),
        check("version_positive", "version >= 1"),
        *items,
        sqlite_strict=True,
    )
