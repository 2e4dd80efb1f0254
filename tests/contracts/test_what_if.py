"""Whatever happened to a lesson, memory and SQLite replay it alike, and the present policy gives their books."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import settings

from linguapay_adapters.sql.engine import connect
from linguapay_adapters.sql.migrate import upgrade
from linguapay_core.domain.decision import Decision
from linguapay_core.domain.ledger import ESCROW, GOODWILL, PLATFORM_FEE
from linguapay_core.domain.policies import Policies
from linguapay_core.testing.builders import a_gig, a_text
from linguapay_core.testing.keeping import keep
from linguapay_core.use_cases.what_if import WhatIf, what_if
from tests.contracts.conftest import Store, in_engine, in_memory
from tests.domain.history import History
from tests.domain.lesson import OTHER, Lesson


class StoredLesson(Lesson):
    """A lesson that is kept in memory and in SQLite too."""

    def __init__(self, stores: tuple[Store, ...]) -> None:
        super().__init__()
        self.stores = stores

    def keep(self, decision: Decision[object]) -> None:
        super().keep(decision)
        for store in self.stores:
            with store.transactions.begin() as transaction:
                transaction.keep(decision)


class StoredHistory(History):
    """Anything that may happen to one paid lesson, in two stores."""

    def __init__(self) -> None:
        super().__init__()
        self.engine = connect("sqlite://")
        upgrade(self.engine)
        self.stores = (in_memory(), in_engine(self.engine))
        lesson = Lesson()
        for store in self.stores:
            other = replace(OTHER, version=0, intent_id="pi_other", charge_id="ch_other", holds_booking=False)
            keep(store.transactions, a_gig(), replace(lesson.booking, version=0), replace(lesson.payment, version=0))
            keep(store.transactions, other, a_text())

    def began(self, _owed: int) -> StoredLesson:
        return StoredLesson(self.stores)

    def teardown(self) -> None:
        found = [what_if(WhatIf(), reports=store.reports, policies=Policies()) for store in self.stores]
        assert found[0] == found[1]
        (comparison,) = found[0]
        (books,) = self.stores[0].reports.totals().balances
        assert comparison.was == comparison.would_be
        assert [comparison.would_be.platform_fees, comparison.would_be.goodwill, comparison.would_be.in_escrow] == [
            books[account].amount_minor for account in (PLATFORM_FEE, GOODWILL, ESCROW)
        ]
        self.engine.dispose()


TestStoredHistory = StoredHistory.TestCase
TestStoredHistory.settings = settings(max_examples=10, stateful_step_count=20, deadline=None)
