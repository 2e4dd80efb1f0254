"""A document as one page of HTML that needs nothing else: no script, no other file. It prints well."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Final

from linguapay_adapters.documents.paper import Cells, Paper, Table

STYLE: Final = """
body { font: 16px/1.5 system-ui, sans-serif; color: #111; background: #fff; max-width: 48rem; margin: 2rem auto;
  padding: 0 1rem; }
h1 { font-size: 1.5rem; } h1 small { font-weight: normal; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem; } dt { color: #555; } dd { margin: 0; }
table { border-collapse: collapse; width: 100%; margin: 1.5rem 0; }
caption { text-align: left; font-weight: bold; }
th, td { text-align: left; vertical-align: top; padding: .25rem .5rem; }
thead th { border-bottom: 1px solid #555; } tfoot th, tfoot td { border-top: 1px solid #555; font-weight: bold; }
.number { text-align: right; white-space: nowrap; }
@media print { body { margin: 0; max-width: none; } tr { break-inside: avoid; } }
""".strip()


def drawn(paper: Paper) -> bytes:
    """The page, in UTF-8; equal for an equal paper."""
    return ("\n".join(_lines(paper)) + "\n").encode()


def _lines(paper: Paper) -> Iterator[str]:
    title = f"{paper.title} {paper.number}"
    yield "<!doctype html>"
    yield '<html lang="en">'
    yield f'<head><meta charset="utf-8"><title>{escape(title)}</title>'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<style>\n{STYLE}\n</style></head>"
    yield f"<body><main>\n<h1>{escape(paper.title)} <small>{escape(paper.number)}</small></h1>\n<dl>"
    for name, fact in paper.facts:
        yield f"<dt>{escape(name)}</dt><dd>{escape(fact)}</dd>"
    yield "</dl>"
    for table in paper.tables:
        yield from _table(table)
    for note in paper.notes:
        yield f"<p>{escape(note)}</p>"
    yield "</main></body>\n</html>"


def _table(table: Table) -> Iterator[str]:
    yield f"<table>\n<caption>{escape(table.caption)}</caption>"
    yield f"<thead>{_row(table, table.headings, heads=len(table.headings), scope='col')}</thead>\n<tbody>"
    for row in table.rows:
        yield _row(table, row)
    yield f"</tbody>\n<tfoot>{_row(table, table.total, heads=1, scope='row')}</tfoot>\n</table>"


def _row(table: Table, cells: Cells, *, heads: int = 0, scope: str = "") -> str:
    """A row; so many of its first cells that say something are headings of this scope."""
    first_number = len(cells) - table.numbers
    first_head = next((place for place, cell in enumerate(cells) if cell), 0)
    drawn_cells = []
    for place, cell in enumerate(cells):
        tag, of = ("th", f' scope="{scope}"') if first_head <= place < first_head + heads else ("td", "")
        aligned = ' class="number"' if place >= first_number else ""
        drawn_cells.append(f"<{tag}{of}{aligned}>{escape(cell)}</{tag}>")
    return f"<tr>{''.join(drawn_cells)}</tr>"
