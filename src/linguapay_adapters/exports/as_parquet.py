"""An export as Parquet: amounts are exact decimals, instants are microseconds in UTC."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, BinaryIO, Final

from linguapay_core.domain.errors import Refused
from linguapay_core.domain.export import Column, Export, Part, Type

DIGITS: Final = 22
"""The digits of a decimal: all that 64 bits of minor units can hold, and those after the point."""
AFTER_POINT: Final = 3
"""The digits after the point of the currency that has most of them."""

GROUP: Final = 8_192
"""How many rows are written as one group, which is what is held in memory."""


def write(export: Export, out: BinaryIO, seen: Callable[[Part], None]) -> None:
    """Write all of it; ``seen`` is told of each part that was read. The file is left open.

    Raises ``Refused`` where the package that writes Parquet isn't installed.
    """
    arrow = _arrow("pyarrow")
    schema = arrow.schema([(column.name, _type(column, arrow)) for column in export.columns])
    with _arrow("pyarrow.parquet").ParquetWriter(out, schema) as file:
        waiting: list[Any] = []
        for part in export.parts:
            waiting.append(arrow.RecordBatch.from_arrays(_arrays(part, schema, arrow), schema=schema))
            if sum(batch.num_rows for batch in waiting) >= GROUP:
                file.write_table(arrow.Table.from_batches(waiting))
                waiting = []
            seen(part)
        if waiting:
            file.write_table(arrow.Table.from_batches(waiting))


def _arrays(part: Part, schema: Any, arrow: Any) -> list[Any]:  # noqa: ANN401 - a package that may be missing
    columns = zip(*part.rows, strict=True)
    return [arrow.array(cells, type=field.type) for cells, field in zip(columns, schema, strict=True)]


def _type(column: Column, arrow: Any) -> Any:  # noqa: ANN401 - as above
    return {
        Type.TEXT: arrow.string,
        Type.INTEGER: arrow.int64,
        Type.DECIMAL: lambda: arrow.decimal128(DIGITS, AFTER_POINT),
        Type.INSTANT: lambda: arrow.timestamp("us", tz="UTC"),
        Type.DATE: arrow.date32,
    }[column.type]()


def _arrow(module: str) -> Any:  # noqa: ANN401 - as above
    try:
        return import_module(module)
    except ModuleNotFoundError as missing:
        raise Refused(
            "parquet_not_installed",
            "Parquet is written by a package that isn't installed.",
            way_out='Run `pip install "linguapay[exports]"`, or ask for CSV.',
        ) from missing
