"""LinguaPay, to be imported: one attribute per use case.

``plug_in(ports)`` binds every use case to the ports that its signature names; a call takes the fields of its command.
What a use case does, and what it raises, stands with its function.
"""

from __future__ import annotations

from dataclasses import dataclass

from linguapay_core.binding import bind
from linguapay_core.domain.policies import Policies
from linguapay_core.ports.gateway import Gateway
from linguapay_core.ports.identifiers import Identifiers
from linguapay_core.ports.identity import Identity
from linguapay_core.ports.messenger import Messenger
from linguapay_core.ports.projections import Projections
from linguapay_core.ports.stored_answers import StoredAnswers
from linguapay_core.ports.transactions import Transactions
from linguapay_core.ports.watch import Watch
from linguapay_core.ports.webhook_reader import WebhookReader
from linguapay_core.reading import Reading, ReadingPorts
from linguapay_core.use_cases.abandon_effect import AbandonEffect, abandon_effect
from linguapay_core.use_cases.accept_quarantined_payment import (
    AcceptQuarantinedPayment,
    accept_quarantined_payment,
)
from linguapay_core.use_cases.accept_reschedule import AcceptReschedule, accept_reschedule
from linguapay_core.use_cases.add_subscription import AddSubscription, add_subscription
from linguapay_core.use_cases.answer_key import AnswerKey, answer_key
from linguapay_core.use_cases.approve_refund_request import ApproveRefundRequest, approve_refund_request
from linguapay_core.use_cases.cancel_booking import CancelBooking, cancel_booking
from linguapay_core.use_cases.change_subscription import ChangeSubscription, change_subscription
from linguapay_core.use_cases.check_health import CheckHealth, check_health
from linguapay_core.use_cases.claim_key import ClaimKey, claim_key
from linguapay_core.use_cases.claim_no_show import ClaimNoShow, claim_no_show
from linguapay_core.use_cases.clear_alarm import ClearAlarm, clear_alarm
from linguapay_core.use_cases.close_days import CloseDays, close_days
from linguapay_core.use_cases.collect_cash import CollectCash, collect_cash
from linguapay_core.use_cases.complete_booking import CompleteBooking, complete_booking
from linguapay_core.use_cases.confirm_booking import ConfirmBooking, confirm_booking
from linguapay_core.use_cases.confirm_payment import ConfirmPayment, confirm_payment
from linguapay_core.use_cases.create_payment_intent import CreatePaymentIntent, create_payment_intent
from linguapay_core.use_cases.create_setup_intent import CreateSetupIntent, create_setup_intent
from linguapay_core.use_cases.decide_contest import DecideContest, decide_contest
from linguapay_core.use_cases.decline_booking import DeclineBooking, decline_booking
from linguapay_core.use_cases.decline_reschedule import DeclineReschedule, decline_reschedule
from linguapay_core.use_cases.delete_payment_method import DeletePaymentMethod, delete_payment_method
from linguapay_core.use_cases.deliver_effects import DeliverEffects, deliver_effects
from linguapay_core.use_cases.deliver_messages import DeliverMessages, deliver_messages
from linguapay_core.use_cases.deny_no_show import DenyNoShow, deny_no_show
from linguapay_core.use_cases.describe_person import DescribePerson, describe_person
from linguapay_core.use_cases.edit_refund_request import EditRefundRequest, edit_refund_request
from linguapay_core.use_cases.erase_person import ErasePerson, erase_person
from linguapay_core.use_cases.erase_when_settled import EraseWhenSettled, erase_when_settled
from linguapay_core.use_cases.export_figures import ExportFigures, export_figures
from linguapay_core.use_cases.export_ledger import ExportLedger, export_ledger
from linguapay_core.use_cases.export_records import ExportRecords, export_records
from linguapay_core.use_cases.fan_out_events import FanOutEvents, fan_out_events
from linguapay_core.use_cases.fold_figures import FoldFigures, fold_figures
from linguapay_core.use_cases.forget_keys import ForgetKeys, forget_keys
from linguapay_core.use_cases.forget_messages import ForgetMessages, forget_messages
from linguapay_core.use_cases.gather_person import GatherPerson, gather_person
from linguapay_core.use_cases.hold_transfer import HoldTransfer, hold_transfer
from linguapay_core.use_cases.identify import Identify, identify
from linguapay_core.use_cases.list_payment_methods import ListPaymentMethods, list_payment_methods
from linguapay_core.use_cases.look_at_stripe import LookAtStripe, look_at_stripe
from linguapay_core.use_cases.make_default_payment_method import MakeDefaultPaymentMethod, make_default_payment_method
from linguapay_core.use_cases.note_credit_paid_by_bank import NoteCreditPaidByBank, note_credit_paid_by_bank
from linguapay_core.use_cases.note_heartbeat import NoteHeartbeat, note_heartbeat
from linguapay_core.use_cases.number_receipts import NumberReceipts, number_receipts
from linguapay_core.use_cases.offer_gig import OfferGig, offer_gig
from linguapay_core.use_cases.open_teacher_account import OpenTeacherAccount, open_teacher_account
from linguapay_core.use_cases.pass_deadlines import PassDeadlines, pass_deadlines
from linguapay_core.use_cases.pause_subscription import PauseSubscription, pause_subscription
from linguapay_core.use_cases.poll_events import PollEvents, poll_events
from linguapay_core.use_cases.process_refund_request import ProcessRefundRequest, process_refund_request
from linguapay_core.use_cases.process_webhook_events import ProcessWebhookEvents, process_webhook_events
from linguapay_core.use_cases.propose_reschedule import ProposeReschedule, propose_reschedule
from linguapay_core.use_cases.prove_books import ProveBooks, prove_books
from linguapay_core.use_cases.quote_cancellation import QuoteCancellation, quote_cancellation
from linguapay_core.use_cases.quote_lesson import QuoteLesson, quote_lesson
from linguapay_core.use_cases.read_gauges import ReadGauges, read_gauges
from linguapay_core.use_cases.rebuild_figures import RebuildFigures, rebuild_figures
from linguapay_core.use_cases.receive_webhook import ReceiveWebhook, receive_webhook
from linguapay_core.use_cases.recognise_account import RecogniseAccount, recognise_account
from linguapay_core.use_cases.redeliver_message import RedeliverMessage, redeliver_message
from linguapay_core.use_cases.refresh_teacher_account import RefreshTeacherAccount, refresh_teacher_account
from linguapay_core.use_cases.refund_again import RefundAgain, refund_again
from linguapay_core.use_cases.refund_credit_again import RefundCreditAgain, refund_credit_again
from linguapay_core.use_cases.refund_quarantined_payment import (
    RefundQuarantinedPayment,
    refund_quarantined_payment,
)
from linguapay_core.use_cases.reject_refund_request import RejectRefundRequest, reject_refund_request
from linguapay_core.use_cases.release_key import ReleaseKey, release_key
from linguapay_core.use_cases.release_transfer import ReleaseTransfer, release_transfer
from linguapay_core.use_cases.remove_subscription import RemoveSubscription, remove_subscription
from linguapay_core.use_cases.replay_webhook_event import ReplayWebhookEvent, replay_webhook_event
from linguapay_core.use_cases.report_problem import ReportProblem, report_problem
from linguapay_core.use_cases.request_booking import RequestBooking, request_booking
from linguapay_core.use_cases.request_refund import RequestRefund, request_refund
from linguapay_core.use_cases.resolve_effect import ResolveEffect, resolve_effect
from linguapay_core.use_cases.resume_subscription import ResumeSubscription, resume_subscription
from linguapay_core.use_cases.retire_gig import RetireGig, retire_gig
from linguapay_core.use_cases.retry_effect import RetryEffect, retry_effect
from linguapay_core.use_cases.retry_transfer import RetryTransfer, retry_transfer
from linguapay_core.use_cases.rotate_subscription_secret import RotateSubscriptionSecret, rotate_subscription_secret
from linguapay_core.use_cases.save_payment_method import SavePaymentMethod, save_payment_method
from linguapay_core.use_cases.send_test_message import SendTestMessage, send_test_message
from linguapay_core.use_cases.show_person import ShowPerson, show_person
from linguapay_core.use_cases.show_receipt import ShowReceipt, show_receipt
from linguapay_core.use_cases.show_statement import ShowStatement, show_statement
from linguapay_core.use_cases.sync_payment import SyncPayment, sync_payment
from linguapay_core.use_cases.verify_books import VerifyBooks, verify_books
from linguapay_core.use_cases.what_if import WhatIf, what_if
from linguapay_core.use_cases.withdraw_booking import WithdrawBooking, withdraw_booking
from linguapay_core.use_cases.withdraw_refund_request import WithdrawRefundRequest, withdraw_refund_request
from linguapay_core.use_cases.write_off_receivable import WriteOffReceivable, write_off_receivable


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports(ReadingPorts):
    """Everything outside that the use cases need. ``live`` says whether Stripe moves real money."""

    transactions: Transactions
    projections: Projections
    gateway: Gateway
    webhook_reader: WebhookReader
    messenger: Messenger
    stored_answers: StoredAnswers
    watch: Watch
    identifiers: Identifiers
    identity: Identity
    policies: Policies
    live: bool = False


