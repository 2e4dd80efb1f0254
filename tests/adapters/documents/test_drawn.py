"""Receipts and statements on paper: as recorded, the same for the same, and in every letter that names have."""

import gc
import io
import os
import re
import sys
import zlib
from dataclasses import replace
from datetime import UTC
from html.parser import HTMLParser
from pathlib import Path

import pytest

from linguapay_adapters.documents import as_html, as_pdf
from linguapay_adapters.documents.paper import Paper, of_receipt, of_statement
from linguapay_core.domain.errors import Refused
from linguapay_core.domain.identifiers import PaymentId
from linguapay_core.domain.money import Parts
from linguapay_core.domain.numbered_receipt import NumberedReceipt
from linguapay_core.domain.people import Person
from linguapay_core.domain.period import month
from linguapay_core.domain.receipt import Receipt, WentBack
from linguapay_core.domain.statement import CurrencyStatement, Lesson, Standing, Statement, StatementLine
from linguapay_core.testing.builders import ANNA, BEN, LESSON_AT, NOON, a_succeeded_payment, usd

PAGES = Path(__file__).with_name("pages")
NAMES = ("Łukasz Żółć", "Юлия Щёкина", "Zoë <script>alert(1)</script>")
PAID = a_succeeded_payment()
RECEIPT = Receipt(
    NumberedReceipt(PaymentId.of(1), 1, live=True, number=42, numbered_at=NOON),
    a_succeeded_payment(live=True, counters=replace(PAID.counters, reserved=Parts(usd(1000), usd(50)))),
    Person(BEN, 1, NAMES[0]),
    Person(ANNA, 1),
    "Polish for beginners & others",
    LESSON_AT,
    60,
    usd(3000),
    usd(150),
    (WentBack(NOON, "refund reserved", usd(1050)),),
    UTC,
)
LESSON = Lesson(PaymentId.of(1), "Polish", LESSON_AT)
LINES = (
    StatementLine(NOON, "earned", "", PaymentId.of(1), usd(3000), usd(0), LESSON),
    StatementLine(NOON, "sent to your account", "", PaymentId.of(1), usd(-1000), usd(0), LESSON, "tr_1"),
    StatementLine(NOON, "kept back for what you owe", "", PaymentId.of(1), usd(-500), usd(-500)),
)
STATEMENT = Statement(
    3,
    Person(ANNA, 1, NAMES[1]),
    month("2030-01", UTC),
    NOON,
    (CurrencyStatement(Standing(usd(0), usd(500)), LINES, Standing(usd(1500), usd(0))),),
)
PAPERS = {"receipt": of_receipt(RECEIPT), "statement": of_statement(STATEMENT)}


@pytest.mark.parametrize("name", PAPERS)
def test_a_page_looks_as_it_was_recorded(name: str) -> None:
    page, drawn = PAGES / f"{name}.html", as_html.drawn(PAPERS[name]).decode()
    if os.environ.get("RECORD_SCREENS"):
        page.write_text(drawn, encoding="utf-8")
    assert drawn == page.read_text(encoding="utf-8")


class Seen(HTMLParser):
    """Notes the tags of a page with their attributes."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


@pytest.mark.parametrize("paper", PAPERS.values(), ids=PAPERS)
def test_a_page_needs_nothing_else_and_says_what_its_tables_are(paper: Paper) -> None:
    tags = Seen(as_html.drawn(paper)).tags
    assert not {tag for tag, _ in tags} & {"script", "img", "link", "iframe"}
    assert ("html", {"lang": "en"}) in tags
    assert all("scope" in attributes for tag, attributes in tags if tag == "th")
    assert [tag for tag, _ in tags].count("caption") == len(paper.tables)


def test_names_are_text_and_never_markup() -> None:
    page = as_html.drawn(of_receipt(replace(RECEIPT, student=Person(BEN, 1, NAMES[2])))).decode()
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_who_is_unknown_or_erased_is_named_by_the_identifier() -> None:
    assert ("Teacher", "anna") in of_receipt(RECEIPT).facts


def test_a_receipt_without_refunds_has_one_table_and_play_money_says_so() -> None:
    play = replace(RECEIPT, payment=a_succeeded_payment(card_brand=""), went_back=())
    paper = of_receipt(play)
    assert ([table.caption for table in paper.tables], paper.notes) == (
        ["What was paid"],
        ("A rehearsal: no real money moved.",),
    )
    assert "Paid by" not in dict(paper.facts)


@pytest.mark.parametrize("paper", PAPERS.values(), ids=PAPERS)
def test_a_pdf_is_the_same_for_the_same_paper(paper: Paper) -> None:
    drawn = as_pdf.drawn(paper)
    assert drawn.startswith(b"%PDF-")
    assert as_pdf.drawn(paper) == drawn
    assert as_pdf.drawn(replace(paper, number="S-999")) != drawn


@pytest.mark.parametrize("name", NAMES[:2])
def test_a_pdf_has_every_letter_of_a_name(name: str) -> None:
    """A reader finds the letters in the maps that stand beside the font (PDF 1.7: ToUnicode CMaps)."""
    drawn = as_pdf.drawn(of_receipt(replace(RECEIPT, student=Person(BEN, 1, name))))
    assert {f"{ord(letter):04X}" for letter in name} <= mapped(drawn)


@pytest.mark.parametrize(("name", "letters"), [("張偉", "偉 張"), ("Ана გიორგი", "გ ი ო რ")])
def test_a_name_in_letters_that_cant_be_drawn_is_refused_and_never_left_out(name: str, letters: str) -> None:
    with pytest.raises(Refused, match="Ask for HTML") as refused:
        as_pdf.drawn(of_receipt(replace(RECEIPT, student=Person(BEN, 1, name))))
    assert (refused.value.rule, letters in refused.value.reason) == ("letters_missing", True)


def test_a_refused_pdf_leaves_no_file_open() -> None:
    with pytest.raises(Refused):
        as_pdf.drawn(of_receipt(replace(RECEIPT, student=Person(BEN, 1, "張偉"))))
    readers = [one for one in gc.get_objects() if isinstance(one, io.BufferedReader) and not one.closed]
    assert not [one.name for one in readers if str(one.name).endswith(".ttf")]


def mapped(pdf: bytes) -> set[str]:
    """The letters for which a PDF has a shape, as hexadecimal numbers of Unicode."""
    maps = [inflated(stream) for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)]
    found = [pair for text in maps if b"beginbfchar" in text for pair in re.findall(rb"<\w{4}> <(\w{4})>", text)]
    return {one.decode().upper() for one in found}


def inflated(stream: bytes) -> bytes:
    """A stream as it was before it was compressed, if it was."""
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return stream


def test_without_the_packages_the_way_out_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fpdf", None)
    with pytest.raises(Refused, match="ask for HTML"):
        as_pdf.drawn(PAPERS["receipt"])
