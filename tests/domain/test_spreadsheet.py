"""No cell that a person filled is run as a formula by whoever opens the file."""

import pytest

from linguapay_core.domain.spreadsheet import STARTS, harmless


@pytest.mark.parametrize("sign", STARTS)
def test_a_text_that_begins_like_a_formula_is_told_as_text(sign: str) -> None:
    assert harmless(f"{sign}HYPERLINK(1)") == f"'{sign}HYPERLINK(1)"


@pytest.mark.parametrize("text", ["", "Anna", "a=1", "3 - 4", "'=1"])
def test_any_other_text_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text
