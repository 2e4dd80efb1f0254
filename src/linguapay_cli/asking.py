"""What a list can be asked for, as options of a command, and asking it.

``linguapay_core.domain.listing`` says which filters there are: one parameter is made for each, so that the options of
every command that lists or acts on what it lists are those of the table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from inspect import Parameter, Signature
from typing import TYPE_CHECKING, Annotated, Any, Final, Generic

import typer

from linguapay_cli import options
from linguapay_cli.when import Times
from linguapay_core.domain.errors import Invalid, NotFound
from linguapay_core.domain.identifiers import Identifier
from linguapay_core.domain.listing import BEGINS, BOUNDS, LISTINGS, Listing, RecordT, listing_of
from linguapay_core.domain.query import LARGEST_PAGE, USUAL_PAGE
from linguapay_core.domain.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Callable

    from linguapay_core.reading import Reading

CANDIDATES: Final = 4
"""So many of those that a shortened identifier may mean are named."""


@dataclass(frozen=True, slots=True)
class Found(Generic[RecordT]):
    """What a list found, and from where it goes on."""

    kind: type[RecordT]
    items: Sequence[RecordT]
    next_cursor: str


def find(
    reading: Reading,
    kind: type[RecordT],
    filters: Mapping[str, Wording],
    *,
    limit: int,
    sort: str = "",
    cursor: str = "",
    party: str = "",
) -> Found[RecordT]:
    """Turn pages until there are as many as are wanted, or no more."""
    items: list[RecordT] = []
    while True:
        page = reading.list_records(
            kind, filters, sort=sort, cursor=cursor, limit=min(limit - len(items), LARGEST_PAGE), party=party or None
        )
        items.extend(page.items)
        cursor = page.next_cursor
        if not cursor or len(items) >= limit:
            return Found(kind, items, cursor)


def named(reading: Reading, kind: type[RecordT], name: str) -> RecordT:
    """The record of this name, or of the only name that begins so.

    Raises ``NotFound``, and ``Invalid`` for a beginning that several have.
    """
    listing = listing_of(kind)
    prefix = f"{listing.named_by.prefix}_" if issubclass(listing.named_by, Identifier) else ""
    if not name or (prefix and name.endswith("_")):
        raise Invalid("id", f"say which {listing.called}: its identifier, or how it begins.")
    found = _beginning(reading, kind, name if name.startswith(prefix) else f"{prefix}{name}")
    if not found:
        raise NotFound(listing.called, name[:64])
    if len(found) > 1:
        some = ", ".join(record.id for record in found)
        raise Invalid("id", f"several begin with {name[:64]}: {some} … Write more of it.")
    return found[0]


def _beginning(reading: Reading, kind: type[RecordT], begins: str) -> Sequence[RecordT]:
    """Some of those whose names begin so; the one that is called so, if it is there, alone."""
    try:
        return (reading.show_record(kind, begins),)
    except (NotFound, Invalid):
        return reading.list_records(kind, {BEGINS: begins}, limit=CANDIDATES).items


def filters_of(listing: Listing) -> Iterator[Parameter]:
    """What a list can be filtered by, as the parameters of a function."""
    for field, kind in listing.fields.items():
        yield option(field, _field(field, kind), None)
    for flag in listing.flags:
        dashed = flag.replace("_", "-")
        help_ = f"Only those that are {dashed.replace('-', ' ')}, or that aren't."
        either_way = typer.Option(f"--{dashed}/--not-{dashed}", help=help_, rich_help_panel=options.LIST)
        yield option(flag, Annotated[bool | None, either_way], None)
    if listing.parties:
        yield option("person", options.Person, "")
    if listing.times:
        yield option("since", options.Since, "")
        yield option("until", options.Until, "")
    if listing.amount:
        yield option("at_least_minor", options.AtLeast, None)
        yield option("at_most_minor", options.AtMost, None)


def order_of(listing: Listing) -> Iterator[Parameter]:
    """In which order a list comes, and how much of it."""
    sorts = ", ".join(listing.sorts)
    sort = typer.Option(help=f"By {sorts}; with a - before it, the greatest first.", rich_help_panel=options.LIST)
    yield option("sort", Annotated[str, sort], "")
    yield option("limit", options.Limit, USUAL_PAGE)
    yield option("cursor", options.Cursor, "")


def option(name: str, annotation: Any, default: object) -> Parameter:  # noqa: ANN401 - a type
    """An option of a command."""
    return Parameter(name, Parameter.KEYWORD_ONLY, annotation=annotation, default=default)


def _field(field: str, kind: type[Any]) -> Any:  # noqa: ANN401 - a type
    """The type of a filter by a field's value."""
    words = field.removesuffix("_id").replace("_", " ")
    if issubclass(kind, StrEnum):
        in_state = typer.Option(f"--{field}", help="In this state.", rich_help_panel=options.LIST)
        return Annotated[kind | None, in_state]
    dashed = field.removesuffix("_id").replace("_", "-")
    help_ = f"Of this {words}." if field.endswith("_id") else f"With this {words}."
    return Annotated[str | None, typer.Option(f"--{dashed}", metavar="ID", help=help_, rich_help_panel=options.LIST)]


def filters(
    reading: Reading, listing: Listing, given: Mapping[str, Any], times: Times
) -> Iterator[tuple[str, Wording]]:
    """What is asked for, by the names that the list knows; shortened identifiers are looked up."""
    for field, kind in listing.fields.items():
        if given[field] is not None:
            yield field, _whole(reading, kind, given[field])
    for name in (*listing.flags, *(BOUNDS if listing.amount else ())):
        if given[name] is not None:
            yield name, given[name]
    for field, name in (("from", "since"), ("to", "until")):
        if given.get(name):
            yield field, times.read(field, given[name])


def _whole(reading: Reading, kind: type[Any], given: str) -> Wording:
    """The identifier that was meant, where it was one."""
    meant = next(
        (one for one, listing in LISTINGS.items() if issubclass(kind, Identifier) and listing.named_by is kind), None
    )
    return named(reading, meant, given).id if meant else given


def signed(command: Callable[..., None], parameters: Sequence[Parameter], told: str) -> Callable[..., None]:
    """The command with this signature, which Typer reads, and this help."""
    context = Parameter("context", Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context)
    every = [context, *parameters]
    command.__signature__ = Signature(every)  # type: ignore[attr-defined]
    command.__annotations__ = {one.name: one.annotation for one in every}
    command.__doc__ = told
    return command
