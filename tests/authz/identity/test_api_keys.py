"""API keys: how they are made, found, and believed."""

import hashlib
import hmac
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from authz.identity.api_keys import VerifiedKey, is_key, make_key, prefix_of, verify_key
from authz.identity.model import ApiKey
from authz.identity.scopes import format_scopes, parse_scopes
from authz.identity.tokens import TokenExpired, TokenRefused
from authz.vocabulary import Action, Resource
from kernel.contexts import SHARED
from kernel.ids import new_id
from kernel.opening import Driver
from kernel.statements import insert
from kernel.writers import Writers

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TOMORROW = NOW + timedelta(days=1)
THE_MILL = make_key()


@pytest.fixture
async def keys(activation: Writers) -> AsyncIterator[Driver]:
    """A connection on which keys can be kept; they are gone afterwards."""
    async with activation.transaction(SHARED) as transaction:
        yield transaction.driver


async def keep(driver: Driver, **changed: Any) -> None:
    row = {
        "id": new_id(),
        "name": "the mill's stock feed",
        "subject": "mill-machine",
        "prefix": THE_MILL.prefix,
        "secret_sha256": THE_MILL.secret_sha256,
        "scopes": "purchase_order:read purchase_order:confirm",
        "expires_at": TOMORROW,
        "revoked_at": None,
        "cost_per_minute": None,
    }
    await insert(driver, ApiKey, [{**row, **changed}])


async def verified(driver: Driver, text: str = THE_MILL.text, now: datetime = NOW) -> VerifiedKey:
    return await verify_key(driver, text, now=now)


def test_a_key_is_made_of_a_public_prefix_and_256_random_bits() -> None:
    one, other = make_key(), make_key()
    assert one.text == f"whk_{one.prefix}_{one.secret}"
    assert (len(one.prefix), len(one.secret)) == (12, 43)
    assert (one.prefix, one.secret) != (other.prefix, other.secret)
    assert one.secret_sha256 == hashlib.sha256(one.secret.encode()).hexdigest()
    assert (is_key(one.text), prefix_of(one.text)) == (True, one.prefix)


async def test_a_key_speaks_for_its_subject_within_its_scopes(keys: Driver) -> None:
    await keep(keys, cost_per_minute=500)
    scopes = {(Resource.PURCHASE_ORDER, Action.READ), (Resource.PURCHASE_ORDER, Action.CONFIRM)}
    assert await verified(keys) == VerifiedKey(THE_MILL.prefix, "mill-machine", frozenset(scopes), TOMORROW, 500)


async def test_an_unknown_key_and_a_wrong_secret_are_refused_alike(
    keys: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both compare a hash with a hash in constant time: neither words nor time tell whether the prefix is known."""
    compared: list[tuple[int, int]] = []

    def compare(one: str, other: str) -> bool:
        compared.append((len(one), len(other)))
        return one == other

    monkeypatch.setattr(hmac, "compare_digest", compare)
    await keep(keys)
    told = set()
    for wrong in (make_key().text, f"whk_{THE_MILL.prefix}_{make_key().secret}"):
        with pytest.raises(TokenRefused) as refused:
            await verified(keys, wrong)
        told.add((type(refused.value), str(refused.value)))
    assert told == {(TokenRefused, "The key is not known.")}
    assert compared == [(64, 64), (64, 64)]


async def test_a_key_ends_with_its_last_instant(keys: Driver) -> None:
    await keep(keys)
    assert (await verified(keys, now=TOMORROW - timedelta(microseconds=1))).expires_at == TOMORROW
    with pytest.raises(TokenExpired, match="expired"):
        await verified(keys, now=TOMORROW)


async def test_a_key_that_was_revoked_is_refused_from_then_on(keys: Driver) -> None:
    noon = NOW + timedelta(hours=3)
    await keep(keys, revoked_at=noon)
    assert (await verified(keys)).expires_at == noon
    with pytest.raises(TokenRefused, match="revoked"):
        await verified(keys, now=noon)
    with pytest.raises(TokenRefused, match="not known"):
        await verified(keys, f"whk_{THE_MILL.prefix}_{make_key().secret}", now=noon)


NO_KEYS = {
    "only the scheme": "whk_",
    "no parts": "whk__",
    "too short": THE_MILL.text[:-1],
    "too long": THE_MILL.text + "A",
    "in capitals": THE_MILL.text.upper(),
    "after a space": f" {THE_MILL.text}",
    "before a line break": f"{THE_MILL.text}\n",
    "beyond ASCII": f"whk_{THE_MILL.prefix}_{'é' * 43}",
    "NUL": f"whk_{THE_MILL.prefix}_" + "\x00" * 43,
    "foreign digits": f"whk_{THE_MILL.prefix[:-1]}\u0661_{THE_MILL.secret}",
    "another separator": f"whk_{THE_MILL.prefix}-{THE_MILL.secret}",
    "SQL": f"whk_%' OR 1=1 --_{THE_MILL.secret}",
    "endless": "whk_" + "a" * 100_000,
}


@pytest.mark.parametrize("kind", NO_KEYS)
async def test_what_is_no_key_is_refused_before_anything_is_read(keys: Driver, kind: str) -> None:
    await keep(keys)
    with pytest.raises(TokenRefused):
        await verified(keys, NO_KEYS[kind])
    assert prefix_of(NO_KEYS[kind]) is None


def test_scopes_are_written_as_they_are_read() -> None:
    scopes = parse_scopes(" sales_order:read  item:read sales_order:read ")
    assert scopes == {(Resource.SALES_ORDER, Action.READ), (Resource.ITEM, Action.READ)}
    assert format_scopes(scopes) == "item:read sales_order:read"
    assert parse_scopes("") == frozenset()
    for unknown in ("sales_order", "sales_order:", "sales_order:fly", "castle:read", "*:*", "sales_order:read:all"):
        with pytest.raises(ValueError, match="is not a valid"):
            parse_scopes(unknown)
