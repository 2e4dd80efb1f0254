"""Balance transactions, events and the balance, through the real SDK against the sandbox."""

from datetime import timedelta

from linguapay_adapters.stripe import translation
from linguapay_core.domain.money import CURRENCIES, USD, Money
from linguapay_core.domain.object_kind import ObjectKind
from linguapay_core.domain.seen import ForeignCash, SeenCash, SeenEvent
from tests.adapters.stripe.desk import NOON, Desk, usd, value_of


def test_a_movement_in_a_currency_that_we_cant_count_in_is_named() -> None:
    document = {"object": "balance_transaction", "id": "txn_1", "type": "charge", "currency": "xco", "source": "ch_1"}
    assert translation.cash_in_list(document) == ForeignCash("txn_1", "charge", "XCO", "ch_1")


def cash(desk: Desk) -> list[SeenCash]:
    """All balance transactions since noon, page by page."""
    found: list[SeenCash] = []
    cursor = ""
    while True:
        page = value_of(desk.gateway.cash(since=NOON, cursor=cursor))
        found += [movement for movement in page.items if isinstance(movement, SeenCash)]
        cursor = page.next_cursor
        if not cursor:
            return found


def test_the_balance_is_the_sum_of_what_every_balance_transaction_changed(desk: Desk) -> None:
    paid = desk.paid()
    value_of(desk.gateway.create_refund(desk.refund_order(paid.id, 1000)))
    desk.sandbox.adjust(77)
    desk.sandbox.charge_stripe_fee(5)
    movements = cash(desk)
    assert [movement.kind for movement in movements][1:] == ["adjustment", "refund", "charge"]
    assert sum((movement.net for movement in movements), usd(0)) == value_of(desk.gateway.balance(USD))


def test_a_movement_without_an_object_has_no_source(desk: Desk) -> None:
    desk.sandbox.adjust(77)
    assert cash(desk)[0].source == ""


def test_the_balance_in_a_currency_that_stripe_holds_none_of_is_nothing(desk: Desk) -> None:
    euros = CURRENCIES["EUR"]
    assert value_of(desk.gateway.balance(euros)) == Money(0, euros)


def test_more_movements_than_a_page_come_page_by_page_without_a_gap(desk: Desk) -> None:
    for _ in range(205):
        desk.sandbox.adjust(1)
    found = cash(desk)
    assert len({movement.id for movement in found}) == len(found) == 205


def test_only_what_is_new_enough_is_listed(desk: Desk) -> None:
    desk.sandbox.adjust(1)
    desk.clock.advance(timedelta(hours=1))
    desk.sandbox.adjust(2)
    page = value_of(desk.gateway.cash(since=NOON + timedelta(hours=1)))
    assert [movement.amount for movement in page.items if isinstance(movement, SeenCash)] == [usd(2)]
    assert value_of(desk.gateway.cash(since=NOON + timedelta(hours=2))).items == ()


def test_events_tell_which_object_they_are_news_of(desk: Desk) -> None:
    paid = desk.paid()
    refund = value_of(desk.gateway.create_refund(desk.refund_order(paid.id, 1000)))
    events = value_of(desk.gateway.events(since=NOON)).items
    news = {(event.kind, event.object_kind, event.object_id) for event in events}
    assert ("payment_intent.succeeded", ObjectKind.INTENT, paid.id) in news
    assert ("charge.updated", ObjectKind.INTENT, paid.id) in news
    assert ("charge.refunded", ObjectKind.INTENT, paid.id) in news
    assert ("refund.created", ObjectKind.REFUND, refund.id) in news


def test_an_event_that_is_listed_is_the_event_that_is_sent(desk: Desk) -> None:
    desk.customer()
    event = value_of(desk.gateway.events(since=NOON)).items[0]
    assert event == SeenEvent(event.id, "customer.created", ObjectKind.OTHER, event.object_id, False, NOON)
