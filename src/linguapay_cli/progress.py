"""How far something has come, shown on a terminal while it takes its time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def progress(what: str, *, hidden: bool = False) -> Iterator[Callable[[float], None]]:
    """Show how much is done, from 0 to 1."""
    from rich.console import Console  # noqa: PLC0415 - imported where it is used
    from rich.progress import Progress  # noqa: PLC0415

    shown = Console(stderr=True)
    with Progress(console=shown, transient=True, disable=hidden or not shown.is_terminal) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done: bar.update(task, total=1.0, completed=done)


@contextmanager
def counting(what: str, of: str) -> Iterator[Callable[[int], None]]:
    """Show how many were done, where nobody knows how many there are."""
    from rich.console import Console  # noqa: PLC0415 - imported where it is used

    with Console(stderr=True).status(f"{what} …") as status:
        yield lambda number: status.update(f"{what} … {number:,} {of}")
