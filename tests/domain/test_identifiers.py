"""Identifiers say what they name, and stand in the order in which they were made."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linguapay_core.domain.errors import Invalid
from linguapay_core.domain.identifiers import (
    ALPHABET,
    IDENTIFIERS,
    LENGTH,
    BookingId,
    GigId,
    Identifier,
    PaymentId,
    PersonId,
    RefundRequestId,
    encode,
)

NUMBERS = st.integers(0, 2**128 - 1)


@given(NUMBERS, NUMBERS)
def test_identifiers_order_by_number(one: int, other: int) -> None:
    assert (encode(one) < encode(other)) is (one < other)
    assert (encode(one) == encode(other)) is (one == other)


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0" * 26), (1, "0" * 25 + "1"), (31, "0" * 25 + "z"), (32, "0" * 24 + "10"), (2**128 - 1, "7" + "z" * 25)],
    ids=["nothing", "one", "the last letter", "a second letter", "the largest"],
)
def test_a_number_is_written_in_26_letters(number: int, text: str) -> None:
    assert encode(number) == text
    assert len(text) == LENGTH


@pytest.mark.parametrize("number", [-1, 2**128])
def test_a_number_outside_of_128_bits_is_a_bug(number: int) -> None:
    with pytest.raises(AssertionError):
        encode(number)


def test_the_alphabet_leaves_out_what_looks_alike() -> None:
    assert "".join(sorted(set("0123456789abcdefghijklmnopqrstuvwxyz") - set("ilou"))) == ALPHABET


def test_each_kind_has_its_prefix_for_ever() -> None:
    written = (
        "gig gig, bkg booking, pay payment, rrq refund request, rfd refund, trf transfer, txt text, "
        "evn event, sub subscription, msg message"
    )
    assert ", ".join(f"{kind.prefix} {kind.kind}" for kind in IDENTIFIERS) == written


@given(NUMBERS, st.sampled_from(IDENTIFIERS))
def test_what_was_written_can_be_read(number: int, kind: type[Identifier]) -> None:
    written = kind.of(number)
    assert kind.parse(str(written)) == written
    assert isinstance(kind.parse(written), kind)
    assert isinstance(written, kind)
    assert written.startswith(f"{kind.prefix}_")


GOOD = str(BookingId.of(1))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "bkg",
        "bkg_",
        GOOD + "0",
        GOOD[:-1],
        GOOD.upper(),
        GOOD.replace("bkg", "pay"),
        f" {GOOD}",
        f"{GOOD}\n",
        GOOD[:-1] + "u",
    ],
)
def test_what_isnt_of_this_kind_is_invalid(text: str) -> None:
    with pytest.raises(Invalid) as error:
        BookingId.parse(text)
    assert error.value.field == "booking_id"
    assert error.value.reason == f"{text[:64]!r} is not the identifier of a booking: those look like bkg_…."


def test_the_field_named_is_the_one_given_or_made_of_the_kind() -> None:
    with pytest.raises(Invalid) as error:
        RefundRequestId.parse("x" * 100)
    assert error.value.field == "refund_request_id"
    assert "'" + "x" * 64 + "'" in error.value.reason
    with pytest.raises(Invalid) as error:
        GigId.parse(PaymentId.of(1), field="gig")
    assert error.value.field == "gig"


@pytest.mark.parametrize("text", ["a", "0", "anna", "auth0|5f7c8", "a" * 64, "A.b_c:d-e"])
def test_the_host_platforms_identifiers_are_kept_as_they_are(text: str) -> None:
    person = PersonId.parse(text, field="student_id")
    assert person == text
    assert isinstance(person, PersonId)


@pytest.mark.parametrize("text", ["", "-a", ".a", "a b", "a" * 65, "ä", "a\n", "a/b", "a@b.c"])
def test_what_cant_be_a_persons_identifier_is_invalid(text: str) -> None:
    with pytest.raises(Invalid) as error:
        PersonId.parse(text, field="student_id")
    assert error.value.field == "student_id"
    assert error.value.reason.startswith("a person's identifier is 1 to 64 letters, digits and _ . : | -")
