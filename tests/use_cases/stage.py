"""Where a test of a use case begins: a lesson that is asked for, confirmed, paid, given or paid out.

Each step does what people do, through the use cases and the student's browser. A test names only what matters to it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from stripe._v1_services import V1Services

from linguapay_adapters.composition import SANDBOX_SECRET_KEY, Rehearsal
from linguapay_adapters.stripe.client import connect
from linguapay_adapters.stripe_sandbox.deliveries import signed
from linguapay_adapters.stripe_sandbox.in_process import SandboxHTTPClient
from linguapay_core.domain import settlement
from linguapay_core.domain.booking import Booking
from linguapay_core.domain.decision import changed
from linguapay_core.domain.effect import EffectState
from linguapay_core.domain.gig import Gig
from linguapay_core.domain.identifiers import PersonId
from linguapay_core.domain.object_kind import ObjectKind
from linguapay_core.domain.payment import Payment, PaymentState
from linguapay_core.domain.refund import Refund
from linguapay_core.domain.refund_request import RefundRequest, RequestState
from linguapay_core.domain.transfer import Transfer
from linguapay_core.use_cases.create_payment_intent import Checkout
from linguapay_core.use_cases.steps.loading import case_of
from linguapay_core.use_cases.steps.looking import look

STUDENT, OTHER_STUDENT = "student-ben", "student-eve"
TEACHER, OTHER_TEACHER = "teacher-anna", "teacher-zoe"
ADMIN, SECOND_ADMIN = "admin-carl", "admin-dora"

VISA, MASTERCARD = "4242424242424242", "5555555555554444"
DECLINED_CARD, DECLINED_LATER = "4000000000000002", "4000000000000341"
ALWAYS_3DS, SETUP_3DS = "4000002760003184", "4000002500003155"
REFUND_PENDS, REFUND_FAILS = "4000000000007726", "4000000000005126"

HOUR, DAY, MINUTE = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)
NOTICE = 3 * DAY
"""How long before its start a lesson is asked for, where a test doesn't say."""

BACK = "https://lessons.example/back"

CREDIT, RECEIVABLE = f"student_credit:{STUDENT}", f"teacher_receivable:{TEACHER}"
RECEIVABLE_MINOR = 952
"""What the teacher of ``owing`` owes of a refund of 10.00: all but the fee in it."""


def offered(lp: Rehearsal, teacher: str = TEACHER, hourly_price_minor: int = 2500) -> Gig:
    """A gig."""
    return lp.offer_gig(teacher, "French for travellers", hourly_price_minor)


def requested(
    lp: Rehearsal,
    gig: Gig | None = None,
    *,
    student: str = STUDENT,
    notice: timedelta = NOTICE,
    minutes: int = 60,
) -> Booking:
    """A lesson that a student asked for: 25.00 and a fee of 1.25, by default."""
    gig = gig or offered(lp)
    return lp.request_booking(student, gig.id, lp.clock.now() + notice, minutes)


def confirmed(lp: Rehearsal, gig: Gig | None = None, *, student: str = STUDENT, notice: timedelta = NOTICE) -> Booking:
    """A lesson that the teacher agreed to."""
    booking = requested(lp, gig, student=student, notice=notice)
    return lp.confirm_booking(booking.id, booking.teacher_id)


def paying(lp: Rehearsal, booking: Booking | None = None) -> Checkout:
    """A lesson whose intent waits for a card."""
    booking = booking or confirmed(lp)
    return lp.create_payment_intent(booking.id, booking.student_id)


def pay(lp: Rehearsal, checkout: Checkout, card: str = VISA) -> None:
    """The student enters a card, and nobody tells us."""
    assert checkout.client_secret is not None
    lp.browser.pay(checkout.client_secret.reveal(), lp.browser.enter_card(card))


def paid(lp: Rehearsal, booking: Booking | None = None, *, card: str = VISA) -> Payment:
    """A lesson that is paid, its cash in the books."""
    checkout = paying(lp, booking)
    pay(lp, checkout, card)
    lp.work()
    later(lp, 2 * MINUTE)
    return payment_of(lp, checkout.payment)