class LinguaPay(Reading):
    """The whole of it. Make one with ``plug_in``; it holds no state of its own and may be shared between threads."""

    def __init__(self, ports: Ports) -> None:  # noqa: PLR0915 - a table: one line for each use case
        """Bind every use case."""
        super().__init__(ports)

        self.offer_gig = bind(ports, OfferGig, offer_gig)
        self.retire_gig = bind(ports, RetireGig, retire_gig)
        self.quote_lesson = bind(ports, QuoteLesson, quote_lesson)

        self.request_booking = bind(ports, RequestBooking, request_booking)
        self.confirm_booking = bind(ports, ConfirmBooking, confirm_booking)
        self.decline_booking = bind(ports, DeclineBooking, decline_booking)
        self.withdraw_booking = bind(ports, WithdrawBooking, withdraw_booking)
        self.cancel_booking = bind(ports, CancelBooking, cancel_booking)
        self.quote_cancellation = bind(ports, QuoteCancellation, quote_cancellation)
        self.complete_booking = bind(ports, CompleteBooking, complete_booking)
        self.claim_no_show = bind(ports, ClaimNoShow, claim_no_show)
        self.deny_no_show = bind(ports, DenyNoShow, deny_no_show)
        self.report_problem = bind(ports, ReportProblem, report_problem)
        self.decide_contest = bind(ports, DecideContest, decide_contest)
        self.propose_reschedule = bind(ports, ProposeReschedule, propose_reschedule)
        self.accept_reschedule = bind(ports, AcceptReschedule, accept_reschedule)
        self.decline_reschedule = bind(ports, DeclineReschedule, decline_reschedule)

        self.create_payment_intent = bind(ports, CreatePaymentIntent, create_payment_intent)
        self.confirm_payment = bind(ports, ConfirmPayment, confirm_payment)
        self.sync_payment = bind(ports, SyncPayment, sync_payment)
        self.accept_quarantined_payment = bind(ports, AcceptQuarantinedPayment, accept_quarantined_payment)
        self.refund_quarantined_payment = bind(ports, RefundQuarantinedPayment, refund_quarantined_payment)

        self.list_payment_methods = bind(ports, ListPaymentMethods, list_payment_methods)
        self.save_payment_method = bind(ports, SavePaymentMethod, save_payment_method)
        self.make_default_payment_method = bind(ports, MakeDefaultPaymentMethod, make_default_payment_method)
        self.delete_payment_method = bind(ports, DeletePaymentMethod, delete_payment_method)
        self.create_setup_intent = bind(ports, CreateSetupIntent, create_setup_intent)

        self.request_refund = bind(ports, RequestRefund, request_refund)
        self.edit_refund_request = bind(ports, EditRefundRequest, edit_refund_request)
        self.withdraw_refund_request = bind(ports, WithdrawRefundRequest, withdraw_refund_request)
        self.approve_refund_request = bind(ports, ApproveRefundRequest, approve_refund_request)
        self.reject_refund_request = bind(ports, RejectRefundRequest, reject_refund_request)
        self.process_refund_request = bind(ports, ProcessRefundRequest, process_refund_request)
        self.refund_again = bind(ports, RefundAgain, refund_again)
        self.refund_credit_again = bind(ports, RefundCreditAgain, refund_credit_again)
        self.note_credit_paid_by_bank = bind(ports, NoteCreditPaidByBank, note_credit_paid_by_bank)

        self.open_teacher_account = bind(ports, OpenTeacherAccount, open_teacher_account)
        self.refresh_teacher_account = bind(ports, RefreshTeacherAccount, refresh_teacher_account)
        self.hold_transfer = bind(ports, HoldTransfer, hold_transfer)
        self.release_transfer = bind(ports, ReleaseTransfer, release_transfer)
        self.retry_transfer = bind(ports, RetryTransfer, retry_transfer)
        self.write_off_receivable = bind(ports, WriteOffReceivable, write_off_receivable)

        self.receive_webhook = bind(ports, ReceiveWebhook, receive_webhook)
        self.process_webhook_events = bind(ports, ProcessWebhookEvents, process_webhook_events)
        self.deliver_effects = bind(ports, DeliverEffects, deliver_effects)
        self.pass_deadlines = bind(ports, PassDeadlines, pass_deadlines)
        self.look_at_stripe = bind(ports, LookAtStripe, look_at_stripe)
        self.collect_cash = bind(ports, CollectCash, collect_cash)
        self.poll_events = bind(ports, PollEvents, poll_events)

        self.add_subscription = bind(ports, AddSubscription, add_subscription)
        self.change_subscription = bind(ports, ChangeSubscription, change_subscription)
        self.rotate_subscription_secret = bind(ports, RotateSubscriptionSecret, rotate_subscription_secret)
        self.pause_subscription = bind(ports, PauseSubscription, pause_subscription)
        self.resume_subscription = bind(ports, ResumeSubscription, resume_subscription)
        self.remove_subscription = bind(ports, RemoveSubscription, remove_subscription)
        self.send_test_message = bind(ports, SendTestMessage, send_test_message)
        self.redeliver_message = bind(ports, RedeliverMessage, redeliver_message)
        self.fan_out_events = bind(ports, FanOutEvents, fan_out_events)
        self.deliver_messages = bind(ports, DeliverMessages, deliver_messages)
        self.forget_messages = bind(ports, ForgetMessages, forget_messages)

        self.retry_effect = bind(ports, RetryEffect, retry_effect)
        self.resolve_effect = bind(ports, ResolveEffect, resolve_effect)
        self.abandon_effect = bind(ports, AbandonEffect, abandon_effect)
        self.replay_webhook_event = bind(ports, ReplayWebhookEvent, replay_webhook_event)
        self.clear_alarm = bind(ports, ClearAlarm, clear_alarm)

        self.identify = bind(ports, Identify, identify)
        self.describe_person = bind(ports, DescribePerson, describe_person)
        self.show_person = bind(ports, ShowPerson, show_person)
        self.gather_person = bind(ports, GatherPerson, gather_person)
        self.erase_person = bind(ports, ErasePerson, erase_person)
        self.erase_when_settled = bind(ports, EraseWhenSettled, erase_when_settled)

        self.claim_key = bind(ports, ClaimKey, claim_key)
        self.answer_key = bind(ports, AnswerKey, answer_key)
        self.release_key = bind(ports, ReleaseKey, release_key)
        self.forget_keys = bind(ports, ForgetKeys, forget_keys)

        self.recognise_account = bind(ports, RecogniseAccount, recognise_account)
        self.note_heartbeat = bind(ports, NoteHeartbeat, note_heartbeat)
        self.check_health = bind(ports, CheckHealth, check_health)
        self.read_gauges = bind(ports, ReadGauges, read_gauges)

        self.fold_figures = bind(ports, FoldFigures, fold_figures)
        self.rebuild_figures = bind(ports, RebuildFigures, rebuild_figures)
        self.prove_books = bind(ports, ProveBooks, prove_books)

        self.close_days = bind(ports, CloseDays, close_days)
        self.number_receipts = bind(ports, NumberReceipts, number_receipts)
        self.show_receipt = bind(ports, ShowReceipt, show_receipt)
        self.show_statement = bind(ports, ShowStatement, show_statement)
        self.export_records = bind(ports, ExportRecords, export_records)
        self.export_ledger = bind(ports, ExportLedger, export_ledger)
        self.export_figures = bind(ports, ExportFigures, export_figures)

        self.verify_books = bind(ports, VerifyBooks, verify_books)
        self.what_if = bind(ports, WhatIf, what_if)


def plug_in(ports: Ports) -> LinguaPay:
    """LinguaPay on these ports."""
    return LinguaPay(ports)
