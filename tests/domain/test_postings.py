"""Every row of the books' table: which accounts, how much, under which key."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linguapay_core.domain import postings
from linguapay_core.domain.identifiers import PaymentId
from linguapay_core.domain.ledger import CHARGE_CLEARING, ESCROW, Kind
from linguapay_core.domain.money import Parts
from linguapay_core.domain.payment import Payment
from linguapay_core.domain.refund import RefundState, Taken
from linguapay_core.domain.seen import SeenCash
from linguapay_core.testing.builders import NOON, a_refund, a_succeeded_payment, a_transfer, usd
from tests.domain.reading import account, books, keys, legs, lines

PAYMENT = a_succeeded_payment()
REFUND, TRANSFER = a_refund(), a_transfer(reservations=2)
LATER = NOON + timedelta(days=4)


def cash(amount: int, fee: int = 0, kind: str = "charge") -> SeenCash:
    """A balance transaction, made a second before noon."""
    return SeenCash("txn_1", kind, usd(amount), usd(fee), "src_1", NOON - timedelta(seconds=1))


def with_counters(**parts: tuple[int, int]) -> Payment:
    """A payment whose counters hold these parts of price and fee."""
    given = {name: Parts(usd(price), usd(fee)) for name, (price, fee) in parts.items()}
    return replace(PAYMENT, counters=replace(PAYMENT.counters, **given))  # type: ignore[arg-type]


def test_a_success_moves_the_total_into_escrow() -> None:
    (made,) = postings.payment_succeeded(PAYMENT, at=NOON)
    assert legs([made]) == ["charge_clearing escrow 3150"]
    assert (made.key, made.what, made.subject, made.at) == (
        f"payment {PAYMENT.id} succeeded",
        "payment succeeded",
        PAYMENT.id,
        NOON,
    )
    assert made.cash is None
    assert made.payments == {PAYMENT.id}


@pytest.mark.parametrize(
    ("amount", "fee", "written"),
    [
        (3150, 121, "stripe_balance charge_clearing 3029 / stripe_fees charge_clearing 121"),
        (3150, 0, "stripe_balance charge_clearing 3150"),
        (-1050, 0, "charge_clearing stripe_balance 1050"),
        (-1050, 25, "charge_clearing stripe_balance 1075 / stripe_fees charge_clearing 25"),
        (1050, -25, "stripe_balance charge_clearing 1075 / charge_clearing stripe_fees 25"),
        (121, 121, "stripe_fees charge_clearing 121"),
    ],
)
def test_cash_moves_the_stripe_balance_by_its_net_and_the_rest_is_stripes_fee(
    amount: int, fee: int, written: str
) -> None:
    (made,) = postings.cash(cash(amount, fee), CHARGE_CLEARING, "pay", PAYMENT.id)
    assert legs([made]) == written.split(" / ")
    assert (made.key, made.what, made.subject, made.cash) == ("cash txn_1", "cash: charge", "pay", "txn_1")
    assert made.at == NOON - timedelta(seconds=1)
    assert {leg.payment_id for leg in made.legs} == {PAYMENT.id}


def test_cash_of_nothing_is_no_entry() -> None:
    assert postings.cash(cash(0), CHARGE_CLEARING, "pay", None) == ()
    assert postings.loose_cash(cash(0, kind="stripe_fee")) == ()
    assert postings.loose_cash(cash(0, kind="payout")) == ()


@pytest.mark.parametrize(
    ("kind", "amount", "fee", "written"),
    [
        ("payout", -5000, 0, "bank stripe_balance 5000"),
        ("payout_failure", 5000, 0, "stripe_balance bank 5000"),
        ("payout_cancel", 5000, 0, "stripe_balance bank 5000"),
        ("stripe_fee", -200, 0, "stripe_fees stripe_balance 200"),
        ("stripe_fee", 0, 200, "stripe_fees stripe_balance 200"),
        ("stripe_fee", 200, 0, "stripe_balance stripe_fees 200"),
        ("adjustment", 700, 0, "stripe_balance suspense 700"),
        ("adjustment", -700, 5, "suspense stripe_balance 705 / stripe_fees suspense 5"),
    ],
)
def test_loose_cash_goes_where_its_kind_says(kind: str, amount: int, fee: int, written: str) -> None:
    (made,) = postings.loose_cash(cash(amount, fee, kind))
    assert legs([made]) == written.split(" / ")
    assert (made.key, made.what, made.subject, made.cash) == ("cash txn_1", f"cash: {kind}", "src_1", "txn_1")
    assert made.at == NOON - timedelta(seconds=1)
    assert made.payments == frozenset()


@pytest.mark.parametrize(
    ("escrow", "counters", "written"),
    [
        (3150, {}, "escrow teacher_payable 3000 / escrow platform_fee 150"),
        (2100, {"reserved": (1000, 50)}, "escrow teacher_payable 2000 / escrow platform_fee 100"),
        (2100, {"refunded": (1000, 50)}, "escrow teacher_payable 2000 / escrow platform_fee 100"),
        (2100, {"credit": (1000, 50)}, "escrow teacher_payable 2000 / escrow platform_fee 100"),
        (2100, {"disputed": (1000, 50)}, "escrow teacher_payable 2000 / escrow platform_fee 100"),
        (150, {"refunded": (3000, 0)}, "escrow platform_fee 150"),
        (100, {"refunded": (3000, 0)}, "escrow platform_fee 100"),
        (1500, {"refunded": (1500, 150)}, "escrow teacher_payable 1500"),
        (1500, {"refunded": (1500, 200)}, "escrow teacher_payable 1500"),
        (0, {"refunded": (3000, 150)}, ""),
    ],
)
def test_settling_divides_what_is_left_in_escrow(
    escrow: int, counters: dict[str, tuple[int, int]], written: str
) -> None:
    payment = with_counters(**counters)
    entries = postings.settled(payment, books(escrow=escrow), at=NOON)
    assert legs(entries) == [one for one in written.split(" / ") if one]
    assert keys(entries) == ([f"payment {PAYMENT.id} settled"] if written else [])
    assert all((one.what, one.subject, one.at) == ("escrow settled", PAYMENT.id, NOON) for one in entries)


LADDERS = """
    escrow  payable  platform_fee  bears     price  fee   taken
    3150    0        0             teacher   1000   50    escrow:1000 escrow:50*
    0       3000     150           teacher   1000   50    payable:1000 fee:50*
    0       400      20            teacher   1000   50    payable:400 owed:600 fee:20* goodwill:30*
    0       0        150           teacher   1000   50    owed:1000 fee:50*
    500     400      0             teacher   1000   50    escrow:450 payable:400 owed:150 escrow:50*
    30      400      10            teacher   1000   50    payable:400 owed:600 escrow:30* fee:10* goodwill:10*
    3150    0        0             platform  1000   50    escrow:1000 escrow:50*
    500     400      150           platform  1000   50    escrow:450 goodwill:550 escrow:50*
    0       3000     150           platform  1000   50    goodwill:1000 fee:50*
    0       3000     150           teacher   1000   0     payable:1000
    0       3000     150           teacher   0      50    fee:50*
    0       0        0             teacher   0      0
