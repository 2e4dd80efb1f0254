"""The machines of the money page, written out once more: a changed table or role fails here first.

Each line is ``from  trigger  to  roles``. What a table doesn't list is refused, or was decided already.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import pytest

from linguapay_core.domain.booking import BOOKING
from linguapay_core.domain.delivery import DELIVERY
from linguapay_core.domain.effect import EFFECT
from linguapay_core.domain.errors import Refused
from linguapay_core.domain.machine import Role
from linguapay_core.domain.payment import PAYMENT
from linguapay_core.domain.refund import REFUND
from linguapay_core.domain.refund_request import REFUND_REQUEST
from linguapay_core.domain.subscription import SUBSCRIPTION
from linguapay_core.domain.transfer import TRANSFER
from linguapay_core.domain.webhook_event import WEBHOOK_EVENT
from tests.domain.machines import MACHINES, AnyMachine

TABLES: Final = {
    BOOKING.name: """
        requested   confirm             confirmed   teacher
        requested   decline             declined    teacher
        requested   withdraw            cancelled   student
        requested   pass_answer_by      expired     clock
        confirmed   start_payment       paying      student
        confirmed   payment_succeeded   paid        stripe
        confirmed   cancel              cancelled   student teacher
        confirmed   pass_pay_by         expired     clock
        confirmed   propose_reschedule  confirmed   student teacher
        confirmed   accept_reschedule   confirmed   student teacher
        confirmed   decline_reschedule  confirmed   student teacher
        paying      payment_succeeded   paid        stripe
        paying      payment_ended       confirmed   stripe
        paying      payment_ended_late  expired     stripe
        paying      cancel              cancelling  student teacher
        paying      pass_pay_by         cancelling  clock
        cancelling  payment_succeeded   cancelled   stripe
        cancelling  payment_ended       cancelled   stripe
        cancelling  payment_ended_late  cancelled   stripe
        paid        cancel              cancelled   student teacher
        paid        complete            completed   teacher
        paid        pass_grace          completed   clock
        paid        claim_no_show       paid        student teacher
        paid        uphold_no_show      cancelled   clock
        paid        deny_no_show        contested   student teacher
        paid        report_problem      contested   student
        paid        propose_reschedule  paid        student teacher
        paid        accept_reschedule   paid        student teacher
        paid        decline_reschedule  paid        student teacher
        contested   decide_completed    completed   admin
        contested   decide_cancelled    cancelled   admin
    """,
    PAYMENT.name: """
        new               ask         creating          student system
        creating          open        open              stripe
        creating          lose        creating_unknown  system
        creating          refuse      failed            stripe
        creating          process     processing        stripe
        creating          cancel      cancelling        student teacher clock
        creating          end         cancelled         stripe
        creating          succeed     succeeded         stripe
        creating          quarantine  quarantined       stripe
        creating_unknown  ask         creating          student system
        creating_unknown  open        open              stripe
        creating_unknown  refuse      failed            stripe
        creating_unknown  process     processing        stripe
        creating_unknown  cancel      cancelling        student teacher clock
        creating_unknown  end         cancelled         stripe
        creating_unknown  succeed     succeeded         stripe
        creating_unknown  quarantine  quarantined       stripe
        open              process     processing        stripe
        open              cancel      cancelling        student teacher clock
        open              end         cancelled         stripe
        open              succeed     succeeded         stripe
        open              quarantine  quarantined       stripe
        processing        open        open              stripe
        processing        cancel      cancelling        student teacher clock
        processing        end         cancelled         stripe
        processing        succeed     succeeded         stripe
        processing        quarantine  quarantined       stripe
        cancelling        end         cancelled         stripe
        cancelling        refuse      cancelled         stripe
        cancelling        succeed     succeeded         stripe
        cancelling        quarantine  quarantined       stripe
        failed            succeed     succeeded         stripe
        failed            quarantine  quarantined       stripe
        cancelled         succeed     succeeded         stripe
        cancelled         quarantine  quarantined       stripe
        quarantined       accept      accepted          admin
        quarantined       refund      refunded          admin
        quarantined       return      sent_back         stripe
    """,
    REFUND_REQUEST.name: """
        submitted  edit      submitted  student
        submitted  approve   approved   admin
        submitted  reject    rejected   admin
        submitted  withdraw  withdrawn  student
        submitted  expire    expired    clock
        submitted  resume    executing  system
        approved   edit      submitted  student
        approved   process   executing  admin
        approved   withdraw  withdrawn  student
        approved   block     blocked    system
        approved   expire    expired    clock
        approved   resume    executing  system
        executing  finish    done       system
        executing  block     blocked    system
        done       block     blocked    system
        blocked    approve   approved   admin
        blocked    reject    rejected   admin
        blocked    withdraw  withdrawn  student
        blocked    expire    expired    clock
        blocked    resume    executing  system
    """,
    REFUND.name: """
        reserved   pend     pending    stripe
        reserved   succeed  succeeded  stripe
        reserved   fail     failed     stripe
        reserved   reject   rejected   stripe admin
        reserved   lose     unknown    system
        reserved   park     parked     system
        unknown    pend     pending    stripe
        unknown    succeed  succeeded  stripe
        unknown    fail     failed     stripe
        unknown    reject   rejected   stripe admin
        unknown    retry    reserved   system admin
        unknown    park     parked     system
        parked     pend     pending    stripe
        parked     succeed  succeeded  stripe
        parked     fail     failed     stripe
        parked     reject   rejected   stripe admin
        parked     retry    reserved   system admin
        pending    succeed  succeeded  stripe
        pending    fail     failed     stripe
        succeeded  fail     failed     stripe
        rejected   pend     pending    stripe
        rejected   succeed  succeeded  stripe
        rejected   fail     failed     stripe
    """,
    TRANSFER.name: """
        scheduled  hold     on_hold    system admin
        scheduled  reserve  reserved   system
        scheduled  cancel   cancelled  system
        on_hold    hold     on_hold    system admin
        on_hold    release  scheduled  system admin
        on_hold    cancel   cancelled  system
        reserved   create   created    stripe
        reserved   reject   scheduled  stripe admin
        reserved   lose     unknown    system
        reserved   park     parked     system
        unknown    create   created    stripe
        unknown    reject   scheduled  stripe admin
        unknown    retry    reserved   system admin
        unknown    park     parked     system
        parked     create   created    stripe
        parked     reject   scheduled  stripe admin
        parked     retry    reserved   system admin
        created    reverse  created    stripe
    """,
    EFFECT.name: """
        queued   lease     leased     system
        queued   succeed   succeeded  system admin
        queued   cancel    cancelled  system
        leased   lease     leased     system
        leased   succeed   succeeded  system admin
        leased   reject    rejected   system admin
        leased   postpone  retry      system
        leased   lose      unknown    system
        leased   park      parked     system
        retry    lease     leased     system
        retry    succeed   succeeded  system admin
        unknown  lease     leased     system
        unknown  succeed   succeeded  system admin
        parked   retry     retry      admin
        parked   succeed   succeeded  system admin
        parked   reject    rejected   system admin
    """,
    WEBHOOK_EVENT.name: """
        received  lease     leased    system
        received  ignore    ignored   system
        leased    lease     leased    system
        leased    finish    done      system
        leased    ignore    ignored   system
        leased    postpone  retry     system
        leased    park      parked    system
        retry     lease     leased    system
        parked    replay    received  admin
        done      replay    received  admin
    """,
    SUBSCRIPTION.name: """
        active    pause    paused    admin platform
        active    disable  disabled  system
        active    remove   removed   admin platform
        paused    resume   active    admin platform
        paused    remove   removed   admin platform
        disabled  resume   active    admin platform
        disabled  remove   removed   admin platform
    """,
    DELIVERY.name: """
        queued     lease      leased     system
        queued     cancel     cancelled  system
        leased     lease      leased     system
        leased     cancel     cancelled  system
        leased     deliver    delivered  system
        leased     postpone   retry      system
        leased     park       parked     system
        retry      lease      leased     system
        retry      deliver    delivered  system
        retry      redeliver  queued     admin platform
        retry      cancel     cancelled  system
        parked     deliver    delivered  system
        parked     redeliver  queued     admin platform
        delivered  redeliver  queued     admin platform
    """,
}
STARTS: Final = {
    BOOKING.name: "requested",
    PAYMENT.name: "new",
    REFUND_REQUEST.name: "submitted",
    REFUND.name: "reserved",
    TRANSFER.name: "scheduled",
    EFFECT.name: "queued",
    WEBHOOK_EVENT.name: "received",
    SUBSCRIPTION.name: "active",
    DELIVERY.name: "queued",
}


def states_of(machine: AnyMachine) -> list[StrEnum]:
    """Every state that the machine's enumeration names."""
    return list(type(machine.start).__members__.values())


