"""Memory, SQLite and PostgreSQL keep one contract."""

from collections.abc import Callable

import pytest

from linguapay_core.ports.projections import Projections
from linguapay_core.ports.reports import Reports
from linguapay_core.ports.stored_answers import StoredAnswers
from linguapay_core.ports.transactions import Transactions
from linguapay_core.ports.watch import Watch
from linguapay_core.testing.contract import (
    FIGURES_CONTRACT,
    REPORTS_CONTRACT,
    STORED_ANSWERS_CONTRACT,
    TRANSACTIONS_CONTRACT,
    WATCH_CONTRACT,
)
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


@pytest.mark.parametrize("check", FIGURES_CONTRACT, ids=sentence)
def test_figures(check: Callable[[Transactions, Reports, Projections], None], store: Store) -> None:
    check(store.transactions, store.reports, store.projections)


@pytest.mark.parametrize("check", WATCH_CONTRACT, ids=sentence)
def test_the_watch(check: Callable[[Transactions, Watch], None], store: Store) -> None:
    check(store.transactions, store.watch)


@pytest.mark.parametrize("check", STORED_ANSWERS_CONTRACT, ids=sentence)
def test_stored_answers(check: Callable[[StoredAnswers], None], store: Store) -> None:
    check(store.stored_answers)
