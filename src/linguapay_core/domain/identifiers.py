"""Identifiers: typed, prefixed, ordered by time, and made by us before the first call to anyone.

The host platform's people keep the host platform's identifiers, which say nothing to us but who is who.
"""

from __future__ import annotations

import re
from typing import ClassVar, Final, Self

from linguapay_core.domain.errors import Invalid

ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32 in lower case: no letter looks like a digit, and text order is number order."""

LENGTH: Final = 26
"""128 bits: 48 of milliseconds since 1970, then 80 of chance (as a ULID has them)."""

_BODY: Final = re.compile(f"[{ALPHABET}]{{{LENGTH}}}")
_PERSON: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:|-]{0,63}")
_REFERENCE: Final = re.compile(r"[A-Za-z0-9._/-]{1,64}")


def encode(number: int) -> str:
    """A 128-bit number as 26 letters, in the order of the numbers."""
    assert 0 <= number < 1 << 128, number
    return "".join(ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))


class Identifier(str):
    """The name of one of our objects: a prefix for its kind, ``_``, and 26 letters."""

    __slots__ = ()
    prefix: ClassVar[str]
    kind: ClassVar[str]

    @classmethod
    def of(cls, number: int) -> Self:
        """The identifier that stands for a 128-bit number."""
        return cls(f"{cls.prefix}_{encode(number)}")

    @classmethod
    def parse(cls, text: str, *, field: str | None = None) -> Self:
        """Read one that somebody sent. Raises ``Invalid``, naming the field, if it isn't of this kind."""
        prefix, _, body = text.partition("_")
        if prefix != cls.prefix or not _BODY.fullmatch(body):
            name = field or f"{cls.kind.replace(' ', '_')}_id"
            raise Invalid(name, f"{text[:64]!r} is not the identifier of a {cls.kind}: those look like {cls.prefix}_….")
        return cls(text)


class GigId(Identifier):
    """Names a gig."""

    __slots__ = ()
    prefix = "gig"
    kind = "gig"


class BookingId(Identifier):
    """Names a booking."""

    __slots__ = ()
    prefix = "bkg"
    kind = "booking"


class PaymentId(Identifier):
    """Names a payment."""

    __slots__ = ()
    prefix = "pay"
    kind = "payment"


class RefundRequestId(Identifier):
    """Names a refund request."""

    __slots__ = ()
    prefix = "rrq"
    kind = "refund request"


class RefundId(Identifier):
    """Names a refund."""

    __slots__ = ()
    prefix = "rfd"
    kind = "refund"


class TransferId(Identifier):
    """Names a transfer."""

    __slots__ = ()
    prefix = "trf"
    kind = "transfer"


class TextId(Identifier):
    """Names a piece of free text, which can be erased while its identifier stays."""

    __slots__ = ()
    prefix = "txt"
    kind = "text"


class EventId(Identifier):
    """Names an event of ours by its number in the feed."""

    __slots__ = ()
    prefix = "evn"
    kind = "event"


class SubscriptionId(Identifier):
    """Names a subscription to our events."""

    __slots__ = ()
    prefix = "sub"
    kind = "subscription"


class MessageId(Identifier):
    """Names a message to a subscriber, the same however often it is sent."""

    __slots__ = ()
    prefix = "msg"
    kind = "message"


IDENTIFIERS: Final[tuple[type[Identifier], ...]] = (
    GigId,
    BookingId,
    PaymentId,
    RefundRequestId,
    RefundId,
    TransferId,
    TextId,
    EventId,
    SubscriptionId,
    MessageId,
)


class PersonId(str):
    """Who somebody is to the host platform: a student, a teacher, an admin, or several of these."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str, *, field: str) -> Self:
        """Read one that somebody sent. Raises ``Invalid``, naming the field."""
        if not _PERSON.fullmatch(text):
            raise Invalid(
                field, "a person's identifier is 1 to 64 letters, digits and _ . : | -, a letter or digit first."
            )
        return cls(text)


def check_reference(reference: str, *, whose: str) -> None:
    """Raise ``Invalid`` for what can't be somebody's name of something that happened once, as of a bank transfer."""
    if not _REFERENCE.fullmatch(reference):
        raise Invalid("reference", f"a reference is {whose}: 1 to 64 letters, digits and . _ / -.")
