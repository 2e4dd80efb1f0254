"""``linguapay events``: the feed of all that happened."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from threading import Event
from typing import TYPE_CHECKING, Annotated, Final

import typer

from linguapay_cli import options
from linguapay_cli.backstage import backstage_of
from linguapay_cli.shapes import actor
from linguapay_cli.values import brief, instant
from linguapay_cli.when import Times
from linguapay_core.domain.feed import LARGEST_PAGE, ToldEvent
from linguapay_core.domain.identifiers import Identifier

if TYPE_CHECKING:
    from linguapay_core.reading import Reading

POLL_SECONDS: Final = 1.0
"""How often the feed is asked while it is followed."""

MOST: Final = 100_000
"""So many events are asked for at most."""
SHORTENED: Final = tuple(f"{kind.prefix}_" for kind in Identifier.__subclasses__())

WIDEST_NAME: Final = 27
WIDEST_SUBJECT: Final = 19


def events(
    context: typer.Context,
    *,
    after: Annotated[
        str, typer.Option(metavar="CURSOR", help="Go on after this event's cursor.", rich_help_panel=options.LIST)
    ] = "",
    kind: Annotated[
        str, typer.Option("--type", help="Events of this type alone: booking.paid.", rich_help_panel=options.LIST)
    ] = "",
    subject: Annotated[
        str, typer.Option(metavar="ID", help="Events about this alone: bkg_…, pay_….", rich_help_panel=options.LIST)
    ] = "",
    limit: Annotated[
        int | None,
        typer.Option(
            "--limit",
            "-n",
            min=1,
            max=MOST,
            help=f"How many at most: {LARGEST_PAGE}, or all that come with --follow.",
            rich_help_panel=options.LIST,
        ),
    ] = None,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Wait for more, until Ctrl-C.", rich_help_panel=options.LIST)
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="As JSON, an event a line.", rich_help_panel=options.LOOK)
    ] = False,
    plain: options.Plain = False,
    utc: options.Utc = False,
) -> None:
    """Read the feed: every event, in one order that never changes. None is passed by, however late it is committed.

    Example: `linguapay events --follow --json --type booking.paid`
    """
    times = Times(in_utc=utc)
    most = limit or (None if follow else LARGEST_PAGE)
    with backstage_of(context).reading() as desk, suppress(KeyboardInterrupt):
        last = after
        told = _followed(desk.linguapay, after) if follow else _read(desk.linguapay, after)
        shown = 0
        for event in told:
            last = event.cursor
            if kind in ("", event.type) and _is_about(event.event.subject, subject):
                typer.echo(_as_json(event) if as_json else _line(event, times, plain=plain))
                shown += 1
            if shown == most:
                break
    if last and not as_json:
        typer.echo(f"Go on with --after {last}", err=True)


def _is_about(subject: str, asked: str) -> bool:
    """Whether this is what was asked for. Our identifiers may be shortened, and others' names may not."""
    return subject.startswith(asked) if asked.startswith(SHORTENED) else asked in ("", subject)


def _read(reading: Reading, after: str) -> Iterator[ToldEvent]:
    """The events that there are, from a cursor on."""
    while page := reading.read_events(after, LARGEST_PAGE).items:
        yield from page
        after = page[-1].cursor


def _followed(reading: Reading, after: str) -> Iterator[ToldEvent]:
    """The events that there are and those that come, without end."""
    pause = Event()
    while True:
        for event in _read(reading, after):
            yield event
            after = event.cursor
        pause.wait(POLL_SECONDS)


def _line(told: ToldEvent, times: Times, *, plain: bool) -> str:
    event = told.event
    if plain:
        why = f", why: {event.why}" if event.why else ""
        return f"{times.shown_with_zone(event.at)}: {told.type} of {event.subject}, by {event.by}{why}."
    return (
        f"{times.shown(event.at)}  {told.type:{WIDEST_NAME}}  {brief(event.subject):{WIDEST_SUBJECT}}  {event.by.role}"
    )


def _as_json(told: ToldEvent) -> str:
    event = told.event
    shape = {
        "id": told.id,
        "type": told.type,
        "version": told.version,
        "subject": event.subject,
        "by": actor(event.by),
        "at": instant(event.at),
        "why": event.why or None,
        "data": dict(told.data),
        "cursor": told.cursor,
    }
    return json.dumps(shape, ensure_ascii=False)
