"""Decode forms and queries as Stripe reads them: `a[b][c]=x`, `a[0]=x` and `a[]=x`."""

import re
from urllib.parse import parse_qsl

from linguapay_adapters.stripe_sandbox.errors import refusal
from linguapay_adapters.stripe_sandbox.wire import Document

FIELDS_AT_MOST = 1000
DEPTH_AT_MOST = 10
NAME = re.compile(r"[^\[\]]+(\[[^\[\]]*\])*")


def decode(form: str) -> Document:
    """Turn a form into nested objects of text; an array is an object whose names are the positions 0, 1, ….

    Raises a refusal for a name that can't be read, or that is a value and an object at once.
    """
    if form.count("&") >= FIELDS_AT_MOST:
        raise refusal(f"Too many parameters: at most {FIELDS_AT_MOST} can be sent.")
    decoded: Document = {}
    for name, value in parse_qsl(form, keep_blank_values=True):
        _place(decoded, name, value)
    return decoded


def _place(decoded: Document, name: str, value: str) -> None:
    steps = name.replace("]", "").split("[")
    if not NAME.fullmatch(name) or len(steps) > DEPTH_AT_MOST:
        raise refusal("Invalid parameter name.", param=name)
    place = decoded
    for step in steps[:-1]:
        inner = place.setdefault(step or str(len(place)), {})
        if not isinstance(inner, dict):
            raise refusal(f"Invalid object: {inner}", param=name)
        place = inner
    last = steps[-1] or str(len(place))
    if isinstance(place.get(last), dict):
        raise refusal(f"Invalid string: {value}", param=name)
    place[last] = value