"""


@pytest.mark.parametrize("row", lines(LADDERS)[1:])
def test_who_pays_a_refund_back_is_chosen_by_balances(row: str) -> None:
    escrow, payable, platform_fee, bears, price, fee, *written = row.split()
    held = books(escrow=int(escrow), teacher_payable=int(payable), platform_fee=int(platform_fee))
    parts = Parts(usd(int(price)), usd(int(fee)))
    taken = postings.ladder(PAYMENT, parts, held, platform_bears=bears == "platform")
    short = {"teacher_payable": "payable", "teacher_receivable": "owed", "platform_fee": "fee"}
    assert [
        f"{short.get(one.account.kind, one.account.kind)}:{one.amount.amount_minor}{'*' if one.of_fee else ''}"
        for one in taken
    ] == written


def test_what_stands_on_the_wrong_side_pays_nothing_back() -> None:
    taken = postings.ladder(PAYMENT, Parts(usd(10), usd(0)), books(escrow=-5, teacher_payable=-1), platform_bears=False)
    assert taken == (Taken(PAYMENT.receivable, usd(10), of_fee=False),)


AMOUNTS = st.integers(0, 5000)


@given(st.tuples(AMOUNTS, AMOUNTS, AMOUNTS), AMOUNTS, AMOUNTS, st.booleans())
def test_the_ladder_takes_exactly_the_parts_and_never_more_than_an_account_holds(
    balances: tuple[int, int, int], price: int, fee: int, bears: bool
) -> None:
    escrow, payable, platform_fee = balances
    held = books(escrow=escrow, teacher_payable=payable, platform_fee=platform_fee)
    taken = postings.ladder(PAYMENT, Parts(usd(price), usd(fee)), held, platform_bears=bears)
    assert sum(one.amount.amount_minor for one in taken if not one.of_fee) == price
    assert sum(one.amount.amount_minor for one in taken if one.of_fee) == fee
    spent: dict[Kind, int] = {}
    for one in taken:
        spent[one.account.kind] = spent.get(one.account.kind, 0) + one.amount.amount_minor
    bottomless = {Kind.TEACHER_RECEIVABLE, Kind.GOODWILL}
    assert all(minor <= held[account(kind)].amount_minor for kind, minor in spent.items() if kind not in bottomless)
    assert not bears or not spent.keys() & {Kind.TEACHER_PAYABLE, Kind.TEACHER_RECEIVABLE}


def test_reserving_takes_each_step_of_the_ladder_into_the_clearing() -> None:
    taken = (
        Taken(account("teacher_payable"), usd(7), of_fee=False),
        Taken(account("platform_fee"), usd(3), of_fee=True),
    )
    (made,) = postings.refund_reserved(a_refund(taken=taken), at=NOON)
    assert legs([made]) == ["teacher_payable refund_clearing 7", "platform_fee refund_clearing 3"]
    assert (made.key, made.what, made.subject, made.at) == (
        f"refund {REFUND.id} reserved",
        "refund reserved",
        REFUND.id,
        NOON,
    )
    assert made.payments == {PAYMENT.id}


RELEASES = """
    taken                   settled  owed  written
    escrow:9                never    0     refund_clearing escrow 9
    escrow:9*               never    0     refund_clearing escrow 9
    escrow:9                before   0     refund_clearing escrow 9
    escrow:9                with     0     refund_clearing escrow 9
    escrow:9*               with     0     refund_clearing escrow 9
    escrow:9                since    0     refund_clearing teacher_payable 9
    escrow:9*               since    0     refund_clearing platform_fee 9
    escrow:9                since    4     refund_clearing teacher_receivable 4 / refund_clearing teacher_payable 5
    platform_fee:9*         since    4     refund_clearing platform_fee 9
    goodwill:9              since    4     refund_clearing goodwill 9
    student_credit:9        since    4     refund_clearing student_credit 9
    teacher_payable:9       since    0     refund_clearing teacher_payable 9
    teacher_payable:9       never    0     refund_clearing teacher_payable 9
    teacher_receivable:9    since    9     refund_clearing teacher_receivable 9
    teacher_receivable:9    since    0     refund_clearing teacher_payable 9
    teacher_receivable:9    never    9     refund_clearing teacher_receivable 9
