"""The worker numbers the receipts of payments that succeeded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from linguapay_core.domain.decision import changed
from linguapay_core.domain.receipt import number, paid_in
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.persistence import until_fresh

READER: Final = "receipts"
"""The name of this reader of the feed."""

BATCHES: Final = 20
"""How many batches are read in a row before the worker turns to something else."""


@dataclass(frozen=True, slots=True)
class NumberReceipts:
    """So many events in one transaction."""

    batch: int = 500


def number_receipts(command: NumberReceipts, *, transactions: Transactions, clock: Clock) -> int:
    """Give each payment that succeeded the next number, in the feed's order. Returns how many got one.

    Numbers follow each other without a gap and none is given twice, however many workers do so.
    """
    numbered = 0
    for _ in range(BATCHES):
        read, given = _number(command.batch, transactions, clock)
        numbered += given
        if read < command.batch:
            break
    return numbered


@until_fresh
def _number(batch: int, transactions: Transactions, clock: Clock) -> tuple[int, int]:
    """How many events were read, and how many numbers given: both in one transaction with the mark that moved.

    Two that read the same both move the same mark, so one of them is stale; what isn't kept has given no number.
    """
    with transactions.begin() as transaction:
        told, mark = transaction.news(transaction.feed_mark(READER), limit=batch)
        if not told:
            return 0, 0
        paid = [transaction.payment(payment_id) for payment_id in paid_in(told)]
        given = {live: transaction.receipts_given(live=live) for live in {payment.live for payment in paid}}
        transaction.keep(changed(mark) + number(paid, given, at=clock.now()))
    return len(told), len(paid)
