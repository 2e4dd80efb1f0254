"""The books as tables: the entries of one lesson, and what every account holds."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from linguapay_cli.screen import FAINT, table
from linguapay_cli.values import bare
from linguapay_core.domain.ledger import CHART, STRIPE_BALANCE, Balances
from linguapay_core.domain.story import Story


def ledger(story: Story) -> Table:
    """Every leg of a lesson's entries, and what the lesson has left at Stripe after it."""
    amount, running = story.booking.quote.total.currency.code, "at\nStripe"
    made = table("", "what", "debit", "credit", amount, running, right=(amount, running))
    books = Balances(story.booking.quote.total.currency)
    for entry in sorted(story.entries, key=lambda entry: entry.at):
        head = (f"{entry.at.day} {entry.at:%b}", entry.what)
        before, books = books[STRIPE_BALANCE], books.after((entry,))
        shown = before
        for leg in entry.legs:
            for account, sign in ((leg.debit, 1), (leg.credit, -1)):
                if account == STRIPE_BALANCE:
                    shown = shown + leg.amount if sign > 0 else shown - leg.amount
            style = "" if shown != before else FAINT
            made.add_row(*head, leg.debit.kind, leg.credit.kind, bare(leg.amount), Text(bare(shown), style))
            head = ("", "")
    return made


def holdings(balances: Balances) -> Table:
    """What every account holds, and what that means."""
    amount = balances.currency.code
    made = table("account", "grows by", amount, "what it is", right=(amount,), fill="what it is")
    for account, held in balances.items():
        nature = CHART[account.kind]
        made.add_row(str(account), nature.grows, bare(held), Text(nature.meaning, FAINT))
    return made
