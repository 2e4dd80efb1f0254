"""The kinds of Stripe's objects that webhook events are about."""

from __future__ import annotations

from enum import StrEnum


class ObjectKind(StrEnum):
    """The kinds of Stripe objects whose news we follow."""

    INTENT = "intent"
    REFUND = "refund"
    TRANSFER = "transfer"
    ACCOUNT = "account"
    OTHER = "other"