"""


def taken_from(text: str) -> Taken:
    """Read ``escrow:9*``: so much from there, starred if it is of the fee."""
    kind, _, amount = text.partition(":")
    return Taken(account(kind), usd(int(amount.rstrip("*"))), of_fee=amount.endswith("*"))


@pytest.mark.parametrize("row", lines(RELEASES)[1:])
def test_what_comes_to_nothing_goes_back_to_where_it_came_from_or_to_whose_it_is_by_now(row: str) -> None:
    taken, settled, owed, *written = row.split(" ", 3)
    settled_at = {"never": None, "before": NOON - timedelta(1), "with": NOON, "since": NOON + timedelta(1)}[settled]
    refund = a_refund(state=RefundState.REJECTED, taken=(taken_from(taken),))
    payment = replace(PAYMENT, settled_at=settled_at)
    (made,) = postings.refund_released(
        refund, payment, books(teacher_receivable=int(owed), goodwill=9), lesson_given=True, at=LATER
    )
    assert legs([made]) == written[0].split(" / ")
    assert (made.key, made.what) == (f"refund {REFUND.id} released", "refund released")
    assert (made.subject, made.at) == (REFUND.id, LATER)


def test_a_refund_given_up_found_and_failed_is_booked_under_four_keys() -> None:
    rejected, failed = (a_refund(state=state) for state in (RefundState.REJECTED, RefundState.FAILED))
    entries = (
        *postings.refund_reserved(rejected, at=NOON),
        *postings.refund_released(rejected, PAYMENT, books(), lesson_given=False, at=NOON),
        *postings.refund_reserved_again(failed, at=LATER),
        *postings.refund_released(failed, PAYMENT, books(), lesson_given=False, at=LATER),
    )
    ends = ("reserved", "released", "reserved again", "failed")
    assert [one.key for one in entries] == [f"refund {REFUND.id} {end}" for end in ends]
    assert [one.what for one in entries] == ["refund reserved", "refund released"] * 2
    assert [(one.subject, one.at) for one in entries] == [(REFUND.id, at) for at in (NOON, NOON, LATER, LATER)]


def test_what_a_teacher_owes_is_relieved_once_over_all_that_was_taken() -> None:
    refund = a_refund(taken=(taken_from("teacher_payable:5"), taken_from("teacher_receivable:7")))
    entries = postings.refund_released(refund, PAYMENT, books(teacher_receivable=7), lesson_given=True, at=LATER)
    assert legs(entries) == ["refund_clearing teacher_receivable 7", "refund_clearing teacher_payable 5"]


@pytest.mark.parametrize(
    ("owed", "written_off", "again", "relieved", "payable"),
    [(9, 3, 0, 9, 0), (0, 9, 9, 9, 0), (0, 20, 9, 9, 0), (2, 20, 7, 9, 0), (2, 3, 3, 5, 4)],
)
def test_what_was_written_off_comes_back_before_anything_is_payable(
    owed: int, written_off: int, again: int, relieved: int, payable: int
) -> None:
    """Nine cents come to the teacher's account, of a refund that came to nothing or of a reversal."""
    held = books(teacher_receivable=owed, bad_debt=written_off)
    refund = a_refund(state=RefundState.REJECTED, taken=(taken_from("teacher_receivable:9"),))
    told = cash(9, 0, "transfer_refund")
    released = postings.refund_released(refund, PAYMENT, held, lesson_given=True, at=LATER)
    reversed_ = postings.transfer_reversed(told, TRANSFER, PAYMENT, held)
    for entries, subject, at in ((released, REFUND.id, LATER), (reversed_, TRANSFER.id, told.created_at)):
        *undone, made = entries
        for one in undone:
            assert (one.key, one.what, one.cash) == (f"{made.key}: write-off undone", "write-off undone", None)
            assert (one.subject, one.at, one.payments) == (subject, at, frozenset({PAYMENT.id}))
        source = made.legs[0].debit.kind
        moved = (
            ("teacher_receivable bad_debt", again),
            (f"{source} teacher_receivable", relieved),
            (f"{source} teacher_payable", payable),
        )
        assert legs(entries) == [f"{accounts} {cents}" for accounts, cents in moved if cents]


