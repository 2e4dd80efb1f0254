"""Every rule by which money goes back says how a replay finds out how much that would have been."""

from linguapay_core.domain.refund import GIVES_ALL_BACK, OF_AN_AMOUNT, PAYS_NO_LESSON, SETTLES_ESCROW, RefundRule

BY_ITSELF = {RefundRule.CANCELLED_BY_STUDENT, RefundRule.CREDIT_REFUNDED_AGAIN}
"""The rules of which a replay computes the amount: by the terms, and as what is owed as credit."""


def test_each_rule_says_how_much_goes_back_and_in_one_way() -> None:
    ways = (GIVES_ALL_BACK, OF_AN_AMOUNT, BY_ITSELF)
    assert sorted(rule for way in ways for rule in way) == sorted(RefundRule)


def test_no_rule_both_settles_a_lesson_and_pays_none() -> None:
    assert not SETTLES_ESCROW & PAYS_NO_LESSON
