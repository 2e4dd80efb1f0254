"""A document as PDF, in letters that Latin, Greek and Cyrillic names are written with."""

from __future__ import annotations

from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from linguapay_adapters.documents.paper import Paper, Table
from linguapay_core.domain.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

LETTERS: Final = "Roboto"
MARGIN_MM: Final = 20
TITLE_POINTS, TEXT_POINTS = 16, 10
LINE_MM: Final = 6
NAME_MM: Final = 30
WIDTHS: Final = {2: (75, 25), 3: (25, 50, 25), 4: (16, 48, 18, 18)}
"""How a table's width is shared, in per cent, by the number of its columns."""


def drawn(paper: Paper) -> bytes:
    """The document; equal bytes for an equal paper.

    Raises ``Refused`` where the package isn't installed, and for names in other letters.
    """
    with _blank(paper) as pdf:
        pdf.set_font(LETTERS, "B", TITLE_POINTS)
        pdf.cell(0, 2 * LINE_MM, f"{paper.title} {paper.number}", new_x="LMARGIN", new_y="NEXT")
        pdf.set_font(LETTERS, "", TEXT_POINTS)
        for name, fact in paper.facts:
            pdf.cell(NAME_MM, LINE_MM, name)
            pdf.multi_cell(0, LINE_MM, fact, align="L", new_x="LMARGIN", new_y="NEXT")
        for table in paper.tables:
            _draw(table, pdf)
        for note in paper.notes:
            pdf.ln(LINE_MM)
            pdf.multi_cell(0, LINE_MM, note, align="L", new_x="LMARGIN", new_y="NEXT")
        _check_letters(pdf)
        return bytes(pdf.output())


@contextmanager
def _blank(paper: Paper) -> Iterator[Any]:
    """An empty page. The files of its letters are closed in any case; the package does so only once it has drawn."""
    fpdf, fonts = _package("fpdf"), _package("font_roboto")
    pdf = fpdf.FPDF(format="A4")
    pdf.set_creation_date(paper.made_at)
    pdf.set_title(f"{paper.title} {paper.number}")
    pdf.set_lang("en")
    pdf.set_margin(MARGIN_MM)
    try:
        pdf.add_font(LETTERS, "", fonts.Roboto)
        pdf.add_font(LETTERS, "B", fonts.RobotoBold)
        pdf.add_page()
        yield pdf
    finally:
        for font in pdf.fonts.values():
            font.close()


def _check_letters(pdf: Any) -> None:  # noqa: ANN401 - a package that may be missing
    """See that every letter has a shape: a name isn't drawn without its letters. Raises ``Refused``."""
    missing = sorted({chr(code) for font in pdf.fonts.values() for code in font.missing_glyphs})
    if missing:
        raise Refused(
            "letters_missing",
            f"PDF is drawn in Latin, Greek and Cyrillic letters, and these are others: {' '.join(missing)}.",
            way_out="Ask for HTML.",
        )


def _draw(table: Table, pdf: Any) -> None:  # noqa: ANN401 - as above
    pdf.ln(LINE_MM)
    pdf.set_font(LETTERS, "B", TEXT_POINTS)
    pdf.cell(0, LINE_MM, table.caption, new_x="LMARGIN", new_y="NEXT")
    pdf.set_font(LETTERS, "", TEXT_POINTS)
    texts = len(table.headings) - table.numbers
    with pdf.table(
        borders_layout="HORIZONTAL_LINES",
        col_widths=WIDTHS[len(table.headings)],
        text_align=("LEFT",) * texts + ("RIGHT",) * table.numbers,
        line_height=LINE_MM,
    ) as drawn_table:
        for cells in (table.headings, *table.rows):
            drawn_table.row(cells)
        pdf.set_font(LETTERS, "B", TEXT_POINTS)
        drawn_table.row(table.total)
    pdf.set_font(LETTERS, "", TEXT_POINTS)


def _package(name: str) -> Any:  # noqa: ANN401 - as above
    try:
        return import_module(name)
    except ModuleNotFoundError as missing:
        raise Refused(
            "pdf_not_installed",
            "PDF is drawn by packages that aren't installed.",
            way_out='Run `pip install "linguapay[exports]"`, or ask for HTML.',
        ) from missing
