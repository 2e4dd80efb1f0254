"""A page is as large as may be asked for, and a cursor gives back the place of which it was made."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linguapay_core.domain.errors import Invalid
from linguapay_core.domain.page import LONGEST_CURSOR, limited, opened, sealed


@pytest.mark.parametrize("limit", [-1, 0, 1001, True])
def test_a_page_holds_one_or_more_up_to_the_largest(limit: int) -> None:
    with pytest.raises(Invalid, match="1 to 1000"):
        limited(limit, 1000)
    assert [limited(fine, 1000) for fine in (1, 1000)] == [1, 1000]


@given(st.text(max_size=90))
def test_a_cursor_gives_back_its_place(place: str) -> None:
    assert opened(sealed(place)) == place


def test_a_cursor_is_no_longer_than_any_place_needs() -> None:
    longest = "a" * (LONGEST_CURSOR * 3 // 4)
    assert opened(sealed(longest)) == longest
    assert opened(sealed(f"{longest}a")) is None


@pytest.mark.parametrize("cursor", ["a", "Zm9v!", "Zm9vé", "_w"])
def test_what_was_never_sealed_is_no_place(cursor: str) -> None:
    assert opened(cursor) is None
