"""``linguapay demo``: the whole story on nothing but Python, books included."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from linguapay_cli import options
from linguapay_cli.backstage import backstage_of
from linguapay_cli.tables import print_json

if TYPE_CHECKING:
    from linguapay_cli.demo.facts import Fact


def demo(
    context: typer.Context,
    *,
    as_json: options.AsJson = False,
    keep: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Keep the database in a new SQLite file, to look at it afterwards."),
    ] = None,
) -> None:
    """Play three lessons from booking to payout, on the Stripe sandbox and with a clock that is moved.

    One is paid with 3-D Secure after a declined card, one is cancelled by the terms, one is refunded in part; then the
    books are proven equal to Stripe's. Needs no account and no server. Ends with 1 if anything is off.
    """
    from linguapay_cli.demo.story import story  # noqa: PLC0415 - imported where it is used
    from linguapay_cli.exits import OFF  # noqa: PLC0415

    with backstage_of(context).stage(keep) as stage:
        facts = story(stage, database_url=f"sqlite:///{keep}" if keep else "")
        holds = _told_as_data(facts) if as_json else _presented(facts)
    if not holds:
        raise typer.Exit(OFF)


def _presented(facts: Iterator[Fact]) -> bool:
    """Print the story as it happens; the answer is whether it went as it should."""
    from linguapay_cli.demo.facts import Deviation  # noqa: PLC0415 - imported where it is used
    from linguapay_cli.demo.screen import present  # noqa: PLC0415
    from linguapay_cli.screen import complain  # noqa: PLC0415

    try:
        present(facts)
    except Deviation as deviation:
        complain("Off", str(deviation))
        return False
    return True


def _told_as_data(facts: Iterator[Fact]) -> bool:
    """Print the story as JSON; the answer is whether it went as it should."""
    from linguapay_cli.demo.data import told  # noqa: PLC0415 - imported where it is used

    shape = told(facts)
    print_json(shape)
    return bool(shape["holds"])
