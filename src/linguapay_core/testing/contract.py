"""What every store must do, as plain functions. Run each over a store of its own, empty at the start.

``@pytest.mark.parametrize("check", TRANSACTIONS_CONTRACT)``, then ``check(transactions)``; those of
``REPORTS_CONTRACT`` take the reports of the same store as well.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from linguapay_core.ports.reports import Reports
from linguapay_core.ports.transactions import Transactions
from linguapay_core.testing import finding_contract, records_contract, reports_contract, writing_contract

TRANSACTIONS_CONTRACT: Final[tuple[Callable[[Transactions], None], ...]] = (
    *records_contract.RECORDS_CONTRACT,
    *writing_contract.WRITING_CONTRACT,
    *finding_contract.FINDING_CONTRACT,
)
REPORTS_CONTRACT: Final[tuple[Callable[[Transactions, Reports], None], ...]] = reports_contract.REPORTS_CONTRACT
