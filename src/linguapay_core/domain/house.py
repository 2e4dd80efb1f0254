"""What a running house knows of itself: whom it serves, who works in it, and when its books were last proven."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from linguapay_core.domain.errors import Refused

SILENT: Final = timedelta(days=1)
"""After how long without a sign of life a worker is forgotten."""


class Mode(StrEnum):
    """Who plays Stripe, and whether money moves."""

    SANDBOX = "sandbox"
    TEST = "test"
    LIVE = "live"


@dataclass(frozen=True, slots=True)
class ServedAccount:
    """The account at Stripe whose payments a database holds. It serves no other, ever."""

    account_id: str
    mode: Mode


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """A worker's sign of life: since when it works, when its last round ended, and how much it did since it started."""

    worker_id: str
    started_at: datetime
    beat_at: datetime
    last_round_at: datetime | None = None
    done: int = 0
    troubles: int = 0


@dataclass(frozen=True, slots=True)
class Verification:
    """When the books were last checked, and how much didn't hold."""

    at: datetime
    breaches: int


def check_mode(remembered: ServedAccount | None, mode: Mode) -> None:
    """A database that remembers an account is opened in that account's mode only. Raises ``Refused``.

    So a key that got lost never turns production into a sandbox, nor a live key a rehearsal into production.
    """
    if remembered is not None and remembered.mode is not mode:
        raise Refused(
            "another_account",
            f"This database holds payments of {_named(remembered)}, and the settings say {_spoken(mode)}.",
            way_out="Set the STRIPE_SECRET_KEY of that account, or name another database in LINGUAPAY_DATABASE_URL.",
        )


def check_account(remembered: ServedAccount, seen: ServedAccount) -> None:
    """The key's account is the one that the database remembers. Raises ``Refused``."""
    if remembered != seen:
        raise Refused(
            "another_account",
            f"This database holds payments of {_named(remembered)}, and the key belongs to {_named(seen)}.",
            way_out="Set the STRIPE_SECRET_KEY of that account, or name another database in LINGUAPAY_DATABASE_URL.",
        )


def _named(account: ServedAccount) -> str:
    return f"{account.account_id} ({_spoken(account.mode)})"


def _spoken(mode: Mode) -> str:
    return "the sandbox" if mode is Mode.SANDBOX else f"{mode} mode"
