"""Exports as files: safe in a spreadsheet, exact for a program, and the same rows in both."""

import csv
import io
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from importlib import import_module
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linguapay_adapters.exports import as_csv, as_parquet
from linguapay_core.domain.errors import Busy, Refused
from linguapay_core.domain.export import Cell, Column, Export, Part, Row, Type
from linguapay_core.domain.period import month
from linguapay_core.domain.spreadsheet import STARTS

NOON = datetime(2026, 3, 2, 12, 0, 0, 5, tzinfo=UTC)
COLUMNS = tuple(Column(str(kind), kind, "", lambda *_: None) for kind in Type)
ROW: Row = ('it\'s, "quoted"', -2625, Decimal("-26.25"), NOON, date(2026, 3, 2))


def export(*rows: Row, parts: int = 1, columns: Sequence[Column] = COLUMNS) -> Export:
    """An export of these rows, so many times."""
    return Export(tuple(columns), month("2026-03", UTC), iter([Part(rows, NOON)] * parts))


def as_text(*rows: Row) -> str:
    out, seen = BytesIO(), list[Part]()
    as_csv.write(export(*rows), out, seen.append)
    assert [len(part.rows) for part in seen] == [len(rows)]
    return out.getvalue().decode()


def read(told: Export) -> Any:  # noqa: ANN401 - pyarrow has no types
    out = BytesIO()
    as_parquet.write(told, out, lambda _: None)
    out.seek(0)
    return import_module("pyarrow.parquet").ParquetFile(out)


def test_csv_looks_as_promised() -> None:
    assert as_text(ROW, (None,) * 5) == (
        "text,integer,decimal,instant,date\r\n"
        '"it\'s, ""quoted""",-2625,-26.25,2026-03-02T12:00:00.000005Z,2026-03-02\r\n'
        ",,,,\r\n"
    )


def test_the_file_is_left_open_where_a_part_cant_be_read() -> None:
    def fail(_: Part) -> None:
        raise Busy("locked")

    out = BytesIO()
    with pytest.raises(Busy):
        as_csv.write(export(ROW), out, fail)
    assert out.getvalue().count(b"\r\n") == 2


@pytest.mark.parametrize("begins", STARTS)
def test_a_text_that_a_spreadsheet_would_calculate_is_disarmed(begins: str) -> None:
    (_, row) = csv.reader(io.StringIO(as_text((f"{begins}cmd|' /C calc'!A0", 1, None, None, None)), newline=""))
    assert row[0] == f"'{begins}cmd|' /C calc'!A0"


def test_numbers_stay_numbers() -> None:
    assert as_csv.written(-1) == "-1"
    assert as_csv.written(Decimal("-0.05")) == "-0.05"
    assert as_csv.written(Decimal("1E+3")) == "1000"


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_is_read_back_as_it_was_or_behind_an_apostrophe(text: str) -> None:
    (_, row) = csv.reader(io.StringIO(as_text((text, 1, None, None, None)), newline=""))
    assert row[0] in {text, f"'{text}"}
    assert not row[0].startswith(STARTS)


def test_parquet_holds_exact_amounts_and_instants_in_utc() -> None:
    file = read(export(ROW, (None,) * 5))
    cells: Row = (*ROW[:2], Decimal("-26.250"), *ROW[3:])
    assert [tuple(row.values()) for row in file.read().to_pylist()] == [cells, (None,) * 5]
    assert [str(field.type) for field in file.schema_arrow] == [
        "string",
        "int64",
        "decimal128(22, 3)",
        "timestamp[us, tz=UTC]",
        "date32[day]",
    ]


@pytest.mark.parametrize("parts", [0, 1, 5, 7])
def test_parquet_is_written_in_groups(monkeypatch: pytest.MonkeyPatch, parts: int) -> None:
    monkeypatch.setattr(as_parquet, "GROUP", 6)
    file = read(export(ROW, ROW, parts=parts))
    assert file.metadata.num_rows == 2 * parts
    assert file.num_row_groups == -(-parts // 3)


def test_the_largest_amount_of_every_currency_fits() -> None:
    largest: Cell = Decimal(2**63 - 1)
    (row,) = read(export(("", 2**63 - 1, largest, NOON + timedelta(days=9), None))).read().to_pylist()
    assert (row["integer"], row["decimal"]) == (2**63 - 1, largest)


def test_without_the_package_the_way_out_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(Refused, match=r'pip install "linguapay\[exports\]"'):
        read(export(ROW))