def test_after_a_cancellation_what_comes_to_nothing_is_the_students() -> None:
    taken = (Taken(ESCROW, usd(9), of_fee=False), Taken(ESCROW, usd(1), of_fee=True))
    settled = replace(PAYMENT, settled_at=LATER)
    (made,) = postings.refund_released(a_refund(taken=taken), settled, books(), lesson_given=False, at=LATER)
    assert legs([made]) == ["refund_clearing escrow 10"]


@pytest.mark.parametrize(
    ("taken", "held", "back"),
    [
        ("escrow:9 escrow:1*", {}, "escrow 4 / teacher_payable 6"),
        ("escrow:10", {"escrow": 4}, "teacher_payable 10"),
        ("escrow:10", {"teacher_receivable": 7}, "escrow 4 / teacher_receivable 6"),
        ("escrow:10", {"teacher_receivable": 5, "goodwill": 9}, "escrow 4 / goodwill 1 / teacher_receivable 5"),
        (
            "escrow:10",
            {"goodwill": 2, "bad_debt": 3},
            "escrow 4 / goodwill 2 / teacher_receivable 3 / teacher_payable 1",
        ),
        (
            "escrow:6 teacher_payable:4",
            {"teacher_receivable": 5, "goodwill": 9},
            "escrow 4 / goodwill 1 / teacher_receivable 5",
        ),
        ("escrow:8 goodwill:2", {"goodwill": 5}, "escrow 4 / goodwill 5 / teacher_payable 1"),
    ],
)
def test_more_than_is_left_to_refund_pays_for_the_refund_that_took_the_same_money(
    taken: str, held: dict[str, int], back: str
) -> None:
    """Ten cents come back, and four are left to refund: the rest was borne by the teacher and the platform."""
    counters = replace(PAYMENT.counters, refunded=PAYMENT.parts - Parts(usd(4), usd(0)))
    payment = replace(PAYMENT, counters=counters, settled_at=NOON)
    refund = a_refund(taken=tuple(taken_from(one) for one in taken.split()))
    *_, made = postings.refund_released(refund, payment, books(**held), lesson_given=False, at=LATER)
    assert legs([made]) == [f"refund_clearing {one}" for one in back.split(" / ")]


