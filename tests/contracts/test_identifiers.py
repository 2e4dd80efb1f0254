"""New names are of their kind, nobody else's, and in the order in which they were made."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from linguapay_adapters.system.clock import MovableClock, SystemClock
from linguapay_adapters.system.identifiers import SeededIdentifiers, SystemIdentifiers
from linguapay_core.domain.identifiers import ALPHABET, IDENTIFIERS, Identifier, PaymentId
from linguapay_core.ports.identifiers import Identifiers
from linguapay_core.testing.builders import NOON

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def makers(clock: MovableClock) -> list[Identifiers]:
    """Give each kind of maker."""
    return [SystemIdentifiers(clock), SeededIdentifiers(7, clock)]


def time_of(name: Identifier) -> datetime:
    """Read the first 48 bits of a name."""
    number = 0
    for letter in name.partition("_")[2]:
        number = number << 5 | ALPHABET.index(letter)
    return EPOCH + timedelta(milliseconds=number >> 80)


@pytest.mark.parametrize("kind", IDENTIFIERS)
def test_a_new_name_is_of_its_kind(kind: type[Identifier]) -> None:
    for identifiers in makers(MovableClock(NOON)):
        name = identifiers.new(kind)
        assert type(name) is kind
        assert kind.parse(name) == name


def test_names_of_one_millisecond_are_in_order_and_differ() -> None:
    for identifiers in makers(MovableClock(NOON)):
        names = [identifiers.new(PaymentId) for _ in range(1000)]
        assert sorted(set(names)) == names


def test_later_names_sort_after_earlier_ones_and_tell_their_time() -> None:
    clock = MovableClock(NOON)
    for identifiers in makers(clock):
        earlier, at = identifiers.new(PaymentId), clock.now()
        clock.advance(timedelta(milliseconds=1))
        later = identifiers.new(PaymentId)
        assert earlier < later
        assert (time_of(earlier), time_of(later)) == (at, clock.now())


def test_many_threads_never_make_the_same_name() -> None:
    identifiers = SystemIdentifiers(SystemClock())
    with ThreadPoolExecutor(16) as pool:
        names = list(pool.map(lambda _: identifiers.new(PaymentId), range(2000)))
    assert len(set(names)) == len(names)


def test_two_processes_make_different_names_in_the_same_millisecond() -> None:
    clock = MovableClock(NOON)
    assert SystemIdentifiers(clock).new(PaymentId) != SystemIdentifiers(clock).new(PaymentId)


def test_a_seed_gives_the_same_names_again() -> None:
    def names(seed: int) -> list[PaymentId]:
        identifiers = SeededIdentifiers(seed, MovableClock(NOON))
        return [identifiers.new(PaymentId) for _ in range(10)]

    assert names(7) == names(7)
    assert names(7) != names(8)
