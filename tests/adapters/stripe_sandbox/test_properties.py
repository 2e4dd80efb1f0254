"""Whatever is done to the sandbox in whatever order: the balance is the sum of its movements, nothing is exceeded."""

import contextlib
from datetime import timedelta

import stripe
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from linguapay_adapters.stripe_sandbox.cards import CARDS
from tests.adapters.stripe_sandbox.shop import Shop

AMOUNTS = st.integers(50, 5000)
PICKS = st.integers(0, 50)


class Marketplace(RuleBasedStateMachine):
    """Students, teachers, admins and the clock act at random."""

    def __init__(self) -> None:
        super().__init__()
        self.shop = Shop()
        self.intents: list[str] = []
        self.transfers: list[str] = []
        self.teachers: list[str] = []

    @initialize()
    def a_teacher_joins(self) -> None:
        self.teachers.append(self.shop.teacher().id)

    @rule(amount=AMOUNTS, card=st.sampled_from([card.token for card in CARDS]))
    def pay(self, amount: int, card: str) -> None:
        intent = self.shop.intent(amount)
        self.intents.append(intent.id)
        with contextlib.suppress(stripe.CardError):
            self.shop.stripe.payment_intents.confirm(intent.id, {"payment_method": card})

    @rule(pick=PICKS, succeeds=st.booleans())
    def authenticate(self, pick: int, succeeds: bool) -> None:
        if self.intents:
            identifier = self.intents[pick % len(self.intents)]
            form = f"succeeds={str(succeeds).lower()}"
            self.shop.send("POST", f"/sandbox/intents/{identifier}/complete_action", form)

    @rule(pick=PICKS)
    def cancel(self, pick: int) -> None:
        if self.intents:
            with contextlib.suppress(stripe.InvalidRequestError):
                self.shop.stripe.payment_intents.cancel(self.intents[pick % len(self.intents)])

    @rule(pick=PICKS, amount=AMOUNTS)
    def refund(self, pick: int, amount: int) -> None:
        if self.intents:
            with contextlib.suppress(stripe.InvalidRequestError):
                intent = self.intents[pick % len(self.intents)]
                self.shop.stripe.refunds.create({"payment_intent": intent, "amount": amount})

    @rule(pick=PICKS, amount=AMOUNTS, has_source=st.booleans())
    def transfer(self, pick: int, amount: int, has_source: bool) -> None:
        charges = self.shop.stripe.charges.list({"limit": 100}).data
        source = {"source_transaction": charges[pick % len(charges)].id} if has_source and charges else {}
        with contextlib.suppress(stripe.InvalidRequestError):
            made = self.shop.stripe.transfers.create(
                {"amount": amount, "currency": "usd", "destination": self.teachers[0], **source}  # type: ignore[typeddict-item]
            )
            self.transfers.append(made.id)

    @rule(pick=PICKS, amount=AMOUNTS)
    def reverse(self, pick: int, amount: int) -> None:
        if self.transfers:
            with contextlib.suppress(stripe.InvalidRequestError):
                transfer = self.transfers[pick % len(self.transfers)]
                self.shop.stripe.transfers.reversals.create(transfer, {"amount": amount})

    @rule(amount=AMOUNTS)
    def pay_out(self, amount: int) -> None:
        with contextlib.suppress(stripe.InvalidRequestError):
            self.shop.stripe.payouts.create({"amount": amount, "currency": "usd"})

    @rule(amount=AMOUNTS, kind=st.sampled_from(["dropped_after", "error_500_after", "truncated_body"]))
    def lose_an_answer(self, amount: int, kind: str) -> None:
        self.shop.sandbox.faults.add(kind, method="POST")
        with contextlib.suppress(stripe.APIError, stripe.APIConnectionError):
            self.shop.intent(amount, payment_method="pm_card_visa", confirm=True)

    @rule(seconds=st.sampled_from([1, 2, 3600, 3 * 3600, 86_400, 3 * 86_400]))
    def time_passes(self, seconds: int) -> None:
        self.shop.clock.advance(timedelta(seconds=seconds))

    @invariant()
    def the_balance_is_the_sum_of_its_movements(self) -> None:
        for options in ({}, *({"stripe_account": one} for one in self.teachers)):
            balance = self.shop.stripe.balance.retrieve({}, options)  # type: ignore[arg-type]
            movements = self.shop.stripe.balance_transactions.list({"limit": 100}, options)  # type: ignore[arg-type]
            parts = list(movements.auto_paging_iter())
            available = sum(one.net for one in parts if one.status == "available")
            assert balance.available[0].amount == available
            assert balance.available[0].amount + balance.pending[0].amount == sum(one.net for one in parts)
            assert all(one.net == one.amount - one.fee for one in parts)

    @invariant()
    def no_charge_is_refunded_beyond_its_amount(self) -> None:
        for charge in self.shop.stripe.charges.list({"limit": 100}).auto_paging_iter():
            refunds = self.shop.stripe.refunds.list({"charge": charge.id, "limit": 100}).auto_paging_iter()
            standing = sum(refund.amount for refund in refunds if refund.status != "failed")
            assert charge.amount_refunded == standing <= charge.amount_captured

    @invariant()
    def no_charge_is_transferred_and_no_transfer_reversed_beyond_its_amount(self) -> None:
        drawn: dict[str, int] = {}
        for transfer in self.shop.stripe.transfers.list({"limit": 100}).auto_paging_iter():
            assert transfer.amount_reversed <= transfer.amount
            source = str(transfer.source_transaction)
            drawn[source] = drawn.get(source, 0) + transfer.amount - transfer.amount_reversed
        for charge in self.shop.stripe.charges.list({"limit": 100}).auto_paging_iter():
            assert drawn.get(charge.id, 0) <= charge.amount

    @invariant()
    def no_connected_account_owes_anything(self) -> None:
        for teacher in self.teachers:
            balance = self.shop.stripe.balance.retrieve({}, {"stripe_account": teacher})
            assert balance.available[0].amount + balance.pending[0].amount >= 0

    def teardown(self) -> None:
        self.shop.sandbox.close()


TestMarketplace = Marketplace.TestCase
TestMarketplace.settings = settings(max_examples=25, stateful_step_count=20)