@pytest.mark.parametrize(
    ("held", "sent_back", "given", "back"),
    [
        ({}, 0, False, "escrow 10"),
        ({"goodwill": 1, "teacher_receivable": 2}, 0, False, "escrow 7 / goodwill 1 / teacher_receivable 2"),
        ({"goodwill": 3, "teacher_netting": -5}, 0, False, "escrow 2 / goodwill 3 / teacher_payable 5"),
        ({"goodwill": 3}, 6, False, "escrow 1 / goodwill 3 / teacher_payable 6"),
        ({"goodwill": 3, "bad_debt": 5}, 0, False, "escrow 2 / goodwill 3 / teacher_receivable 5"),
        ({"goodwill": 3, "teacher_netting": 5}, 0, False, "escrow 7 / goodwill 3"),
        ({"goodwill": 2}, 0, True, "escrow 1 / goodwill 2 / teacher_payable 7"),
    ],
)
def test_what_another_release_has_made_good_already_is_the_students(
    held: dict[str, int], sent_back: int, given: bool, back: str
) -> None:
    """Three cents of goodwill and seven of a debt come back; only what was never made good goes where it came from."""
    payment = replace(PAYMENT, counters=replace(PAYMENT.counters, sent_back=usd(sent_back)))
    refund = a_refund(taken=(taken_from("teacher_receivable:7"), taken_from("goodwill:2"), taken_from("goodwill:1*")))
    *_, made = postings.refund_released(refund, payment, books(**held), lesson_given=given, at=LATER)
    assert legs([made]) == [f"refund_clearing {one}" for one in back.split(" / ")]


def test_a_refund_that_was_emptied_releases_nothing() -> None:
    assert postings.refund_released(a_refund(taken=()), PAYMENT, books(), lesson_given=True, at=LATER) == ()


def test_a_failed_refunds_money_is_owed_to_the_student() -> None:
    (made,) = postings.refund_credited(REFUND, PAYMENT, at=NOON)
    assert legs([made]) == ["refund_clearing student_credit 1050"]
    assert (made.key, made.what) == (f"refund {REFUND.id} credited", "refund failed, owed as credit")
    assert (made.subject, made.at, made.payments) == (REFUND.id, NOON, frozenset({PAYMENT.id}))