def steps(machine: AnyMachine) -> dict[tuple[str, str], str]:
    """What the written table says: (from, trigger) -> to."""
    rows = [line.split() for line in TABLES[machine.name].splitlines() if line.strip()]
    return {(row[0], row[1]): row[2] for row in rows}


def pairs() -> list[tuple[AnyMachine, StrEnum, StrEnum]]:
    """Every state with every trigger, of every machine."""
    return [
        (machine, state, trigger) for machine in MACHINES for state in states_of(machine) for trigger in machine.who
    ]


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_a_machine_has_exactly_the_steps_written_here(machine: AnyMachine) -> None:
    table: Mapping[StrEnum, Mapping[StrEnum, StrEnum]] = machine.table
    assert {
        (str(state), str(trigger)): str(to) for state, row in table.items() for trigger, to in row.items()
    } == steps(machine)
    assert machine.start == STARTS[machine.name]


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_every_state_has_a_row_and_every_trigger_a_role_and_a_use(machine: AnyMachine) -> None:
    assert set(machine.table) == set(states_of(machine))
    triggers = type(next(iter(machine.who))).__members__.values()
    assert set(machine.who) == set(triggers) == {trigger for row in machine.table.values() for trigger in row}


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_the_roles_behind_each_trigger_are_those_written_here(machine: AnyMachine) -> None:
    rows = [line.split() for line in TABLES[machine.name].splitlines() if line.strip()]
    written = {row[1]: set(row[3:]) for row in rows}
    assert {str(trigger): {str(role) for role in roles} for trigger, roles in machine.who.items()} == written


