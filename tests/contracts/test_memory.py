"""What only a store in memory has to show: that its one lock is never waited for in vain."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from linguapay_adapters.memory.reports import MemoryReports
from linguapay_adapters.memory.transactions import Memory, MemoryTransactions
from linguapay_core.domain.errors import Busy
from linguapay_core.testing.builders import a_booking, a_gig
from linguapay_core.testing.keeping import keep


def test_memory_that_somebody_has_is_busy() -> None:
    memory = Memory(wait_seconds=0)
    transactions, reports = MemoryTransactions(memory), MemoryReports(memory)
    with transactions.begin(), ThreadPoolExecutor(1) as pool:
        for attempt in (lambda: keep(transactions, a_gig()), reports.totals):
            with pytest.raises(Busy):
                pool.submit(attempt).result()
    keep(transactions, a_gig(), a_booking())
    assert list(reports.bookings()) == [a_booking().id]


def test_a_report_inside_a_transaction_is_a_bug() -> None:
    memory = Memory()
    with MemoryTransactions(memory).begin(), pytest.raises(AssertionError):
        MemoryReports(memory).totals()
