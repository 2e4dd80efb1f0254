"""The teachers' money: connected accounts, transfers and reversals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeAlias

import stripe

from linguapay_adapters.stripe import translation
from linguapay_adapters.stripe.amounts import code_of, to_stripe
from linguapay_adapters.stripe.calls import CASH_EXPANDED, Calls, in_list, page, under
from linguapay_adapters.stripe.outcome import ask, ask_all
from linguapay_adapters.stripe.reading import Document, inner, integer
from linguapay_core.domain.answer import Answer, Answered, Unknown
from linguapay_core.domain.identifiers import BookingId, PersonId
from linguapay_core.domain.money import Money
from linguapay_core.domain.seen import SeenAccount, SeenTransfer
from linguapay_core.ports.gateway import TransferOrder

PartlySeen: TypeAlias = tuple[SeenTransfer, bool]
"""A transfer without its reversals, and whether there are any."""


class Transfers(Calls):
    """What a teacher is sent, and where to."""

    def create_account(self, *, key: str, teacher_id: PersonId, country: str, email: str) -> Answer[SeenAccount]:
        """Connect an Express account that asks for nothing but transfers."""
        params: stripe.params.AccountCreateParams = {
            "type": "express",
            "country": country,
            "capabilities": {"transfers": {"requested": True}},
            "metadata": {translation.KEY: key, "teacher_id": teacher_id},
        }
        if email:
            params["email"] = email
        return ask(lambda: self._stripe.accounts.create(params, under(key)), translation.account)

    def account(self, account_id: str) -> Answer[SeenAccount]:
        """Fetch a connected account."""
        return ask(lambda: self._stripe.accounts.retrieve(account_id), translation.account)

    def own_account(self) -> Answer[str]:
        """Fetch the account of our key (Stripe: Retrieve account)."""
        return ask(self._stripe.accounts.retrieve_current, translation.account_id)

    def onboarding_link(self, account_id: str, *, return_url: str, refresh_url: str) -> Answer[str]:
        """Make a link for one visit (Stripe: Account Links). Two of them would be harmless: there is no key of ours."""
        params: stripe.params.AccountLinkCreateParams = {
            "account": account_id,
            "type": "account_onboarding",
            "return_url": return_url,
            "refresh_url": refresh_url,
        }
        return ask(lambda: self._stripe.account_links.create(params), translation.onboarding_link)

    def transfers_of(self, booking_id: BookingId) -> Answer[Sequence[SeenTransfer]]:
        """List every transfer in a booking's group, each with its reversals."""
        params: stripe.params.TransferListParams = {"transfer_group": booking_id, "expand": in_list(CASH_EXPANDED)}
        answer = ask_all(lambda cursor: self._stripe.transfers.list(page(params, cursor)), _reversed_or_not)
        if not isinstance(answer, Answered):
            return answer
        found: list[SeenTransfer] = []
        for partly_seen in answer.value:
            whole = self._whole(partly_seen)
            if not isinstance(whole, Answered):
                return whole
            found.append(whole.value)
        return Answered(tuple(found))

    def create_transfer(self, order: TransferOrder) -> Answer[SeenTransfer]:
        """Send money to a connected account as soon as the charge's funds are there."""
        params: stripe.params.TransferCreateParams = {
            "amount": to_stripe(order.amount),
            "currency": code_of(order.amount.currency),
            "destination": order.account_id,
            "source_transaction": order.charge_id,
            "transfer_group": order.booking_id,
            "expand": CASH_EXPANDED,
            "metadata": {
                translation.KEY: order.key,
                "transfer_id": order.transfer_id,
                "payment_id": order.payment_id,
                "booking_id": order.booking_id,
            },
        }
        return ask(lambda: self._stripe.transfers.create(params, under(order.key)), translation.transfer)

    def transfer(self, stripe_id: str) -> Answer[SeenTransfer]:
        """Fetch a transfer with its reversals and balance transactions."""
        answer = ask(lambda: self._stripe.transfers.retrieve(stripe_id, {"expand": CASH_EXPANDED}), _reversed_or_not)
        return self._whole(answer.value) if isinstance(answer, Answered) else answer

    def reverse_transfer(self, stripe_id: str, *, key: str, amount: Money) -> Answer[SeenTransfer]:
        """Take money of a transfer back. Once that is done, nothing that goes wrong may pass for nothing done."""
        params: stripe.params.TransferReversalCreateParams = {
            "amount": to_stripe(amount),
            "expand": ["transfer.balance_transaction"],
            "metadata": {translation.KEY: key},
        }
        done = ask(
            lambda: self._stripe.transfers.reversals.create(stripe_id, params, under(key)),
            lambda document: _reversed_or_not(inner(document, "transfer")),
        )
        if not isinstance(done, Answered):
            return done
        whole = self._whole(done.value)
        return (
            whole if isinstance(whole, Answered) else Unknown("the money came back, but the transfer wasn't seen since")
        )

    def _whole(self, partly_seen: PartlySeen) -> Answer[SeenTransfer]:
        """List a transfer's reversals: only some stand in the transfer itself, and without their movements."""
        seen, is_reversed = partly_seen
        if not is_reversed:
            return Answered(seen)
        params: stripe.params.TransferReversalListParams = {"expand": in_list(CASH_EXPANDED)}
        answer = ask_all(
            lambda cursor: self._stripe.transfers.reversals.list(seen.id, page(params, cursor)), translation.reversal
        )
        return Answered(replace(seen, reversals=answer.value)) if isinstance(answer, Answered) else answer


def _reversed_or_not(document: Document) -> PartlySeen:
    return translation.transfer(document), integer(document, "amount_reversed") > 0
