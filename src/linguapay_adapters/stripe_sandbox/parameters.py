"""What an endpoint takes, as a table from names to the readers of their values.

A reader turns what the form says into a value, or refuses it in Stripe's words. Unknown names are refused first, then
values that can't be read, then what is missing. The empty text unsets what is `clearable` (the value is then None).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from linguapay_adapters.stripe_sandbox.errors import missing_parameter, refusal, unknown_parameters
from linguapay_adapters.stripe_sandbox.wire import Document

Reader: TypeAlias = Callable[[str, object], object]

TEXT_AT_MOST = 5000
DIGITS_AT_MOST = 15
AMOUNT_AT_MOST_MINOR = 99_999_999
METADATA_KEYS_AT_MOST = 50
METADATA_KEY_AT_MOST = 40
METADATA_VALUE_AT_MOST = 500
INTEGER = re.compile(r"-?[0-9]+")


@dataclass(frozen=True, slots=True)
class Parameter:
    """How one parameter is read, and whether a request can go without it."""

    read: Reader
    is_required: bool = False


Parameters: TypeAlias = Mapping[str, Parameter]


def required(read: Reader) -> Parameter:
    """A parameter that every request names."""
    return Parameter(read, is_required=True)


def optional(read: Reader) -> Parameter:
    """A parameter that a request may leave out."""
    return Parameter(read)


def read(table: Parameters, given: Document, inside: str | None = None) -> Document:
    """Read what was given by the table; `inside` names the object around it in messages."""

    def full(name: str) -> str:
        return f"{inside}[{name}]" if inside else name

    if unknown := [full(name) for name in given if name not in table]:
        raise unknown_parameters(unknown)
    values = {name: table[name].read(full(name), value) for name, value in given.items()}
    for name, parameter in table.items():
        if parameter.is_required and name not in given:
            raise missing_parameter(full(name))
    return values


def text(name: str, given: object) -> str:
    """Read a text that isn't empty."""
    if not isinstance(given, str):
        raise refusal(f"Invalid string: {given}", param=name)
    if given == "":
        raise refusal(
            f"You passed an empty string for '{name}'. We assume empty values are an attempt to unset a parameter; "
            f"however '{name}' cannot be unset. You should remove '{name}' from your request or supply a non-empty "
            "value.",
            code="parameter_invalid_empty",
            param=name,
        )
    if len(given) > TEXT_AT_MOST:
        raise refusal(f"Invalid string: must be at most {TEXT_AT_MOST} characters", param=name)
    return given


def integer(name: str, given: object) -> int:
    """Read a whole number."""
    value = text(name, given)
    if not INTEGER.fullmatch(value) or len(value) > DIGITS_AT_MOST:
        raise refusal(f"Invalid integer: {value}", code="parameter_invalid_integer", param=name)
    return int(value)


def amount(name: str, given: object) -> int:
    """Read an amount in minor units: at least 1, at most 99999999."""
    value = integer(name, given)
    if value < 1:
        raise refusal("This value must be greater than or equal to 1.", code="parameter_invalid_integer", param=name)
    if value > AMOUNT_AT_MOST_MINOR:
        raise refusal("Amount must be no more than $999,999.99", code="amount_too_large", param=name)
    return value


def boolean(name: str, given: object) -> bool:
    """Read `true` or `false`."""
    value = text(name, given)
    if value not in ("true", "false"):
        raise refusal(f"Invalid boolean: {value}", param=name)
    return value == "true"


def one_of(*allowed: str) -> Reader:
    """Read one of a few words."""

    def word(name: str, given: object) -> str:
        value = text(name, given)
        if value not in allowed:
            raise refusal(f"Invalid {name}: must be one of {', '.join(allowed)}", param=name)
        return value

    return word


def clearable(inner: Reader) -> Reader:
    """Read what the empty text unsets."""

    def value(name: str, given: object) -> object:
        return None if given == "" else inner(name, given)

    return value


def object_of(table: Parameters) -> Reader:
    """Read an object with a table of its own."""

    def nested(name: str, given: object) -> Document:
        if not isinstance(given, dict):
            raise refusal(f"Invalid object: {given}", param=name)
        return read(table, given, inside=name)

    return nested


def array_of(item: Reader) -> Reader:
    """Read a list, sent as `name[0]`, `name[1]`, … or as `name[]`."""

    def items(name: str, given: object) -> list[object]:
        if not isinstance(given, dict) or not all(key.isascii() and key.isdigit() for key in given):
            raise refusal(f"Invalid array: {given}", param=name)
        return [item(f"{name}[{key}]", given[key]) for key in sorted(given, key=int)]

    return items


def instants(name: str, given: object) -> Document:
    """Read one instant in Unix seconds, or a range of them (gt, gte, lt, lte)."""
    if isinstance(given, dict):
        return read({bound: optional(integer) for bound in ("gt", "gte", "lt", "lte")}, given, inside=name)
    at = integer(name, given)
    return {"gte": at, "lte": at}


def metadata(name: str, given: object) -> dict[str, str] | None:
    """Read metadata: 50 keys of 40 characters with values of 500; an empty value deletes its key, "" deletes all."""
    if given == "":
        return None
    if not isinstance(given, dict):
        raise refusal(f"Invalid object: {given}", param=name)
    for key, value in given.items():
        if not isinstance(value, str) or len(value) > METADATA_VALUE_AT_MOST:
            raise refusal(
                f"Metadata values must be text of at most {METADATA_VALUE_AT_MOST} characters.",
                param=f"{name}[{key}]",
            )
        if len(key) > METADATA_KEY_AT_MOST:
            raise refusal(f"Metadata keys can be at most {METADATA_KEY_AT_MOST} characters.", param=name)
    _check_metadata_count(given)
    return given


def merged_metadata(old: dict[str, str], new: dict[str, str] | None) -> dict[str, str]:
    """Lay new metadata over old: an empty value deletes its key, None deletes all."""
    if new is None:
        return {}
    merged = {key: value for key, value in {**old, **new}.items() if value != ""}
    _check_metadata_count(merged)
    return merged


def _check_metadata_count(pairs: dict[str, str]) -> None:
    if len(pairs) > METADATA_KEYS_AT_MOST:
        raise refusal(f"You can have at most {METADATA_KEYS_AT_MOST} metadata keys.", param="metadata")
