"""What Stripe has written down: balance transactions, events, the balance."""

from __future__ import annotations

from datetime import datetime

import stripe

from linguapay_adapters.stripe import lanes, translation
from linguapay_adapters.stripe.calls import Calls, in_list, page
from linguapay_adapters.stripe.outcome import ask, ask_page
from linguapay_adapters.stripe.reading import Document, expect, items
from linguapay_core.domain.answer import Answer
from linguapay_core.domain.money import Currency, Money
from linguapay_core.domain.page import Page
from linguapay_core.domain.seen import ForeignCash, SeenCash, SeenEvent


class Records(Calls):
    """What reconciliation compares our books with."""

    def cash(self, *, since: datetime, cursor: str = "") -> Answer[Page[SeenCash | ForeignCash]]:
        """List balance transactions from the second of ``since`` on, with what caused them.

        Those in currencies that we can't count in are named and not counted.
        """
        params: stripe.params.BalanceTransactionListParams = {
            "created": {"gte": int(since.timestamp())},
            "expand": in_list(["source"]),
        }
        return ask_page(
            lambda after: self._stripe.balance_transactions.list(page(params, after)), translation.cash_in_list, cursor
        )

    def events(self, *, since: datetime, cursor: str = "") -> Answer[Page[SeenEvent]]:
        """List events from the second of ``since`` on. Stripe keeps them for 30 days (Stripe: List all events)."""
        params: stripe.params.EventListParams = {"created": {"gte": int(since.timestamp())}}
        return ask_page(lambda after: self._stripe.events.list(page(params, after)), lanes.event, cursor)

    def balance(self, currency: Currency) -> Answer[Money]:
        """Add up available and pending funds; nothing where Stripe holds none in this currency."""
        return ask(self._stripe.balance.retrieve, lambda document: translation.balance(_funds(document), currency))


def _funds(document: Document) -> tuple[Document, ...]:
    expect(document, "balance")
    return items(document, "available") + items(document, "pending")
