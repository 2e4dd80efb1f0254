"""Values as somebody words them in a question, read by the type that is expected: ``"open"`` as a payment's state."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final, TypeAlias

from linguapay_core.domain.errors import Invalid
from linguapay_core.domain.identifiers import Identifier, PersonId
from linguapay_core.domain.machine import either
from linguapay_core.domain.money import LARGEST_MINOR

Wording: TypeAlias = str | bool | int | datetime
"""What may be given: text, or the value itself."""

Value: TypeAlias = str | bool | int | datetime
"""What is read: a name or a member of an enumeration (both are text), yes or no, minor units, an instant in UTC."""

FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2199

_NAME: Final = re.compile(r"[ -~]{1,255}")
_DIGITS: Final = re.compile(r"[0-9]{1,20}")
_ANSWERS: Final = {"true": True, "false": False}


def read(field: str, kind: type[Any], given: Wording) -> Value:
    """Read a value of this type. Raises ``Invalid``, naming the field, for what can't be one."""
    reader = next(reader for base, reader in _READERS.items() if issubclass(kind, base))
    return reader(field, kind, given)


def instant(field: str, given: Wording) -> datetime:
    """An instant, in UTC. Raises ``Invalid`` for one without a zone, or centuries away."""
    try:
        at = given if isinstance(given, datetime) else datetime.fromisoformat(str(given))
    except ValueError:
        raise Invalid(field, "a time is written as 2026-03-02T09:00:00Z (RFC 3339).") from None
    if at.utcoffset() is None:
        raise Invalid(field, "a time needs its zone, as the Z in 2026-03-02T09:00:00Z.")
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise Invalid(field, f"a time lies in the years {FIRST_YEAR} to {LAST_YEAR}.")
    return at.astimezone(UTC)


def _member(field: str, kind: type[Any], given: Wording) -> Value:
    words = [str(member) for member in kind]
    if given not in words:
        raise Invalid(field, f"this is one of {either(words)}.")
    member: StrEnum = kind(given)
    return member


def _identifier(field: str, kind: type[Any], given: Wording) -> Value:
    name: Identifier = kind.parse(str(given), field=field)
    return name


def _person(field: str, _kind: type[Any], given: Wording) -> Value:
    return PersonId.parse(str(given), field=field)


def _answer(field: str, _kind: type[Any], given: Wording) -> Value:
    answer = given if isinstance(given, bool) else _ANSWERS.get(str(given))
    if answer is None:
        raise Invalid(field, "this is true or false.")
    return answer


def _instant(field: str, _kind: type[Any], given: Wording) -> Value:
    return instant(field, given)


def _minor(field: str, _kind: type[Any], given: Wording) -> Value:
    text = str(given)
    if isinstance(given, bool) or not _DIGITS.fullmatch(text) or int(text) > LARGEST_MINOR:
        raise Invalid(field, f"an amount is a whole number of minor units, of 0 to {LARGEST_MINOR}.")
    return int(text)


def _name(field: str, _kind: type[Any], given: Wording) -> Value:
    if not _NAME.fullmatch(str(given)):
        raise Invalid(field, "a name is 1 to 255 letters, digits, signs and spaces of ASCII.")
    return str(given)


_READERS: Final[Mapping[type[Any], Callable[[str, type[Any], Wording], Value]]] = {
    StrEnum: _member,
    Identifier: _identifier,
    PersonId: _person,
    bool: _answer,
    int: _minor,
    datetime: _instant,
    str: _name,
}
"""How a value is read, by its type or by the first type here that it is one of."""
