"""What the accounts of the books hold, and what moved one of them, for a person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from linguapay_cli.screen import FAINT, section, table
from linguapay_cli.values import NOTHING, bare, brief
from linguapay_cli.when import Times
from linguapay_core.domain.holdings import AccountPage, Holding
from linguapay_core.domain.ledger import CHART
from linguapay_core.domain.money import Money


def holdings(told: Sequence[Sequence[Holding]]) -> Group:
    """Every kind of accounts, in each currency."""
    tables = (section(in_currency[0].held.currency.code, _holdings(in_currency)) for in_currency in told)
    return Group(*tables) if told else Group(Text("The books are empty."))


def _holdings(told: Sequence[Holding]) -> Table:
    made = table("account", "grows by", "holds", "what it is", right=("holds",), fill="what it is")
    for one in told:
        nature = CHART[one.kind]
        style = "" if one.held else FAINT
        made.add_row(one.kind, nature.grows, Text(bare(one.held), style), Text(nature.meaning, FAINT))
    return made


def account_page(told: AccountPage, times: Times) -> Group:
    """What an account held, what moved it, and what it holds then."""
    return Group(*_parts(told, times))


def _parts(told: AccountPage, times: Times) -> Iterator[RenderableType]:
    yield Text.assemble((str(told.account), "bold"), (f", which grows by {CHART[told.account.kind].grows}", FAINT))
    yield Text(f"Before: {_sums(told.opening)}")
    yield Text("")
    made = table("When", "What", "About", "Change", "Holds", right=("Change", "Holds"), fill="What")
    for line in told.lines:
        about = brief(str(line.entry.subject))
        made.add_row(times.shown(line.entry.at), line.entry.what, about, str(line.change), str(line.holds))
    yield made
    yield Text("")
    yield Text(f"After: {_sums(told.closing)}")


def _sums(told: Sequence[Money]) -> str:
    return " and ".join(map(str, told)) or NOTHING
