"""Logs: one line for each thing that happened, as JSON for machines or as text for a person.

Whoever logs gives fields as ``extra={"fields": {…}}``. No line can be forged: control characters are escaped, what is
long is cut, and what looks like a secret is masked. Libraries are heard from warnings on: below, they tell bodies.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Final, Literal, TextIO

from linguapay_adapters.telling.masking import masked
from linguapay_core.domain.errors import LinguaPayError, Refused

LONGEST_TEXT: Final = 2_000
"""How much of a message or field is told, in characters."""

LONGEST_TRACEBACK: Final = 20_000

OURS: Final = "linguapay"
"""Above all loggers of ours."""

START: Final = logging.getLogger("linguapay.start")
"""What keeps a service from starting. Where this has a handler, logs are for machines, and so is that."""

WORK: Final = logging.getLogger("linguapay.worker")
HOUSE: Final = logging.getLogger("linguapay.house")

PLAIN: Final = re.compile(r"[\w./:{}+-]+")
"""What stands in a line of text without quotes."""

Format = Literal["auto", "json", "text"]


class JsonLines(logging.Formatter):
    """A JSON object in each line."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line; JSON escapes whatever could begin another."""
        told: dict[str, object] = {
            "at": _at(record).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _cut(record.getMessage()),
        }
        told |= _fields(record)
        if trace := _trace(record):
            told["traceback"] = trace
        return json.dumps(told)


class TextLines(logging.Formatter):
    """A line for a person. A bug's traceback follows, each of its lines set in."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as text whose lines all begin with a time or with a margin."""
        fields = (f"{name}={_word(value)}" for name, value in _fields(record).items())
        head = f"{_at(record):%H:%M:%S} {record.levelname.lower():8}{record.name.removeprefix(f'{OURS}.')}"
        line = " ".join((f"{head}: {_printable(_cut(record.getMessage()))}", *fields))
        return "\n".join((line, *(f"  | {_printable(one)}" for one in _trace(record).splitlines())))


def open_logs(form: Format, level: str, stream: TextIO | None = None) -> None:
    """Write the logs of this process, on standard error if not told otherwise; a second time is in place of the first.

    In text, a refused start isn't logged: the command says it in a line of its own.
    """
    stream = stream or sys.stderr
    as_json = form == "json" or (form == "auto" and not stream.isatty())
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines() if as_json else TextLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger(OURS).setLevel(level.upper())
    START.handlers[:] = [handler] if as_json else []
    START.propagate = False
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.setLevel(logging.WARNING)
        logger.propagate = name != "uvicorn.access"  # it tells queries, and every request is told already


def tell_trouble(step: str, trouble: Exception) -> None:
    """Log what went wrong in a worker's step: of what was foreseen its sentence, of a bug where it happened."""
    foreseen = isinstance(trouble, LinguaPayError)
    fields = {"step": step, "error": type(trouble).__name__}
    level = logging.WARNING if foreseen else logging.ERROR
    WORK.log(level, "%s", trouble, extra={"fields": fields}, exc_info=None if foreseen else trouble)


def tell_unconfirmed(account_id: str) -> None:
    """Log that a house serves although Stripe didn't say whose key it has."""
    HOUSE.warning("Stripe doesn't say whose key this is. Until it says %s, it is asked nothing else.", account_id)


def tell_barred(refusal: Refused) -> None:
    """Log that nothing is asked of Stripe, because the key isn't the served account's."""
    HOUSE.error("Nothing is asked of Stripe. %s", refusal)


def _at(record: logging.LogRecord) -> datetime:
    return datetime.fromtimestamp(record.created, UTC)


def _fields(record: logging.LogRecord) -> Mapping[str, object]:
    """The fields that the line was given; text in them is cut and masked."""
    given: Mapping[str, object] = getattr(record, "fields", {})
    return {name: value if isinstance(value, int | float) else _cut(str(value)) for name, value in given.items()}


def _cut(text: str) -> str:
    safe = masked(text)
    return safe if len(safe) <= LONGEST_TEXT else f"{safe[:LONGEST_TEXT]}…"


def _trace(record: logging.LogRecord) -> str:
    if not record.exc_info or record.exc_info[1] is None:
        return ""
    return masked("".join(traceback.format_exception(record.exc_info[1])))[-LONGEST_TRACEBACK:]


def _word(value: object) -> str:
    text = str(value)
    return text if PLAIN.fullmatch(text) else json.dumps(text)


def _printable(text: str) -> str:
    return "".join(_escaped(text))


def _escaped(text: str) -> Iterator[str]:
    for sign in text:
        yield sign if sign.isprintable() else sign.encode("unicode_escape").decode()
