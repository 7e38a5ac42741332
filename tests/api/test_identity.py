"""Who stands behind a token, for how long that is remembered, and how much."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from joserfc.jwk import KeySet

from api import identity
from api.faults import RequestRefused
from api.identity import Credentials, Identities, bearer_token
from authz.actor import Actor
from authz.directory import Proof
from authz.identity.api_keys import VerifiedKey
from authz.identity.development import DevelopmentIssuer
from authz.identity.keys import GivenKeys, KeysUnavailable
from authz.identity.tokens import TokenRefused, TokenVerifier
from authz.policies.compile import Access
from tests.api.office import StoppedClock


class UnreachableKeys:
    """The issuer does not answer."""

    async def key_set(self) -> KeySet:
        raise KeysUnavailable("The keys could not be fetched.")

    async def newer_key_set(self) -> KeySet:
        return await self.key_set()


class Registrar:
    """Makes actors, and counts how often it was asked."""

    def __init__(self, folder: Path) -> None:
        self.clock = StoppedClock()
        self.asked: list[str] = []
        self.grant_ends_at: datetime | None = None
        self.issuer = DevelopmentIssuer.open(
            folder, issuer="i", audience="a", host="localhost", permitted=True, clock=self.clock
        )
        keys = GivenKeys(self.issuer.public_keys)
        verifier = TokenVerifier(issuer="i", audience="a", keys=keys, clock=self.clock)
        self.identities = Identities(verifier=verifier, directory=self, clock=self.clock)

    async def key(self, credential: str, now: datetime) -> VerifiedKey:
        raise TokenRefused(f"Nobody has {credential} at {now}.")

    async def actor(self, proof: Proof, acting_for: str | None, now: datetime) -> Actor:  # noqa: ARG002
        self.asked.append(proof.subject)
        return Actor(subject=proof.subject, on_behalf_of=acting_for, access=Access(), expires_at=self.grant_ends_at)

    async def subject(self, token: str) -> str:
        """Who stands behind a token."""
        return (await self.identities.identify(Credentials(token))).actor.subject


@pytest.fixture
def registrar(tmp_path: Path) -> Registrar:
    return Registrar(tmp_path)


async def test_an_actor_is_remembered_for_ten_seconds(registrar: Registrar) -> None:
    token = registrar.issuer.token("bea")
    assert await registrar.subject(token) == "bea"
    registrar.clock.wait(seconds=9.9)
    await registrar.subject(token)
    assert registrar.asked == ["bea"]
    registrar.clock.wait(seconds=0.1)
    await registrar.subject(token)
    assert registrar.asked == ["bea", "bea"]


async def test_nobody_is_remembered_beyond_a_grant_or_a_token(registrar: Registrar) -> None:
    registrar.grant_ends_at = registrar.clock.now + timedelta(seconds=3)
    token = registrar.issuer.token("kim")
    await registrar.subject(token)
    registrar.clock.wait(seconds=3)
    await registrar.subject(token)
    assert len(registrar.asked) == 2

    short = registrar.issuer.token("lee", lifetime=timedelta(seconds=-27))
    await registrar.subject(short)
    registrar.clock.wait(seconds=3)
    with pytest.raises(RequestRefused) as refused:
        await registrar.subject(short)
    assert (refused.value.status, refused.value.code) == (401, "TOKEN_EXPIRED")


async def test_the_oldest_are_forgotten(registrar: Registrar, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity, "REMEMBERED_MAX", 2)
    tokens = [registrar.issuer.token(name) for name in ("ann", "bob", "cat")]
    for token in (*tokens, tokens[2], tokens[1], tokens[0]):
        await registrar.subject(token)
    assert registrar.asked == ["ann", "bob", "cat", "ann"]


async def test_two_tokens_are_two_people(registrar: Registrar) -> None:
    ann, bob = registrar.issuer.token("ann"), registrar.issuer.token("bob")
    found = [await registrar.subject(token) for token in (ann, bob, ann)]
    assert found == ["ann", "bob", "ann"]


async def test_a_token_that_cannot_be_judged_is_no_fault_of_the_caller(registrar: Registrar) -> None:
    verifier = TokenVerifier(issuer="i", audience="a", keys=UnreachableKeys(), clock=registrar.clock)
    identities = Identities(verifier=verifier, directory=registrar, clock=registrar.clock)
    with pytest.raises(RequestRefused) as refused:
        await identities.identify(Credentials(registrar.issuer.token("bea")))
    assert (refused.value.status, refused.value.code) == (503, "UNAVAILABLE")
    assert registrar.asked == []


@pytest.mark.parametrize(
    ("value", "token"),
    [
        ("Bearer abc", "abc"),
        ("bearer  abc ", "abc"),
        ("Basic abc", None),
        ("abc", None),
        ("Bearer", None),
        ("Bearer ", None),
        ("", None),
        (None, None),
        (7, None),
        (["Bearer abc"], None),
    ],
)
def test_a_bearer_token_is_taken_from_nothing_else(value: object, token: str | None) -> None:
    assert bearer_token(value) == token
