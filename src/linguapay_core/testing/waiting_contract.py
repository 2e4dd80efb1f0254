"""Every store tells alike what waits now and what happened last."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from linguapay_core.domain.dashboard import Tally, Waiting
from linguapay_core.domain.identifiers import RefundRequestId, TextId, TransferId
from linguapay_core.domain.ledger import ESCROW, REFUND_CLEARING
from linguapay_core.domain.money import USD
from linguapay_core.domain.refund_request import RequestState
from linguapay_core.domain.transfer import Hold, TransferState
from linguapay_core.ports.reports import Reports
from linguapay_core.ports.transactions import Transactions
from linguapay_core.testing.builders import NOON, a_refund_request, a_text, a_transfer, an_alarm, an_event, usd
from linguapay_core.testing.feed_contract import whole_feed
from linguapay_core.testing.figures_contract import DAY, MIDNIGHT, PAYABLE, SPAN, moved
from linguapay_core.testing.keeping import begin_lesson, keep


def check_held_transfers_are_tallied_with_what_is_payable(transactions: Transactions, reports: Reports) -> None:
    """Those that wait now, whenever they began to, by the reason why."""
    payment = begin_lesson(transactions)
    keep(
        transactions,
        payment,
        a_transfer(state=TransferState.ON_HOLD, hold=Hold.CONTESTED, amount=usd(0), scheduled_at=NOON - 99 * DAY),
        a_transfer(id=TransferId.of(2), state=TransferState.CREATED, amount=usd(5)),
        moved(1, ESCROW, PAYABLE, usd(2000)),
        moved(2, PAYABLE, REFUND_CLEARING, usd(300)),
    )
    assert reports.figures(SPAN).held == {(USD, Hold.CONTESTED): Tally(1, 1700)}


def check_a_held_transfer_with_nothing_payable_counts(transactions: Transactions, reports: Reports) -> None:
    """It waits all the same."""
    begin_lesson(transactions)
    keep(transactions, a_transfer(state=TransferState.ON_HOLD, hold=Hold.BY_ADMIN, amount=usd(0)))
    assert reports.figures(SPAN).held == {(USD, Hold.BY_ADMIN): Tally(1, 0)}


def check_open_requests_are_tallied_by_their_state(transactions: Transactions, reports: Reports) -> None:
    """Those that wait now, whenever they were submitted, with how long they have waited."""
    begin_lesson(transactions)
    ours = {1: MIDNIGHT, 2: NOON + timedelta(microseconds=2), 3: MIDNIGHT - 500 * DAY, 4: NOON, 5: NOON}
    states = {3: RequestState.BLOCKED, 5: RequestState.DONE}
    for number, at in ours.items():
        keep(
            transactions,
            a_text(id=TextId.of(number)),
            a_refund_request(
                id=RefundRequestId.of(number),
                reason_id=TextId.of(number),
                submitted_at=at,
                state=states.get(number, RequestState.SUBMITTED),
                amount=usd(number),
            ),
        )
    long_ago, mean = MIDNIGHT - 500 * DAY, MIDNIGHT + timedelta(hours=8)
    assert reports.figures(SPAN).requests == {
        (USD, RequestState.SUBMITTED): Waiting(3, 7, oldest_at=MIDNIGHT, mean_at=mean),
        (USD, RequestState.BLOCKED): Waiting(1, 3, oldest_at=long_ago, mean_at=long_ago),
    }


def check_alarms_and_the_latest_events_are_shown(transactions: Transactions, reports: Reports) -> None:
    """The alarms that stand, and the last twenty events, the newest first, under their names in the feed."""
    keep(transactions, an_alarm(id="a"), an_alarm(id="b"), an_alarm(id="c", cleared_at=NOON))
    keep(transactions, *(an_event(why=f"{number}") for number in range(23)))
    found = reports.figures(SPAN)
    assert found.open_alarms == 2  # noqa: PLR2004 - two of the three
    assert [told.event.why for told in found.recent] == [f"{number}" for number in range(22, 2, -1)]
    assert [told.id for told in found.recent] == [told.id for told in whole_feed(reports, 1000)][:2:-1]


WAITING_CONTRACT: Final = (
    check_held_transfers_are_tallied_with_what_is_payable,
    check_a_held_transfer_with_nothing_payable_counts,
    check_open_requests_are_tallied_by_their_state,
    check_alarms_and_the_latest_events_are_shown,
)
