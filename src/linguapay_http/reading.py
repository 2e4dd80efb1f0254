"""Reading a request strictly, before anybody believes a word of it (RFC 8259, RFC 8725 for what comes twice)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, NoReturn, TypeVar
from urllib.parse import parse_qsl

from pydantic import ValidationError

from linguapay_core.domain.errors import Invalid
from linguapay_http.models import Model
from linguapay_http.problems import MALFORMED, NOT_JSON, Malformed

JSON: Final = "application/json"
MOST_PARAMETERS: Final = 50
ModelT = TypeVar("ModelT", bound=Model)


def read_body(content_type: str, body: bytes, wish: type[ModelT] | None) -> ModelT | None:
    """The body as what it must be; a door that takes none takes an empty object too.

    Raises ``Malformed`` for what isn't JSON, and ``Invalid`` for JSON that isn't what it must be.
    """
    if wish is None:
        if body not in (b"", b"{}"):
            raise Malformed(MALFORMED, "This route takes no body.")
        return None
    if content_type.partition(";")[0].strip().lower() != JSON:
        raise Malformed(NOT_JSON, f"The body must be {JSON}.")
    _check_json(body)
    try:
        return wish.model_validate_json(body)
    except ValidationError as error:
        raise _named(error) from None


def read_query(query: bytes, search: type[ModelT] | None) -> ModelT | None:
    """The query as what it may be. Raises ``Malformed`` and ``Invalid`` as ``read_body`` does."""
    try:
        pairs = parse_qsl(
            query.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST_PARAMETERS
        )
    except ValueError as error:
        raise Malformed(MALFORMED, "The query can't be read.") from error
    texts = _no_twins(pairs)
    if search is None:
        if texts:
            raise Invalid(next(iter(texts))[:64], "this route takes no query.")
        return None
    try:
        return search.model_validate_strings(texts)
    except ValidationError as error:
        raise _named(error) from None


def _check_json(body: bytes) -> None:
    try:
        json.loads(body.decode("utf-8"), object_pairs_hook=_no_twins, parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        raise Malformed(MALFORMED, "The body isn't UTF-8.") from error
    except RecursionError as error:
        raise Malformed(MALFORMED, "The body is nested too deeply.") from error
    except ValueError as error:
        raise Malformed(MALFORMED, f"The body isn't JSON: {error}.") from error


def _no_twins(pairs: Sequence[tuple[str, Any]]) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise Invalid(name[:64], "it is given twice.")
        found[name] = value
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _named(error: ValidationError) -> Invalid:
    """The first field that isn't what it must be. What was sent is never told again: it may be a secret."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    field = ".".join(str(part)[:64] for part in first["loc"]) or "body"
    reason = first["msg"].removeprefix("Value error, ")
    return Invalid(field, f"{reason[0].lower()}{reason[1:]}.")