def test_credit_is_paid_from_the_bank() -> None:
    (made,) = postings.credit_paid_by_bank(PAYMENT, usd(80), "ref-7", at=NOON)
    assert legs([made]) == ["student_credit bank 80"]
    assert (made.key, made.what) == (f"payment {PAYMENT.id} credit paid ref-7", "credit paid by bank")
    assert (made.subject, made.at, made.payments) == (PAYMENT.id, NOON, frozenset({PAYMENT.id}))


def test_a_transfer_is_set_aside_and_released_under_the_number_of_its_reservation() -> None:
    (reserved,) = postings.transfer_reserved(TRANSFER, PAYMENT, at=NOON)
    (released,) = postings.transfer_released(TRANSFER, PAYMENT, at=NOON)
    assert legs([reserved]) == ["teacher_payable transfer_clearing 3000"]
    assert legs([released]) == ["transfer_clearing teacher_payable 3000"]
    assert (reserved.key, reserved.what) == (f"transfer {TRANSFER.id} reserved 2", "transfer reserved")
    assert (released.key, released.what) == (f"transfer {TRANSFER.id} released 2", "transfer released")
    for made in (reserved, released):
        assert (made.subject, made.at, made.payments) == (TRANSFER.id, NOON, frozenset({PAYMENT.id}))


@pytest.mark.parametrize(
    ("owed", "fee", "written"),
    [
        (0, 0, "stripe_balance teacher_payable 900"),
        (400, 0, "stripe_balance teacher_receivable 400 / stripe_balance teacher_payable 500"),
        (900, 0, "stripe_balance teacher_receivable 900"),
        (1000, 0, "stripe_balance teacher_receivable 900"),
        (0, 30, "stripe_balance teacher_payable 900 / stripe_fees stripe_balance 30"),
    ],
)
def test_a_reversal_relieves_what_the_teacher_owes_and_the_rest_is_payable(owed: int, fee: int, written: str) -> None:
    told = cash(900, fee, "transfer_refund")
    (made,) = postings.transfer_reversed(told, TRANSFER, PAYMENT, books(teacher_receivable=owed))
    assert legs([made]) == written.split(" / ")
    assert (made.key, made.what, made.subject) == ("cash txn_1", "cash: transfer_refund", TRANSFER.id)
    assert (made.at, made.cash) == (told.created_at, "txn_1")
    assert {leg.payment_id for leg in made.legs} == {PAYMENT.id}


def test_netting_moves_a_debt_between_two_payments_of_one_teacher() -> None:
    owing = a_succeeded_payment(id=PaymentId.of(2))
    (made,) = postings.netted(TRANSFER, PAYMENT, owing, usd(60), at=NOON)
    assert legs([made]) == ["teacher_payable teacher_netting 60", "teacher_netting teacher_receivable 60"]
    assert [leg.payment_id for leg in made.legs] == [PAYMENT.id, owing.id]
    assert made.key == f"transfer {TRANSFER.id} netted 2 {owing.id}"
    assert (made.what, made.subject, made.at) == ("netted against what the teacher owes", TRANSFER.id, NOON)


def test_a_write_off_ends_in_bad_debt() -> None:
    (made,) = postings.written_off(PAYMENT, usd(60), "w1", at=NOON)
    assert legs([made]) == ["bad_debt teacher_receivable 60"]
    assert (made.key, made.what) == (f"payment {PAYMENT.id} written off w1", "written off")
    assert (made.subject, made.at, made.payments) == (PAYMENT.id, NOON, frozenset({PAYMENT.id}))


def test_quarantined_money_that_is_recognised_leaves_suspense_for_the_escrow() -> None:
    (made,) = postings.recognised(PAYMENT, at=NOON)
    assert legs([made]) == ["suspense escrow 3150"]
    assert (made.key, made.what) == (f"payment {PAYMENT.id} recognised", "quarantined money recognised")
    assert (made.subject, made.at, made.payments) == (PAYMENT.id, NOON, frozenset({PAYMENT.id}))


def test_nothing_moved_posts_nothing() -> None:
    nothing = a_transfer(amount=usd(0))
    assert (
        postings.transfer_reserved(nothing, PAYMENT, at=NOON)
        == postings.transfer_released(nothing, PAYMENT, at=NOON)
        == ()
    )
