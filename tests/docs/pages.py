"""The pages that are drawn from the code: `python -m tests.docs.pages` writes them, and a test compares them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from enum import StrEnum
from typing import Final

from pydantic import SecretStr

from linguapay_adapters.settings import IN_FILES, Settings
from linguapay_core.domain import errors, export
from linguapay_core.domain.figures import BREAKDOWNS, FIGURES, PARTIES, Adds, Figure, Figures, Moved, Told
from linguapay_core.domain.ledger import CHART, Kind
from linguapay_core.domain.listing import LISTINGS
from linguapay_core.domain.machine import spoken
from linguapay_core.domain.rules_of_the_books import Rule
from linguapay_http.problems import OURS, PROBLEMS, Problem, told
from tests.docs import commands
from tests.docs.blocks import ROOT
from tests.domain.machines import MACHINES, AnyMachine

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
    rules = ((rule, rule.must_hold) for rule in Rule)
    return _page(
        [
            "# The books",
            DRAWN,
            "## Accounts",
            _table(("account", "group", "grows on", "one per", "meaning"), accounts),
            "## What must always hold",
            _table(("rule", "what must hold"), rules),
        ]
    )


def lists() -> str:
    """What each list may be asked for."""
    rows = (
        (
            listing.called,
            ", ".join(f"`{name}`" for name in listing.filters),
            ", ".join(f"`{name}`" for name in listing.sorts),
            "everybody" if listing.parties is None else ", ".join(f"`{name}`" for name in listing.parties) or "-",
        )
        for listing in LISTINGS.values()
    )
    return _page(
        [
            "# Lists",
            DRAWN,
            "## Lists",
            "Every list is turned over page by page; a filter asks for one value.",
            "`from` and `to` bound the first of the sorts. A sort with a `-` before it goes the other way.",
            "Without a sort the newest come first. People see what names them in the last column.",
            _table(("list of", "filters", "sorts", "whose it is"), rows),
        ]
    )


COUNTED: Final = """
Of a span of time, in one currency, in all and day by day, beside those of as many days before. Amounts are in minor
units. Days and months are those of the marketplace's time zone, a setting. Every figure is counted from events or from
the legs of the books, on the day on which they became true; the worker counts them ahead, and a reading adds what is
newer, so it is exact at any moment. `linguapay books verify` recounts all of them from the first event.
""".strip()

NOW: Final = """
Held transfers, by their reason, and open refund requests, by their state and with how long they have waited, are those
of now, whatever the span. Months are always whole, whatever part of them the span covers.
""".strip()


def figures() -> str:
    """What each figure of the dashboard means."""
    counted = ((f"`{figure.name}`", figure.meaning, _sources(figure)) for figure in FIGURES)
    derived = ((f"`{name}`", _first_line(member)) for name, member in vars(Figures).items() if _is_derived(member))
    apart = ((f"`{one.name}`", one.meaning, f"`{one.fact.name}` by `{one.field}`") for one in BREAKDOWNS)
    parties = ((f"`{party.name}`", party.meaning) for party in PARTIES)
    return _page(
        [
            "# Figures",
            DRAWN,
            COUNTED,
            _table(("figure", "what it counts", "from"), counted),
            "## What follows from them",
            _table(("figure", "meaning"), derived),
            "## Counted apart",
            _table(("breakdown", "what it counts", "from"), apart),
            "## People, per day and per month",
            _table(("figure", "who is counted, once"), parties),
            "The top teachers of a month are those with whom students paid most for.",
            "## Of now",
            NOW,
        ]
    )


ADDED: Final = {Adds.ONE: "one for", Adds.AMOUNT: "the amount of", Adds.WAITED: "the seconds waited until"}


def _sources(figure: Figure) -> str:
    return "; ".join(_source(source) for source in figure.source) or "nothing yet"


def _source(source: Told | Moved) -> str:
    match source:
        case Told(fact, adds, last):
            return f"{ADDED[adds]} each `{fact.name}`{' after which no approval is missing' if last else ''}"
        case Moved(debit, credit):
            return f"legs from {_kinds(credit)} to {_kinds(debit)}"


def _kinds(kinds: AbstractSet[Kind]) -> str:
    return ", ".join(f"`{kind}`" for kind in sorted(kinds)) or "any account"


def _is_derived(member: object) -> bool:
    return isinstance(member, property)


EXPORTED: Final = """
`linguapay export KIND --from DAY --to DAY` writes everything of a period, as CSV or as Parquet. Days are those of the
marketplace's time zone, and the one after `--to` is the first too late. A period must be over.

