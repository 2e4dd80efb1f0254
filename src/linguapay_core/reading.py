"""The part of LinguaPay that changes nothing and asks nobody outside: one attribute per use case.

It is a class of its own, because a list needn't wait for the import of all that acts. For the same reason these use
cases import rules where they use them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, tzinfo

from linguapay_core.binding import bind
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.reports import Reports
from linguapay_core.use_cases.check_books import CheckBooks, check_books
from linguapay_core.use_cases.explain import Explain, explain
from linguapay_core.use_cases.follow_account import FollowAccount, follow_account
from linguapay_core.use_cases.list_records import ListRecords, list_records
from linguapay_core.use_cases.list_refund_queue import ListRefundQueue, list_refund_queue
from linguapay_core.use_cases.read_balances import ReadBalances, read_balances
from linguapay_core.use_cases.read_events import ReadEvents, read_events
from linguapay_core.use_cases.read_texts import ReadTexts, read_texts
from linguapay_core.use_cases.review_refund_request import ReviewRefundRequest, review_refund_request
from linguapay_core.use_cases.show_dashboard import ShowDashboard, show_dashboard
from linguapay_core.use_cases.show_record import ShowRecord, show_record


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingPorts:
    """What reading needs of the outside. ``zone`` says which days are the marketplace's."""

    reports: Reports
    clock: Clock
    zone: tzinfo = UTC


class Reading:
    """What may be asked. It holds no state of its own and may be shared between threads."""

    def __init__(self, ports: ReadingPorts) -> None:
        """Bind every use case that reads."""
        self.list_records = bind(ports, ListRecords, list_records)
        self.show_record = bind(ports, ShowRecord, show_record)
        self.read_texts = bind(ports, ReadTexts, read_texts)
        self.read_events = bind(ports, ReadEvents, read_events)
        self.list_refund_queue = bind(ports, ListRefundQueue, list_refund_queue)
        self.review_refund_request = bind(ports, ReviewRefundRequest, review_refund_request)
        self.show_dashboard = bind(ports, ShowDashboard, show_dashboard)
        self.read_balances = bind(ports, ReadBalances, read_balances)
        self.follow_account = bind(ports, FollowAccount, follow_account)
        self.check_books = bind(ports, CheckBooks, check_books)
        self.explain = bind(ports, Explain, explain)