@pytest.mark.parametrize(
    ("machine", "state", "trigger"), pairs(), ids=[f"{one.name} {state} {trigger}" for one, state, trigger in pairs()]
)
def test_a_trigger_is_allowed_already_done_or_refused_with_the_way_out(
    machine: AnyMachine, state: StrEnum, trigger: StrEnum
) -> None:
    table = steps(machine)
    to = table.get((state, trigger))
    led_to = {there for (_, pulled), there in table.items() if pulled == trigger}
    sources = [str(source).replace("_", " ") for source in machine.table if (source, trigger) in table]
    assert machine.allows(state, trigger) is (to is not None)
    if to is not None:
        assert machine.after(state, trigger) == to
    elif state in led_to:
        assert machine.after(state, trigger) is state
    else:
        with pytest.raises(Refused) as refusal:
            machine.after(state, trigger)
        assert refusal.value.rule == f"{machine.name.replace(' ', '_')}_{state}"
        a = "An" if machine is EFFECT else "A"
        words = str(state).replace("_", " "), str(trigger).replace("_", " ")
        assert refusal.value.reason == f"{a} {machine.name} that is {words[0]} can't {words[1]}."
        assert all(source in refusal.value.way_out for source in sources)


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_what_a_role_may_do_in_a_state_comes_from_the_same_table(machine: AnyMachine) -> None:
    rows = [line.split() for line in TABLES[machine.name].splitlines() if line.strip()]
    for state in machine.table:
        for role in Role:
            open_to = [row[1] for row in rows if row[0] == state and role in row[3:]]
            assert set(machine.open_to(state, role)) == set(open_to)


ENDS: Final = {
    BOOKING.name: {"completed", "declined", "cancelled", "expired"},
    PAYMENT.name: {"succeeded", "accepted", "refunded", "sent_back"},
    REFUND_REQUEST.name: {"rejected", "withdrawn", "expired"},
    REFUND.name: {"failed"},
    TRANSFER.name: {"cancelled"},
    EFFECT.name: {"succeeded", "rejected", "cancelled"},
    WEBHOOK_EVENT.name: {"ignored"},
    SUBSCRIPTION.name: {"removed"},
    DELIVERY.name: {"cancelled"},
}


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_the_ends_are_the_states_in_which_nothing_can_happen_any_more(machine: AnyMachine) -> None:
    assert {str(state) for state in machine.table if machine.ended(state)} == ENDS[machine.name]


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_every_state_can_be_reached_from_the_start(machine: AnyMachine) -> None:
    reached, waiting = {machine.start}, [machine.start]
    while waiting:
        for to in machine.table[waiting.pop()].values():
            if to not in reached:
                reached.add(to)
                waiting.append(to)
    assert reached == set(machine.table)
