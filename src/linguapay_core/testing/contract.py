"""What every store must do, as plain functions. Run each over a store of its own, empty at the start.

``@pytest.mark.parametrize("check", TRANSACTIONS_CONTRACT)``, then ``check(transactions)``; those of
``REPORTS_CONTRACT`` and ``WATCH_CONTRACT`` take the reports or the watch of the same store as well, and those of
``FIGURES_CONTRACT`` its reports and its projections.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from linguapay_core.ports.projections import Projections
from linguapay_core.ports.reports import Reports
from linguapay_core.ports.stored_answers import StoredAnswers
from linguapay_core.ports.transactions import Transactions
from linguapay_core.ports.watch import Watch
from linguapay_core.testing import (
    closings_contract,
    erasure_contract,
    feed_contract,
    figures_contract,
    finding_contract,
    history_contract,
    holdings_contract,
    listing_contract,
    messages_contract,
    records_contract,
    reports_contract,
    stored_answers_contract,
    waiting_contract,
    watch_contract,
    writing_contract,
)

TRANSACTIONS_CONTRACT: Final[tuple[Callable[[Transactions], None], ...]] = (
    *records_contract.RECORDS_CONTRACT,
    *writing_contract.WRITING_CONTRACT,
    *finding_contract.FINDING_CONTRACT,
    *messages_contract.MESSAGES_CONTRACT,
    *erasure_contract.ERASURE_CONTRACT,
)
REPORTS_CONTRACT: Final[tuple[Callable[[Transactions, Reports], None], ...]] = (
    *reports_contract.REPORTS_CONTRACT,
    *listing_contract.LISTING_CONTRACT,
    *closings_contract.CLOSINGS_CONTRACT,
    *feed_contract.FEED_CONTRACT,
    *holdings_contract.HOLDINGS_CONTRACT,
    *history_contract.HISTORY_CONTRACT,
    *waiting_contract.WAITING_CONTRACT,
)
FIGURES_CONTRACT: Final[tuple[Callable[[Transactions, Reports, Projections], None], ...]] = (
    figures_contract.FIGURES_CONTRACT
)
WATCH_CONTRACT: Final[tuple[Callable[[Transactions, Watch], None], ...]] = watch_contract.WATCH_CONTRACT
STORED_ANSWERS_CONTRACT: Final[tuple[Callable[[StoredAnswers], None], ...]] = (
    stored_answers_contract.STORED_ANSWERS_CONTRACT
)