A payment, refund or transfer belongs to the period in which it was started, reserved or scheduled, and is shown as it
stands now. An entry of the ledger belongs to the day on which it was kept, whatever its own instant, so an export of
the ledger never changes: see [decision 0011](decisions/0011-an-entry-belongs-to-the-day-it-was-kept.md). Figures are
those of [the dashboard](figures.md), as they stand when they are read; a day without any is left out.

Amounts stand in minor units and, exactly, as decimals of the currency. In CSV a text that a spreadsheet would calculate
has an apostrophe before it. Parquet is written by `pip install "linguapay[exports]"`.
""".strip()


EXPORTS: Final = {
    "payments": export.PAYMENTS,
    "refunds": export.REFUNDS,
    "transfers": export.TRANSFERS,
    "ledger": export.LEDGER,
    "figures": export.FIGURES,
}


def exports() -> str:
    """What stands in each column of an export."""
    parts = ["# Exports", DRAWN, EXPORTED]
    for kind, columns in EXPORTS.items():
        rows = ((f"`{column.name}`", column.type, column.meaning) for column in columns)
        parts += [f"## {kind.capitalize()}", _table(("column", "type", "meaning"), rows)]
    return _page(parts)


def error_classes() -> str:
    """The classes of errors, and what the caller does next."""
    rows = ((f"`{error.__name__}`", error.next_move, _first_line(error)) for error in _errors())
    return _page(["# Errors", DRAWN, _table(("class", "next move", "meaning"), rows)])


def _errors() -> list[type[errors.LinguaPayError]]:
    return errors.LinguaPayError.__subclasses__()


MEMBERS: Final = """
A problem is `application/problem+json` (RFC 9457). Besides `type`, `title`, `status`, `detail` and `instance` (the
request's id, which is also in `X-Request-Id`) it has the members named here. `retry_after_seconds` is in `Retry-After`,
too. The service shows each type's page under its path, with the routes that answer it.
""".strip()

SAMPLES: Final = (
    *(errors.Refused("rule", "reason", way_out="way out"), errors.NotFound("kind", "id"), errors.Invalid("field", "")),
    *(errors.Stale(), errors.InFlight(""), errors.Unauthenticated(), errors.NotAllowed(), errors.TooMany()),
    *(errors.GatewayUnreachable(""), errors.Busy(""), errors.InDoubt("")),
)
"""One error of each class."""


def problems() -> str:
    """Every type of problems that the service answers."""
    rows = (
        (
            f"`{one.type}`",
            _statuses(one),
            one.title,
            ", ".join(f"`{name}`" for name in _members(one)) or "-",
            one.next_move,
        )
        for one in sorted(PROBLEMS, key=lambda one: (one.status, one.slug))
    )
    return _page(["# Problems", DRAWN, MEMBERS, _table(("type", "status", "title", "members", "what to do"), rows)])


def _statuses(problem: Problem) -> str:
    """The statuses with which a problem is answered."""
    told_of = [told(one, request_id="", promised=promised) for one in _samples(problem) for promised in (False, True)]
    return " or ".join(sorted({str(answer.status) for answer in told_of} or {str(problem.status)}))


def _members(problem: Problem) -> list[str]:
    """What a problem says besides what all say."""
    usual = {"type", "title", "status", "detail", "instance"}
    return [
        name for one in _samples(problem) for name in told(one, request_id="", promised=False).body if name not in usual
    ]


def _samples(problem: Problem) -> list[errors.LinguaPayError]:
    return [one for one in SAMPLES if OURS[type(one)] is problem]


READ: Final = f"""
Read from the environment and from a file `.env` in the working folder. A secret or a key in PEM may stand in a file of
its own, which these name:
{", ".join(f"`{name}`" for name in IN_FILES)}.
Nobody but its owner may read a file that holds a secret, and no variable that isn't listed here may begin with
`LINGUAPAY_`: with either, nothing starts.
""".strip()


def settings() -> str:
    """Every variable that is read."""
    rows = (
        (f"`{field.alias}`", _shown(field.default), str(field.description)) for field in Settings.model_fields.values()
    )
    return _page(
        [
            "# Settings",
            DRAWN,
            READ,
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


def command_line() -> str:
    """Every command, as its help tells it."""
    return _page(["# The command line", DRAWN, *commands.drawn()])


PAGES: Final[Mapping[str, Callable[[], str]]] = {
    "docs/machines.md": machines,
    "docs/books.md": books,
    "docs/errors.md": error_classes,
    "docs/exports.md": exports,
    "docs/lists.md": lists,
    "docs/figures.md": figures,
    "docs/problems.md": problems,
    "docs/settings.md": settings,
    "docs/cli.md": command_line,
}
"""What each page is drawn by."""


def write() -> None:
    """Write every page."""
    for page, draw in PAGES.items():
        (ROOT / page).write_text(draw(), encoding="utf-8")


if __name__ == "__main__":
    write()
