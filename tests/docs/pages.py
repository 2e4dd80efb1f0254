"""The pages that are drawn from the code: `python -m tests.docs.pages` writes them, and a test compares them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from typing import Any, Final

from pydantic import SecretStr

from linguapay_adapters.settings import Settings
from linguapay_core.domain import errors
from linguapay_core.domain.booking import BOOKING
from linguapay_core.domain.effect import EFFECT
from linguapay_core.domain.invariants import CHECKS
from linguapay_core.domain.ledger import CHART
from linguapay_core.domain.machine import Machine, spoken
from linguapay_core.domain.payment import PAYMENT
from linguapay_core.domain.refund import REFUND
from linguapay_core.domain.refund_request import REFUND_REQUEST
from linguapay_core.domain.transfer import TRANSFER
from linguapay_core.domain.webhook_event import WEBHOOK_EVENT
from tests.docs.blocks import ROOT

AnyMachine = Machine[Any, Any]
MACHINES: Final[tuple[AnyMachine, ...]] = (
    BOOKING,
    PAYMENT,
    REFUND_REQUEST,
    REFUND,
    TRANSFER,
    EFFECT,
    WEBHOOK_EVENT,
)
DRAWN: Final = "Drawn from the code by `python -m tests.docs.pages`; a test compares it. Don't edit."


def machines() -> str:
    """Every state machine, as a diagram and as a table."""
    parts = ["# State machines", DRAWN]
    parts.append(
        "A trigger is something that may happen to a record: a person asks, a deadline passes, Stripe tells. "
        "A state without a row is an end."
    )
    for machine in MACHINES:
        parts += [f"## {machine.name.capitalize()}", _diagram(machine), _rows(machine)]
    return _page(parts)


def _diagram(machine: AnyMachine) -> str:
    lines = ["```mermaid checked-by=tests/docs/test_pages.py", "stateDiagram-v2", f"    [*] --> {machine.start}"]
    for state, row in machine.table.items():
        lines += [f"    {state} --> {to}: {spoken(trigger)}" for trigger, to in row.items()]
        lines += [f"    {state} --> [*]"] if not row else []
    return "\n".join([*lines, "```"])


def _rows(machine: AnyMachine) -> str:
    rows = (
        (spoken(state), spoken(trigger), ", ".join(sorted(machine.who[trigger])), spoken(to))
        for state, row in machine.table.items()
        for trigger, to in row.items()
    )
    return _table(("from", "trigger", "who", "to"), rows)


def books() -> str:
    """The chart of accounts, and what is checked of the books."""
    accounts = (
        (f"`{kind}`", nature.group, nature.grows, nature.owner or "-", nature.meaning) for kind, nature in CHART.items()
    )
    checks = ((name, _first_line(check)) for name, check in CHECKS)
    return _page(
        [
            "# The books",
            DRAWN,
            "## Accounts",
            _table(("account", "group", "grows on", "one per", "meaning"), accounts),
            "## What is checked of every payment",
            _table(("rule", "what must hold"), checks),
        ]
    )


def error_classes() -> str:
    """The classes of errors, and what the caller does next."""
    rows = ((f"`{error.__name__}`", error.next_move, _first_line(error)) for error in _errors())
    return _page(["# Errors", DRAWN, _table(("class", "next move", "meaning"), rows)])


def _errors() -> list[type[errors.LinguaPayError]]:
    return errors.LinguaPayError.__subclasses__()


def settings() -> str:
    """Every variable that is read."""
    rows = (
        (f"`{field.alias}`", _shown(field.default), str(field.description)) for field in Settings.model_fields.values()
    )
    return _page(
        [
            "# Settings",
            DRAWN,
            "Read from the environment and from a file `.env` in the working folder.",
            _table(("variable", "default", "meaning"), rows),
        ]
    )


def _shown(default: object) -> str:
    text = default.get_secret_value() if isinstance(default, SecretStr) else str(default)
    return f"`{text}`" if text else "-"


def _table(head: tuple[str, ...], rows: Iterator[tuple[str | StrEnum, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def _first_line(documented: object) -> str:
    return str(documented.__doc__).partition("\n")[0]


def _page(parts: list[str]) -> str:
    return "\n\n".join(parts) + "\n"


PAGES: Final[Mapping[str, Callable[[], str]]] = {
    "docs/machines.md": machines,
    "docs/books.md": books,
    "docs/errors.md": error_classes,
    "docs/settings.md": settings,
}
"""What each page is drawn by."""


def write() -> None:
    """Write every page."""
    for page, draw in PAGES.items():
        (ROOT / page).write_text(draw(), encoding="utf-8")


if __name__ == "__main__":
    write()
