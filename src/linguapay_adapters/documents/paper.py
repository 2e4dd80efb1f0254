"""What stands on a receipt or a statement, line by line, in the words that people read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final

from linguapay_core.domain.money import Money
from linguapay_core.domain.people import Person
from linguapay_core.domain.receipt import Receipt
from linguapay_core.domain.statement import CurrencyStatement, Standing, Statement, StatementLine

Cells = tuple[str, ...]

NO_REAL_MONEY: Final = "A rehearsal: no real money moved."
EXPLAINED: Final = (
    "To receive is what you have earned and was not sent yet; to pay back is what you owe. The one less the other is "
    "the balance. What was corrected after the month was closed stands in a later statement."
)


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its caption. The last ``numbers`` columns are aligned to the right; ``total`` is its last line."""

    caption: str
    headings: Cells
    numbers: int
    rows: tuple[Cells, ...]
    total: Cells


@dataclass(frozen=True, slots=True)
class Paper:
    """A page: a title with its number, facts by name, tables, notes. ``made_at`` dates the document itself."""

    title: str
    number: str
    facts: tuple[tuple[str, str], ...]
    tables: tuple[Table, ...]
    notes: tuple[str, ...]
    made_at: datetime


def of_receipt(receipt: Receipt) -> Paper:
    """A student's receipt."""
    payment, zone = receipt.payment, receipt.zone
    assert payment.succeeded_at is not None, f"{payment.id} is paid"
    facts = (
        ("Student", _name(receipt.student)),
        ("Teacher", _name(receipt.teacher)),
        ("Paid", _instant(payment.succeeded_at, zone)),
        *((("Paid by", f"card, {payment.card_brand}"),) if payment.card_brand else ()),
        ("Payment", payment.id),
    )
    lesson = f"{receipt.title}, {receipt.minutes} minutes, {_instant(receipt.starts_at, zone)}"
    bought = Table(
        "What was paid",
        ("what", "amount"),
        1,
        ((lesson, str(receipt.price)), ("Platform fee", str(receipt.fee))),
        ("Total paid", str(receipt.total)),
    )
    returned = Table(
        "What went back since",
        ("when", "what", "amount"),
        1,
        tuple((_day(one.at, zone), one.what, str(-one.amount)) for one in receipt.went_back),
        ("Paid in the end", "", str(receipt.kept)),
    )
    return Paper(
        "Receipt",
        receipt.numbered.called,
        facts,
        (bought, returned) if receipt.went_back else (bought,),
        () if payment.live else (NO_REAL_MONEY,),
        receipt.numbered.numbered_at,
    )


def of_statement(statement: Statement) -> Paper:
    """A teacher's statement of a month."""
    period = statement.period
    facts = (
        ("Teacher", _name(statement.teacher)),
        ("Month", f"{period.starts_on:%B %Y}"),
        ("Closed", _instant(statement.closed_at, period.zone)),
    )
    tables = tuple(_currency(one, period.zone) for one in statement.currencies)
    return Paper("Statement", statement.called, facts, tables, (EXPLAINED,), statement.closed_at)


def _currency(statement: CurrencyStatement, zone: tzinfo) -> Table:
    code = statement.opening.payable.currency.code
    return Table(
        f"In {code}",
        ("day", "what", "to receive", "to pay back"),
        2,
        (("", "Opening", *_standing(statement.opening)), *(_line(line, zone) for line in statement.lines)),
        ("", f"Closing: balance {statement.closing.balance}", *_standing(statement.closing)),
    )


def _line(line: StatementLine, zone: tzinfo) -> Cells:
    return _day(line.at, zone), ", ".join(_about(line, zone)), _moved(line.payable), _moved(line.owed)


def _about(line: StatementLine, zone: tzinfo) -> Iterator[str]:
    yield line.what[:1].upper() + line.what[1:]
    if line.lesson is not None:
        yield f"{line.lesson.title} on {_day(line.lesson.starts_at, zone)}"
    if line.stripe_id:
        yield f"Stripe {line.stripe_id}"


def _standing(standing: Standing) -> Cells:
    return str(standing.payable), str(standing.owed)


def _moved(amount: Money) -> str:
    return str(amount) if amount else ""


def _name(person: Person) -> str:
    """What somebody is called; who is unknown or erased, by identifier."""
    return person.name or person.id


def _day(at: datetime, zone: tzinfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d}"


def _instant(at: datetime, zone: tzinfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M %Z}"
