"""Errors, classed by what the caller does next.

A decline by a card's bank is no error, and neither is anything that Stripe may do: those are values. A bug is an
``AssertionError`` and has no class here.
"""

from __future__ import annotations

from typing import ClassVar


class LinguaPayError(Exception):
    """Whatever went wrong in a way that we foresaw. ``next_move`` says what the caller can do about it."""

    next_move: ClassVar[str] = "read the message"


class Refused(LinguaPayError):
    """A rule says no. Nothing changed; another request may be allowed.

    ``rule`` is a stable name, ``reason`` a sentence, ``way_out`` what would make it possible.
    """

    next_move = "change the request"

    def __init__(self, rule: str, reason: str, *, way_out: str = "") -> None:
        """Name the rule, why it refuses, and the way out if there is one."""
        super().__init__(f"{reason} {way_out}".strip())
        self.rule = rule
        self.reason = reason
        self.way_out = way_out


class NotFound(LinguaPayError):
    """No such object, or none that this person may know of: both look the same."""

    next_move = "none"

    def __init__(self, kind: str, identifier: str) -> None:
        """Name what was looked for."""
        super().__init__(f"There is no {kind} {identifier}.")
        self.kind = kind
        self.identifier = identifier


class Invalid(LinguaPayError):
    """A field is not what it must be. Nothing changed."""

    next_move = "correct the field that is named"

    def __init__(self, field: str, reason: str) -> None:
        """Name the field and what it must be."""
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


class Stale(LinguaPayError):
    """Somebody wrote in between. Nothing changed; read again."""

    next_move = "read again and repeat"


class InFlight(LinguaPayError):
    """The same thing is being done right now by somebody else."""

    next_move = "wait and repeat"

    def __init__(self, reason: str, *, retry_after_seconds: int = 1) -> None:
        """Say what is under way and when to look again."""
        super().__init__(reason)
        self.retry_after_seconds = retry_after_seconds


class Unauthenticated(LinguaPayError):
    """We don't know who is asking."""

    next_move = "sign in"


class NotAllowed(LinguaPayError):
    """We know who is asking, and the role may not do this."""

    next_move = "ask someone who may"


class GatewayUnreachable(LinguaPayError):
    """Stripe gave no definite answer. What was promised goes on without the caller."""

    next_move = "wait; we go on by ourselves"

    def __init__(self, reason: str, *, retry_after_seconds: int = 5) -> None:
        """Say what is unknown and when to look again."""
        super().__init__(reason)
        self.retry_after_seconds = retry_after_seconds


class Busy(LinguaPayError):
    """The database, its pool, a lock or the disk. Nothing happened."""

    next_move = "repeat later; nothing happened"

    def __init__(self, reason: str, *, retry_after_seconds: int = 1) -> None:
        """Say what is busy and when to try again."""
        super().__init__(reason)
        self.retry_after_seconds = retry_after_seconds


class InDoubt(LinguaPayError):
    """The database was lost while it stored. It may have happened, and repeating is safe.

    What was stored is found under its natural key, so that a repetition decides nothing or is refused by name.
    """

    next_move = "read again: it may have happened"

    def __init__(self, reason: str, *, retry_after_seconds: int = 1) -> None:
        """Say what was lost and when to look."""
        super().__init__(reason)
        self.retry_after_seconds = retry_after_seconds


class TooMany(LinguaPayError):
    """More requests than the limit allows."""

    next_move = "slow down"
