"""Reading Stripe's JSON strictly: every field is what Stripe documents, or the whole body is foreign."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final, TypeAlias, cast

Document: TypeAlias = Mapping[str, object]
"""A JSON object as Stripe sent it."""

_LARGEST: Final = 1 << 53
"""Integers beyond this don't survive JSON everywhere (RFC 8259, section 6), and no amount or stamp comes near it."""


class ForeignBody(Exception):
    """An answer that isn't in Stripe's shape. Its text names the field and never shows the value."""


def expect(document: Document, kind: str) -> None:
    """Check that it is an object of this kind."""
    if document.get("object") != kind:
        raise ForeignBody(f"this isn't a {kind}")


def text(document: Document, name: str) -> str:
    """A text that must be there."""
    value = document.get(name)
    if not isinstance(value, str):
        raise ForeignBody(f"{name} isn't a text")
    return value


def text_or_empty(document: Document, name: str) -> str:
    """A text, empty where Stripe says nothing."""
    return "" if document.get(name) is None else text(document, name)


def integer(document: Document, name: str) -> int:
    """A whole number that must be there."""
    value = document.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > _LARGEST:
        raise ForeignBody(f"{name} isn't a whole number")
    return value


def truth(document: Document, name: str) -> bool:
    """A truth value that must be there."""
    value = document.get(name)
    if not isinstance(value, bool):
        raise ForeignBody(f"{name} is neither true nor false")
    return value


def instant(document: Document, name: str) -> datetime:
    """A time in seconds since 1970, as an aware datetime in UTC."""
    try:
        return datetime.fromtimestamp(integer(document, name), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise ForeignBody(f"{name} is no time") from error


def inner(document: Document, name: str) -> Document:
    """An object that must be there."""
    return _as_object(document.get(name), name)


def inner_or_none(document: Document, name: str) -> Document | None:
    """An object, or None where Stripe says nothing."""
    return None if document.get(name) is None else inner(document, name)


def items(document: Document, name: str) -> tuple[Document, ...]:
    """The objects of an array that must be there."""
    value = document.get(name)
    if not isinstance(value, list):
        raise ForeignBody(f"{name} isn't an array")
    return tuple(_as_object(item, name) for item in value)


def id_at(document: Document, name: str) -> str:
    """The id of what stands there, expanded or not; empty where Stripe says nothing."""
    value = document.get(name)
    return text(cast("Document", value), "id") if isinstance(value, dict) else text_or_empty(document, name)


def _as_object(value: object, name: str) -> Document:
    if not isinstance(value, dict):
        raise ForeignBody(f"{name} isn't an object")
    return cast("Document", value)
