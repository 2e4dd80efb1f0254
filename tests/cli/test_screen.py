"""The look of things: every state has a sign, told apart without colours, and what can't be shown is replaced."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from linguapay_cli.screen import SIGNS, day, day_and_time, state
from linguapay_cli.values import bare, visible
from linguapay_core.domain.booking import BOOKING
from linguapay_core.domain.delivery import DELIVERY
from linguapay_core.domain.effect import EFFECT
from linguapay_core.domain.money import CURRENCIES, Money
from linguapay_core.domain.payment import PAYMENT
from linguapay_core.domain.refund import REFUND
from linguapay_core.domain.refund_request import REFUND_REQUEST
from linguapay_core.domain.subscription import SUBSCRIPTION
from linguapay_core.domain.transfer import TRANSFER
from linguapay_core.domain.webhook_event import WEBHOOK_EVENT
from tests.cli.terminal import run

STATES = [
    str(one)
    for machine in (BOOKING, PAYMENT, REFUND_REQUEST, REFUND, TRANSFER, EFFECT, WEBHOOK_EVENT, SUBSCRIPTION, DELIVERY)
    for one in machine.table
]


def test_what_somebody_wrote_cannot_steer_the_terminal() -> None:
    """No escape sequence, no line of its own: a reason can't forge what the card says."""
    assert visible("sorry\n1 admin approves it\x1b[8m\r") == "sorry 1 admin approves it [8m "


def test_every_state_of_every_machine_has_a_sign_and_nothing_else_has() -> None:
    assert set(SIGNS) == set(STATES)


def test_no_two_styles_share_a_sign() -> None:
    styles = {sign: {style for other, style in SIGNS.values() if other == sign} for sign, _ in SIGNS.values()}
    assert all(len(shown) == 1 for shown in styles.values())


def test_a_state_is_shown_as_words() -> None:
    assert state("on_hold").plain == "‖ on hold"


@pytest.mark.parametrize(
    ("minor", "code", "shown"), [(123456, "USD", "1,234.56"), (-50, "USD", "-0.50"), (700, "JPY", "700")]
)
def test_a_bare_amount_has_no_currency(minor: int, code: str, shown: str) -> None:
    assert bare(Money(minor, CURRENCIES[code])) == shown


def test_days_are_shown_without_leading_zeros() -> None:
    at = datetime(2026, 3, 5, 9, 0, tzinfo=UTC)
    assert (day(at), day_and_time(at)) == ("Thu 5 March 2026", "Thu 5 Mar 09:00")


def test_a_terminal_that_knows_ascii_alone_is_no_reason_to_fail(tmp_path: Path) -> None:
    ended = run(tmp_path, "demo", PYTHONUTF8="0", PYTHONIOENCODING="ascii", LC_ALL="C", PYTHONCOERCECLOCALE="0")
    assert (ended.code, ended.err) == (0, "")
    assert "? completed" in ended.out
