"""The two commands that look: one that lists the records of a type, and one that shows a record of it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any

import typer

from linguapay_cli import options
from linguapay_cli.asking import filters, filters_of, find, named, option, order_of, signed
from linguapay_cli.backstage import backstage_of
from linguapay_cli.records import Look, look_of
from linguapay_cli.tables import How, print_list, print_record
from linguapay_cli.when import Times
from linguapay_core.domain.listing import RecordT, listing_of
from linguapay_core.domain.wording import Wording

LOOKS = (
    option("as_json", options.AsJson, default=False),
    option("as_csv", options.AsCsv, default=False),
    option("plain", options.Plain, default=False),
    option("utc", options.Utc, default=False),
)


def add_list(
    app: typer.Typer,
    kind: type[RecordT],
    *,
    name: str = "list",
    look: Look | None = None,
    always: Mapping[str, Wording] = MappingProxyType({}),
    usual: Mapping[str, Wording] = MappingProxyType({}),
) -> None:
    """Add the command that lists records of a type: those alone for which ``always`` holds.

    ``usual`` are filters that hold unless another value is asked for.
    """
    look, listing = look or look_of(kind), listing_of(kind)
    offered = [
        one.replace(default=usual.get(one.name, one.default)) for one in filters_of(listing) if one.name not in always
    ]

    def command(context: typer.Context, **given: Any) -> None:  # noqa: ANN401 - as the signature says
        times = Times(in_utc=given["utc"])
        with backstage_of(context).reading() as desk:
            found = find(
                desk.linguapay,
                kind,
                {**dict(filters(desk.linguapay, listing, {**given, **dict.fromkeys(always)}, times)), **always},
                limit=given["limit"],
                sort=given["sort"],
                cursor=given["cursor"],
                party=given.get("person", ""),
            )
        print_list(found, How(times, as_json=given["as_json"], as_csv=given["as_csv"], plain=given["plain"]), look)

    told = f"List {look.called}, the newest first." if listing.times else f"List {look.called}."
    app.command(name)(signed(command, [*offered, *order_of(listing), *LOOKS], told))


def add_show(app: typer.Typer, kind: type[RecordT], *, name: str = "show") -> None:
    """Add the command that shows one record of a type."""
    called = listing_of(kind).called

    def command(
        context: typer.Context,
        identifier: Annotated[str, typer.Argument(metavar="ID", help="Its identifier, or how it begins.")],
        *,
        as_json: options.AsJson = False,
        plain: options.Plain = False,
        utc: options.Utc = False,
    ) -> None:
        with backstage_of(context).reading() as desk:
            record = named(desk.linguapay, kind, identifier)
            notes = desk.linguapay.read_texts([record.id])
        print_record(record, notes, How(Times(in_utc=utc), as_json=as_json, plain=plain))

    command.__doc__ = f"Show {'an' if called[0] in 'aeiou' else 'a'} {called}, every field of it."
    app.command(name)(command)