def completed(lp: Rehearsal, payment: Payment | None = None) -> Payment:
    """A lesson that was given; the protection period runs."""
    payment = payment or paid(lp)
    until(lp, booking_of(lp, payment).ends_at)
    lp.complete_booking(payment.booking_id, payment.teacher_id)
    return payment_of(lp, payment)


def ready(lp: Rehearsal, teacher: str = TEACHER) -> str:
    """A teacher whose account can receive money; the answer is the account at Stripe."""
    account = lp.open_teacher_account(teacher, "FR", BACK, BACK).account
    lp.stripe.complete_onboarding(account.account_id)
    lp.refresh_teacher_account(teacher)
    return account.account_id


def paid_out(lp: Rehearsal, payment: Payment | None = None) -> Payment:
    """A lesson whose teacher has the money."""
    ready(lp)
    payment = completed(lp, payment)
    later(lp, 72 * HOUR)
    return payment_of(lp, payment)


def asked_back(lp: Rehearsal, payment: Payment | None = None, amount_minor: int = 1000) -> RefundRequest:
    """A refund request that nobody has looked at."""
    payment = payment or paid(lp)
    return lp.request_refund(payment.id, payment.student_id, amount_minor, "The lesson was too short.")


def approved(lp: Rehearsal, payment: Payment | None = None, amount_minor: int = 1000) -> RefundRequest:
    """A refund request that an admin approved."""
    return lp.approve_refund_request(asked_back(lp, payment, amount_minor).id, ADMIN)


def quarantined(
    lp: Rehearsal, booking: Booking | None = None, card: str = VISA, *, until_cash: timedelta = 3 * MINUTE
) -> Payment:
    """A payment whose intent somebody changed at Stripe before it was paid: the money is right, its name isn't."""
    checkout = paying(lp, booking)
    other = checkout.payment.id.replace("pay_0", "pay_7")
    at_stripe(lp).payment_intents.update(checkout.payment.intent_id, {"metadata": {"payment_id": other}})
    pay(lp, checkout, card)
    later(lp, until_cash)
    payment = payment_of(lp, checkout.payment)
    assert payment.state is PaymentState.QUARANTINED
    return payment


def credited(lp: Rehearsal, booking: Booking | None = None) -> Payment:
    """A payment of which 10.00 was refunded, came back, and is owed as credit."""
    request = approved(lp, paid(lp, booking, card=REFUND_FAILS))
    lp.process_refund_request(request.id, ADMIN)
    later(lp, 3 * HOUR)
    assert request_now(lp, request).state is RequestState.BLOCKED
    return payment_of(lp, request)


def owing(lp: Rehearsal) -> Payment:
    """A teacher who was paid, and a refund of 10.00 of the lesson after that."""
    funded(lp)
    payment = paid_out(lp)
    lp.process_refund_request(approved(lp, payment).id, ADMIN)
    lp.work()
    assert held(lp, payment)[RECEIVABLE] == RECEIVABLE_MINOR
    return payment


def funded(lp: Rehearsal, amount_minor: int = 10_000) -> None:
    """Money of nobody's on the Stripe balance, so that Stripe's fees leave enough for a full refund.

    Nothing explains it, so it stands in suspense, with an alarm.
    """
    lp.stripe.adjust(amount_minor)
    later(lp, 2 * HOUR)


def later(lp: Rehearsal, by: timedelta) -> None:
    """So much time goes by, and the worker does what is due."""
    lp.clock.advance(by)
    lp.work()


def until(lp: Rehearsal, at: datetime) -> None:
    """The worker sleeps until then."""
    lp.clock.move_to(max(at, lp.clock.now()))


def booking_of(lp: Rehearsal, record: Booking | Payment | RefundRequest) -> Booking:
    """The booking of a record, as it is now."""
    booking_id = record.id if isinstance(record, Booking) else record.booking_id
    return lp.ports.reports.story(booking_id).booking


