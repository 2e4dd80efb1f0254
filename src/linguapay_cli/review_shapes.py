"""A refund request under review as JSON, at a glance and closely. The fields are a contract, as those of ``shapes``."""

from __future__ import annotations

from collections.abc import Mapping

from linguapay_cli import shapes
from linguapay_cli.records import look_of
from linguapay_cli.shapes import Shape
from linguapay_cli.tables import as_data
from linguapay_cli.values import instant, money
from linguapay_core.domain.history import History
from linguapay_core.domain.machine import StateT
from linguapay_core.domain.refund_request import RefundRequest
from linguapay_core.domain.review import Consequence, Glance, Review


def glance(told: Glance) -> Shape:
    """A request, what is left of its payment, and what cancelling would have given back."""
    return {
        **as_data(told.request, look_of(RefundRequest)),
        "left": shapes.parts(told.payment.counters.left),
        "by_terms": shapes.parts(told.by_terms),
        "urgency": told.urgency,
    }


def review(told: Review) -> Shape:
    """All that there is to know about a request."""
    request, payment = told.glance.request, told.glance.payment
    return {
        **glance(told.glance),
        "approvals": [
            {"admin_id": one.admin_id, "amount": money(one.amount), "at": instant(one.at)} for one in request.approvals
        ],
        "texts": [{"by": text.author, "text": text.text} for text in told.texts],
        "payment": {
            "id": payment.id,
            "state": payment.state,
            "paid": shapes.parts(payment.counters.captured),
            "refunded": shapes.parts(payment.counters.refunded),
            "set_aside": shapes.parts(payment.counters.reserved),
        },
        "booking": shapes.booking(told.story.booking),
        "consequences": [_consequence(one) for one in told.consequences],
        "student": _history(told.student),
        "teacher": _history(told.teacher),
    }


def _consequence(told: Consequence) -> Shape:
    return {
        "platform_bears": told.platform_bears,
        "parts": shapes.parts(told.parts),
        "taken": [
            {"account": str(one.account), "amount": money(one.amount), "part": "fee" if one.of_fee else "price"}
            for one in told.taken
        ],
    }


def _history(told: History) -> Shape:
    return {
        "bookings": _by_state(told.bookings),
        "payments": _by_state(told.payments),
        "refund_requests": _by_state(told.requests),
        "refunded": [money(refunded) for refunded in told.refunded],
        "absent": told.absent,
        "contested": told.contested,
    }


def _by_state(told: Mapping[StateT, int]) -> Shape:
    return {str(state): how_many for state, how_many in sorted(told.items())}
