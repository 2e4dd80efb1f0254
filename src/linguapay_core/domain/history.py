"""What somebody has to do with lessons and money so far, in numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from linguapay_core.domain.booking import BookingState
from linguapay_core.domain.machine import Role
from linguapay_core.domain.money import Money
from linguapay_core.domain.payment import PaymentState
from linguapay_core.domain.refund_request import RequestState

Side: TypeAlias = Literal[Role.STUDENT, Role.TEACHER]
"""The two sides of a lesson."""

SIDES: Final[tuple[Side, ...]] = (Role.STUDENT, Role.TEACHER)


@dataclass(frozen=True, slots=True)
class History:
    """Somebody's lessons, their payments, and the refund requests about these: how many are in each state.

    ``refunded`` is what went back of the payments, in each currency. ``absent`` counts the lessons at which the other
    side says that they weren't there, ``contested`` those about which the sides disagreed at some time.
    """

    bookings: Mapping[BookingState, int]
    payments: Mapping[PaymentState, int]
    requests: Mapping[RequestState, int]
    refunded: tuple[Money, ...] = ()
    absent: int = 0
    contested: int = 0
