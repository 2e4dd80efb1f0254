"""What is exported: permanent columns, exact amounts, and the days of the marketplace's zone."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linguapay_core.domain.export import (
    FIGURES,
    LEDGER,
    PAYMENTS,
    RECORDS,
    REFUNDS,
    TRANSFERS,
    Column,
    Row,
    decimal,
    instant_of,
    ledger_lines,
    rows_of,
)
from linguapay_core.domain.ledger import ESCROW, PLATFORM_FEE
from linguapay_core.domain.money import CURRENCIES, Currency, Money
from linguapay_core.domain.payment import Payment
from linguapay_core.domain.refund import Refund
from linguapay_core.domain.transfer import Reversal, Transfer
from linguapay_core.testing.builders import a_leg, a_refund, a_succeeded_payment, a_transfer, an_entry, usd

GOLDEN = Path(__file__).with_name("export_columns.txt")
KINDS = {"payments": PAYMENTS, "refunds": REFUNDS, "transfers": TRANSFERS, "ledger": LEDGER, "figures": FIGURES}
KIRITIMATI = ZoneInfo("Pacific/Kiritimati")


def named(columns: Sequence[Column], row: Row) -> dict[str, object]:
    """A row by the names of its columns."""
    return dict(zip((column.name for column in columns), row, strict=True))


def test_the_columns_are_those_that_were_promised() -> None:
    """Whoever reads exports relies on these names and types: one may be added at the end of a kind, none may change."""
    lines = [f"{kind} {column.name} {column.type}" for kind, columns in KINDS.items() for column in columns]
    assert lines == GOLDEN.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("columns", KINDS.values(), ids=KINDS)
def test_no_column_has_the_name_of_another(columns: Sequence[Column]) -> None:
    names = [column.name for column in columns]
    assert len(set(names)) == len(names)


@given(st.integers(-(2**63), 2**63 - 1), st.sampled_from(sorted(CURRENCIES.values(), key=str)))
def test_a_decimal_is_the_amount_to_the_last_minor_unit(amount_minor: int, currency: Currency) -> None:
    written = decimal(Money(amount_minor, currency))
    digits = -1 * int(written.as_tuple().exponent)
    assert digits == currency.exponent
    assert int("".join(f"{written:f}".split("."))) == amount_minor


def test_a_decimal_shows_the_digits_of_its_currency() -> None:
    shown = [str(decimal(Money(5, CURRENCIES[code]))) for code in ("USD", "JPY", "KWD")]
    assert shown == ["0.05", "5", "0.005"]
    assert decimal(usd(-2625)) == Decimal("-26.25")


def test_an_instant_stands_in_utc_and_as_a_day_of_the_marketplace() -> None:
    noon = datetime(2030, 1, 1, 12, tzinfo=UTC)
    payment = a_succeeded_payment(started_at=noon.astimezone(KIRITIMATI))
    row = named(PAYMENTS, rows_of(PAYMENTS, [payment], KIRITIMATI)[0])
    started_at = row["started_at"]
    assert isinstance(started_at, datetime)
    assert (started_at.tzinfo, started_at) == (UTC, noon)
    assert row["started_on"] == date(2030, 1, 2)


def test_what_is_empty_or_missing_is_nothing() -> None:
    row = named(PAYMENTS, rows_of(PAYMENTS, [a_succeeded_payment(settled_at=None, decline_code="")], UTC)[0])
    assert (row["settled_at"], row["decline_code"], row["card_brand"]) == (None, None, "visa")
    assert (row["mode"], row["state"]) == ("test", "succeeded")
    assert named(PAYMENTS, rows_of(PAYMENTS, [a_succeeded_payment(live=True)], UTC)[0])["mode"] == "live"


def test_amounts_of_refunds_and_transfers_are_whole() -> None:
    refund = named(REFUNDS, rows_of(REFUNDS, [a_refund()], UTC)[0])
    assert (refund["total_minor"], refund["total"]) == (1050, Decimal("10.50"))
    reversals = (Reversal("trr_1", usd(100)), Reversal("trr_2", usd(20)))
    transfer = named(TRANSFERS, rows_of(TRANSFERS, [a_transfer(reversals=reversals)], UTC)[0])
    assert (transfer["reversed_minor"], transfer["hold"]) == (120, None)


def test_each_leg_of_an_entry_is_a_row() -> None:
    entry = an_entry(a_leg(), a_leg(debit=ESCROW, credit=PLATFORM_FEE, payment_id=None), cash="txn_1")
    one, two = (named(LEDGER, row) for row in rows_of(LEDGER, list(ledger_lines(entry)), UTC))
    assert (one["leg"], one["debit"], one["amount"]) == (1, "charge_clearing", Decimal("31.50"))
    assert (two["leg"], two["credit"], two["payment_id"], two["cash_id"]) == (2, "platform_fee", None, "txn_1")
    assert one["entry"] == two["entry"] == entry.key


def test_the_instant_that_decides_is_one_that_is_never_changed() -> None:
    assert {kind: instant_of(kind) for kind in RECORDS} == {
        Payment: "started_at",
        Refund: "reserved_at",
        Transfer: "scheduled_at",
    }
