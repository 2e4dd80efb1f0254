"""Memory, SQLite and PostgreSQL keep one contract."""

from collections.abc import Callable

import pytest

from linguapay_core.ports.reports import Reports
from linguapay_core.ports.transactions import Transactions
from linguapay_core.testing.contract import REPORTS_CONTRACT, TRANSACTIONS_CONTRACT
from tests.contracts.conftest import Store


def sentence(check: Callable[..., None]) -> str:
    """Name a test by what it checks."""
    return check.__name__.removeprefix("check_")


@pytest.mark.parametrize("check", TRANSACTIONS_CONTRACT, ids=sentence)
def test_transactions(check: Callable[[Transactions], None], store: Store) -> None:
    check(store.transactions)


@pytest.mark.parametrize("check", REPORTS_CONTRACT, ids=sentence)
def test_reports(check: Callable[[Transactions, Reports], None], store: Store) -> None:
    check(store.transactions, store.reports)
