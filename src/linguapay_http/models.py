"""What goes in and out: strict models, and the few types that they are made of.

What comes in is a ``Wish`` (a body) or a ``Search`` (a query); what goes out is a ``View``. Unknown fields are refused,
and nothing is converted: an amount is a JSON integer, a time a text.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, ClassVar, Final

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from linguapay_core.domain.money import LARGEST_MINOR, Money
from linguapay_core.domain.people import LONGEST_TEXT
from linguapay_core.domain.wording import Wording

MOST_ROWS: Final = 100
EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)


def _in_utc(instant: datetime) -> datetime:
    try:
        utc = instant.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("a time is between the years 2000 and 2200") from error
    if not EARLIEST <= utc < LATEST:
        raise ValueError("a time is between the years 2000 and 2200")
    return utc


def _plain(text: str) -> str:
    if "\x00" in text:
        raise ValueError("a text has no NUL")
    return text


Instant = Annotated[
    AwareDatetime, AfterValidator(_in_utc), Field(description="RFC 3339, in UTC.", examples=["2026-03-09T09:00:00Z"])
]
Name = Annotated[str, StringConstraints(min_length=1, max_length=64), AfterValidator(_plain)]
"""An identifier of ours, of Stripe's or of the host platform's."""
Line = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_plain)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_TEXT), AfterValidator(_plain)]
Address = Annotated[
    str,
    StringConstraints(min_length=8, max_length=2000, pattern=r"^https?://"),
    AfterValidator(_plain),
    Field(examples=["https://lessons.example/back"]),
]
Minor = Annotated[
    int, Field(ge=0, le=LARGEST_MINOR, description="Minor units of the currency: 2625 is 26.25 USD.", examples=[2625])
]
SomeMinor = Annotated[
    int, Field(ge=1, le=LARGEST_MINOR, description="Minor units of the payment's currency.", examples=[1000])
]
CurrencyCode = Annotated[
    str, StringConstraints(pattern=r"^[A-Z]{3}$"), Field(description="ISO 4217.", examples=["USD"])
]


class Model(BaseModel):
    """Strict, closed and frozen. What checks it is built at its first use: a start needn't wait for all of them."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True, defer_build=True)


class Amount(Model):
    """Money: a whole number of minor units, and the currency."""

    amount_minor: Minor
    currency: CurrencyCode

    @classmethod
    def of(cls, money: Money) -> Amount:
        """Show an amount."""
        return cls.model_construct(amount_minor=money.amount_minor, currency=money.currency.code)


class Wish(Model):
    """A body that comes in."""


class Search(Model):
    """A query that comes in. Each field is a text there, so that numbers and times are read from it."""

    model_config = ConfigDict(strict=False, validate_by_alias=True)


class Paged(Search):
    """The query of a list."""

    limit: Annotated[int, Field(ge=1, le=MOST_ROWS, description="How many at most.", examples=[50])] = 50
    cursor: Annotated[
        str,
        StringConstraints(max_length=500),
        Field(description="Where the page begins: the `next_cursor` of the page before."),
    ] = ""
    sort: Annotated[
        str,
        StringConstraints(max_length=64, pattern=r"^-?[a-z_]+$|^$"),
        Field(description="A field to sort by; with a minus before it, the greatest first."),
    ] = ""

    @property
    def filters(self) -> Mapping[str, Wording]:
        """What is asked for, by the names that lists are filtered by."""
        return self.model_dump(by_alias=True, exclude=set(Paged.model_fields), exclude_none=True)


class PagedByTime(Paged):
    """The query of a list that has a time."""

    since: Annotated[Instant | None, Field(alias="from", description="From this instant on.")] = None
    until: Annotated[Instant | None, Field(alias="to", description="Before this instant.")] = None


class PagedByAmount(PagedByTime):
    """The query of a list of what comes to an amount."""

    at_least_minor: Annotated[int | None, Field(ge=0, le=LARGEST_MINOR, description="Of this amount or more.")] = None
    at_most_minor: Annotated[int | None, Field(ge=0, le=LARGEST_MINOR, description="Of this amount or less.")] = None


class View(BaseModel):
    """A body that goes out. ``named`` is how paths call the identifier of what it shows.

    ``reference`` is all that is kept of an answer, to present it again. ``statuses`` are those besides its door's with
    which it may be answered.
    """

    model_config = ConfigDict(frozen=True)
    named: ClassVar[str] = ""
    media_type: ClassVar[str] = "application/json"
    statuses: ClassVar[tuple[int, ...]] = ()

    @property
    def reference(self) -> str:
        """The identifier of what it shows, if it shows one thing."""
        return getattr(self, "id", "")

    @property
    def status(self) -> int | None:
        """The HTTP status that it has; ``None`` where it has its door's."""
        return None

    def rendered(self) -> bytes:
        """The body's bytes."""
        return self.model_dump_json().encode()


class Page(View):
    """A page of a list. ``next_cursor`` is empty on the last one."""

    next_cursor: str
