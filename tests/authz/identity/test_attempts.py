"""Who fails too often is not listened to; what was refused is counted."""

import pytest

from authz.identity.attempts import PREFIXES, Attempt, Attempts, network_of
from authz.identity.refusals import Reason, RefusedSignIns
from kernel.buckets import Buckets

HERE, THERE = "192.0.2.7", "192.0.2.8"
ONE, OTHER = "aaaaaaaaaaaa", "bbbbbbbbbbbb"


@pytest.fixture
def seconds() -> list[float]:
    return [0.0]


@pytest.fixture
def attempts(seconds: list[float]) -> Attempts:
    return Attempts(per_minute=3, buckets=Buckets(monotonic=lambda: seconds[0]))


def test_tokens_are_counted_by_their_address(attempts: Attempts, seconds: list[float]) -> None:
    for _ in range(3):
        assert attempts.wait(Attempt(HERE)) == 0
        assert attempts.failed(Attempt(HERE)) == 0
    assert attempts.wait(Attempt(HERE)) == 20
    assert attempts.wait(Attempt(THERE)) == 0
    assert attempts.wait(Attempt(HERE, ONE)) == 0, "a machine beside them has its key"
    seconds[0] = 20
    assert attempts.wait(Attempt(HERE)) == 0


def test_a_key_is_counted_where_it_is_tried(attempts: Attempts) -> None:
    for _ in range(3):
        attempts.failed(Attempt(HERE, ONE))
    assert attempts.wait(Attempt(HERE, ONE)) == 20
    for others in (Attempt(THERE, ONE), Attempt(HERE, OTHER), Attempt(HERE)):
        assert attempts.wait(others) == 0


def test_many_keys_from_one_address_come_to_an_end(attempts: Attempts) -> None:
    for number in range(3 * PREFIXES):
        assert attempts.wait(Attempt(HERE, f"{number:012}")) == 0
        attempts.failed(Attempt(HERE, f"{number:012}"))
    assert attempts.wait(Attempt(HERE, ONE)) == 2
    assert attempts.wait(Attempt(THERE, ONE)) == 0


def test_one_key_from_many_addresses_is_looked_at_and_who_is_wrong_is_told_to_wait(attempts: Attempts) -> None:
    told = [attempts.failed(Attempt(f"192.0.2.{number}", ONE)) for number in range(5)]
    assert told == [0, 0, 0, 20, 40]
    assert attempts.wait(Attempt("192.0.2.99", ONE)) == 0


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::ffff", "2001:db8:1:2::"),
        ("testclient", "testclient"),
    ],
)
def test_a_network_of_version_6_is_one_client(address: str, network: str) -> None:
    assert network_of(address) == network


def test_without_an_address_a_token_is_not_counted(attempts: Attempts) -> None:
    for _ in range(4):
        attempts.failed(Attempt(""))
        attempts.failed(Attempt("", ONE))
    assert attempts.wait(Attempt("")) == 0
    assert attempts.wait(Attempt("", ONE)) == 40


def test_refusals_are_counted_until_somebody_asks() -> None:
    refused = RefusedSignIns(kept_max=2)
    for address in ("192.0.2.7", "192.0.2.7", "192.0.2.8", "192.0.2.9", "192.0.2.10", "192.0.2.7"):
        refused.count(Reason.KEY_REFUSED, address)
    first = refused.drain()
    assert first == {
        (Reason.KEY_REFUSED, "192.0.2.7"): 3,
        (Reason.KEY_REFUSED, "192.0.2.8"): 1,
        (Reason.KEY_REFUSED, "elsewhere"): 2,
    }
    assert refused.drain() == {}
