"""Many writers on one SQLite file: each waits for its turn, and nobody hears that the database is locked."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from linguapay_adapters.composition import REHEARSAL_STARTS, sandbox
from linguapay_adapters.worker.worker import Worker
from tests.stories.crowd import Crowd
from tests.stories.tale import TEACHER, VISA, check_books

WRITERS = 16
WORKERS = 2


def test_sixteen_writers_and_two_workers_on_one_file_all_get_through(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'linguapay.db'}"
    with sandbox(url, stripe_path=tmp_path / "stripe.db", seed=1) as house:
        gig = house.offer_gig(TEACHER, "French", 2500)

        def lesson(number: int) -> str:
            student = f"student-{number}"
            card = house.save_payment_method(student, house.browser.enter_card(VISA))
            start = REHEARSAL_STARTS + timedelta(days=3, hours=2 * number)
            booking = house.request_booking(student, gig.id, start, 60)
            house.confirm_booking(booking.id, TEACHER)
            checkout = house.create_payment_intent(booking.id, student, payment_method_id=card.id)
            request = house.request_refund(checkout.payment.id, student, 500, "The room was cold.")
            house.approve_refund_request(request.id, "admin-cleo")
            house.process_refund_request(request.id, "admin-cleo")
            return booking.id

        def work() -> str:
            rounds = Worker(house, house.clock).run_until_idle()
            return str([round_.troubles for round_ in rounds if round_.troubles])

        deeds = [lambda number=number: lesson(number) for number in range(WRITERS)]
        crowd = Crowd([*deeds, *[work] * WORKERS], patient=False)
        assert crowd.errors == []
        assert crowd.answers[WRITERS:] == ["[]"] * WORKERS
        assert len(set(crowd.answers[:WRITERS])) == WRITERS
        house.clock.advance(timedelta(minutes=5))
        house.work()
        check_books(house)