def payment_of(lp: Rehearsal, payment: Payment | RefundRequest | Refund | Transfer) -> Payment:
    """A payment as it is now."""
    payment_id = payment.id if isinstance(payment, Payment) else payment.payment_id
    return lp.ports.reports.story(payment.booking_id).payment(payment_id)


def transfer_of(lp: Rehearsal, payment: Payment) -> Transfer:
    """The latest transfer of a payment."""
    return lp.ports.reports.story(payment.booking_id).transfers[-1]


def refund_of(lp: Rehearsal, record: Payment | RefundRequest) -> Refund:
    """The latest refund of a payment."""
    return lp.ports.reports.story(record.booking_id).refunds[-1]


def request_now(lp: Rehearsal, request: RefundRequest) -> RefundRequest:
    """A refund request as it is now."""
    return next(one for one in lp.ports.reports.story(request.booking_id).requests if one.id == request.id)


def held(lp: Rehearsal, payment: Payment) -> dict[str, int]:
    """What the books hold for a payment, in minor units, by account."""
    books = lp.ports.reports.story(payment.booking_id).books_of(payment)
    return {str(account): money.amount_minor for account, money in books.items()}


def told(lp: Rehearsal, record: Booking | Payment | RefundRequest) -> list[str]:
    """The names of all events of a booking's story, in their order."""
    booking_id = record.id if isinstance(record, Booking) else record.booking_id
    return [moment.what for moment in lp.explain(booking_id).moments if moment.entry is None]


def alarms(lp: Rehearsal) -> list[str]:
    """The rules of all alarms that nobody cleared."""
    return [alarm.rule for alarm in lp.ports.reports.open_alarms()]


def forged(lp: Rehearsal, **different: object) -> tuple[bytes, str]:
    """An event as Stripe would sign it, of an object that Stripe may not know."""
    event = {
        "id": "evt_made_up",
        "object": "event",
        "type": "payment_intent.succeeded",
        "livemode": False,
        "created": int(lp.clock.now().timestamp()),
        "data": {"object": {"id": "pi_nowhere", "object": "payment_intent"}},
    }
    delivery = signed(event | different, "whsec_sandbox", int(lp.clock.now().timestamp()))
    return delivery.payload, delivery.signature


def refuse(lp: Rehearsal, refund: Refund) -> None:
    """Stripe refuses a refund for good."""
    ports = lp.ports
    with ports.transactions.begin() as transaction:
        request = None if refund.request_id is None else transaction.refund_request(refund.request_id)
        case = case_of(transaction, transaction.payment(refund.payment_id), ports.identifiers)
        now = transaction.refund(refund.id)
        transaction.keep(settlement.refund_rejected(case, now, request, "lost", at=ports.clock.now()))
        for effect in transaction.open_effects_of(refund.payment_id):
            if effect.subject == refund.id:
                transaction.keep(changed(replace(effect, state=EffectState.REJECTED)))


def look_at_refund(lp: Rehearsal, refund_id: str) -> None:
    """A webhook's hint is followed before our own refund is sent."""
    ports = lp.ports
    look(
        ObjectKind.REFUND,
        refund_id,
        transactions=ports.transactions,
        gateway=ports.gateway,
        clock=ports.clock,
        identifiers=ports.identifiers,
    )


def everything(lp: Rehearsal) -> object:
    """All that is known, to compare before and after."""
    reports = lp.ports.reports
    stories = tuple(reports.story(booking_id) for booking_id in reports.bookings())
    people = (STUDENT, OTHER_STUDENT, TEACHER, OTHER_TEACHER, ADMIN, SECOND_ADMIN)
    with lp.ports.transactions.begin() as transaction:
        persons = tuple(
            (transaction.person(one), tuple(transaction.texts_by(one)), transaction.account(one))
            for one in map(PersonId, people)
        )
    return stories, tuple(reports.entries_of_no_payment()), tuple(reports.open_alarms()), persons


def at_stripe(lp: Rehearsal) -> V1Services:
    """Stripe's own dashboard, so to speak: the SDK, used past us."""
    return connect(SANDBOX_SECRET_KEY, http_client=SandboxHTTPClient(lp.stripe)).v1
