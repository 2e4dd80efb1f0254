"""What a person sees: one look for money, times, states and tables, in any width from 80 columns on.

Colours follow the terminal and ``NO_COLOR``; a state has a sign beside its colour, so nothing is told by colour alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from linguapay_core.domain.machine import Role, spoken
from linguapay_core.domain.policies import CancellationTerms

WIDEST: Final = 100
"""Lines longer than this are hard to follow, however wide the terminal is."""

INDENT: Final = 2

FAINT: Final = "bright_black"
HEADING: Final = "bold"

_WAITING: Final = ("○", "cyan")
_UNDER_WAY: Final = ("◐", "yellow")
_GOOD: Final = ("●", "green")
_FINISHED: Final = ("✓", "bold green")
_ENDED: Final = ("■", "magenta")
_HELD: Final = ("‖", "yellow")
_WRONG: Final = ("!", "bold red")

SIGNS: Final[Mapping[str, tuple[str, str]]] = {
    **dict.fromkeys(("requested", "submitted", "scheduled", "new", "queued", "received"), _WAITING),
    **dict.fromkeys(("confirmed", "paying", "cancelling", "creating", "open", "processing"), _UNDER_WAY),
    **dict.fromkeys(("reserved", "pending", "executing", "leased", "retry"), _UNDER_WAY),
    **dict.fromkeys(("paid", "succeeded", "created", "approved", "accepted", "active"), _GOOD),
    **dict.fromkeys(("completed", "done", "delivered"), _FINISHED),
    **dict.fromkeys(("cancelled", "declined", "rejected", "withdrawn", "expired"), _ENDED),
    **dict.fromkeys(("refunded", "sent_back", "ignored", "removed"), _ENDED),
    **dict.fromkeys(("on_hold", "contested", "blocked", "paused"), _HELD),
    **dict.fromkeys(("failed", "unknown", "creating_unknown", "parked", "quarantined", "disabled"), _WRONG),
}
"""The sign and the style of each state of every machine."""

IN_WORDS: Final = str.maketrans({"✓": "yes", "✗": "no", **dict.fromkeys("○◐●■‖", "")})
"""What the signs say; a state stands beside its sign, in words."""

_DRAWN: Final = re.compile(r"[ ─━╌]*[─━╌][ ─━╌]*")
"""A line that is drawn."""

ROLES: Final[Mapping[Role, str]] = {
    Role.STUDENT: "cyan",
    Role.TEACHER: "magenta",
    Role.ADMIN: "yellow",
    Role.STRIPE: "blue",
    Role.CLOCK: FAINT,
    Role.SYSTEM: FAINT,
}


def screen() -> Console:
    """Where results go: standard output, plain when it is piped."""
    return _console(stderr=False)


def show(shown: RenderableType, console: Console, *, plain: bool = False) -> None:
    """Print something, without the blanks that tables leave at the ends of lines; if ``plain``, without any signs."""
    console.no_color = console.no_color or plain
    with console.capture() as captured:
        console.print(shown, crop=False)
    text = in_words(captured.get()) if plain else captured.get()
    console.file.write(re.sub(r" +$", "", text, flags=re.MULTILINE))
    console.file.flush()


def in_words(text: str) -> str:
    """A screen as a screen reader likes it: signs are words or gone, and there are no lines that only look like one."""
    lines = (line for line in text.splitlines(keepends=True) if not _DRAWN.fullmatch(line.rstrip("\n")))
    return "".join(lines).translate(IN_WORDS)


def complain(called: str, line: str) -> None:
    """Say in one line on standard error what went wrong."""
    console = _console(stderr=True)
    console.print(Text.assemble((f"{called}: ", "bold red"), line), soft_wrap=True)


def warn(line: str) -> None:
    """Say loudly on standard error what one must know before trusting the rest."""
    _console(stderr=True).print(Text(line, "bold yellow"), soft_wrap=True)


def _console(*, stderr: bool) -> Console:
    console = Console(stderr=stderr, highlight=False, markup=False, emoji=False)
    console.width = min(console.width, WIDEST)
    return console


def state(name: str) -> Text:
    """A state with its sign, in its colour."""
    sign, style = SIGNS[name]
    return Text(f"{sign} {spoken(name)}", style, no_wrap=True)


def terms(told: CancellationTerms) -> str:
    """What cancelling gives back, and until when."""
    tiers = [f"{tier.refund_bps // 100} % until {tier.hours_before} h before the start" for tier in told.tiers]
    return f"Cancelling gives back {', '.join([*tiers, 'then nothing'])}."


def verdict_sign(*, holds: bool) -> Text:
    """A tick, or a cross."""
    return Text("✓", "bold green") if holds else Text("✗", "bold red")


def day(at: datetime) -> str:
    """Show it as ``Thu 5 March 2026``."""
    return f"{at:%a} {at.day} {at:%B %Y}"


def day_and_time(at: datetime) -> str:
    """Show it as ``Thu 5 Mar 09:00``."""
    return f"{at:%a} {at.day} {at:%b} {at:%H:%M}"


def table(*headings: str, right: tuple[str, ...] = (), fill: str = "") -> Table:
    """A table without walls: headings, a thin line, rows. ``fill`` is the column that takes the room that is left."""
    made = Table(
        box=box.SIMPLE_HEAD,
        show_edge=False,
        padding=(0, 1, 0, 0),
        pad_edge=False,
        header_style=FAINT,
        border_style=FAINT,
    )
    made.expand = bool(fill)
    for heading in headings:
        number = heading in right
        ratio = 1 if heading == fill else None
        made.add_column(heading, justify="right" if number else "left", ratio=ratio, no_wrap=number, overflow="fold")
    return made


def indented(shown: RenderableType) -> Padding:
    """The same, a little to the right, with an empty line after it."""
    return Padding(shown, (0, 0, 1, INDENT))


def section(title: str, shown: RenderableType) -> Group:
    """A heading and what stands under it."""
    return Group(Text(title, HEADING), indented(shown))
