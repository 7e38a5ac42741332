"""Who fails too often is not listened to; what was refused is counted."""

import pytest

from authz.identity.attempts import Attempts, names_of, network_of
from authz.identity.refusals import Reason, RefusedSignIns
from kernel.buckets import Buckets


def test_addresses_and_keys_are_counted_each_by_itself() -> None:
    seconds = [0.0]
    attempts = Attempts(per_minute=3, buckets=Buckets(monotonic=lambda: seconds[0]))
    for _ in range(3):
        assert attempts.wait(names_of("192.0.2.7", "aaaaaaaaaaaa")) == 0
        attempts.failed(names_of("192.0.2.7", "aaaaaaaaaaaa"))
    assert attempts.wait(names_of("192.0.2.7", None)) == 20
    assert attempts.wait(names_of("192.0.2.8", "aaaaaaaaaaaa")) == 20
    assert attempts.wait(names_of("192.0.2.8", "bbbbbbbbbbbb")) == 0
    seconds[0] = 20
    assert attempts.wait(names_of("192.0.2.7", "aaaaaaaaaaaa")) == 0


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


def test_without_an_address_only_the_key_counts() -> None:
    assert names_of("", None) == ()
    assert names_of("", "aaaaaaaaaaaa") == ("key:aaaaaaaaaaaa",)


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
