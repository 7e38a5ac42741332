"""Tokens that are believed, and the many that are not."""

import base64
import hmac
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OKPKey, RSAKey

from authz.identity.development import KEY_FILE, DevelopmentIssuer, DevelopmentIssuerRefused
from authz.identity.keys import GivenKeys
from authz.identity.tokens import TokenExpired, TokenRefused, TokenVerifier, VerifiedToken

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECONDS = int(NOW.timestamp())
RSA = RSAKey.generate_key(2048, {"kid": "rsa"})
EC = ECKey.generate_key("P-256", {"kid": "ec"})
ED = OKPKey.generate_key("Ed25519", {"kid": "ed"})
KEYS = KeySet([RSA, EC, ED])
CLAIMS: dict[str, Any] = {"iss": "https://id.example", "aud": "wharfinger", "sub": "bea", "exp": SECONDS + 60}
VERIFIER = TokenVerifier(issuer="https://id.example", audience="wharfinger", keys=GivenKeys(KEYS), clock=lambda: NOW)


def signed(key: Any = ED, algorithm: str = "Ed25519", header: dict[str, Any] | None = None, **claims: Any) -> str:
    given = {name: value for name, value in {**CLAIMS, **claims}.items() if value is not None}
    return jwt.encode({"alg": algorithm, "kid": key.kid, **(header or {})}, given, key, algorithms=[algorithm])


def forged(header: dict[str, Any], claims: Any = None, key: Any = ED) -> str:
    """Signed as the issuer signs, whatever it says: the library would refuse to."""
    content = f"{encoded(header)}.{encoded(CLAIMS if claims is None else claims)}"
    return f"{content}.{encoded(key.raw_value.sign(content.encode()))}"


def encoded(part: Any) -> str:
    raw = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@pytest.mark.parametrize(("key", "algorithm"), [(RSA, "RS256"), (EC, "ES256"), (ED, "Ed25519")])
async def test_a_token_of_the_issuer_is_believed(key: Any, algorithm: str) -> None:
    verified = await VERIFIER.verify(signed(key, algorithm))
    assert verified == VerifiedToken("bea", NOW + timedelta(seconds=60))


async def test_the_older_name_of_ed25519_is_believed_without_a_warning() -> None:
    with pytest.warns(UserWarning, match="EdDSA"):
        token = signed(ED, "EdDSA")
    assert (await VERIFIER.verify(token)).subject == "bea"


async def test_one_audience_of_several_is_enough() -> None:
    assert (await VERIFIER.verify(signed(aud=["shop", "wharfinger"]))).subject == "bea"


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://elsewhere.example"},
        {"iss": None},
        {"iss": ["https://id.example"]},
        {"aud": "shop"},
        {"aud": None},
        {"aud": []},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": "bea\x00"},
        {"sub": "b" * 201},
        {"exp": None},
        {"exp": "tomorrow"},
        {"exp": 10**30},
        {"exp": 9 * 10**18},
        {"exp": 253_402_300_799},
        {"exp": True},
        {"exp": float("inf")},
        {"exp": float("nan")},
        {"exp": -1},
        {"nbf": SECONDS + 31},
        {"nbf": "yesterday"},
        {"iat": SECONDS + 31},
        {"cnf": {"jkt": "of a key that the holder must prove"}},
    ],
)
async def test_a_claim_that_does_not_fit_is_refused(claims: dict[str, Any]) -> None:
    with pytest.raises(TokenRefused):
        await VERIFIER.verify(signed(**claims))


async def test_clocks_may_differ_by_thirty_seconds() -> None:
    assert (await VERIFIER.verify(signed(exp=SECONDS - 29, nbf=SECONDS + 30))).subject == "bea"
    with pytest.raises(TokenExpired):
        await VERIFIER.verify(signed(exp=SECONDS - 30))


async def test_a_token_without_signature_is_refused() -> None:
    for algorithm in ("none", "None", "NONE", ""):
        token = f"{encoded({'alg': algorithm, 'kid': 'ed'})}.{encoded(CLAIMS)}."
        with pytest.raises(TokenRefused):
            await VERIFIER.verify(token)


async def test_a_public_key_cannot_be_used_as_a_shared_secret() -> None:
    """Key confusion: HS256 over the text of a public key that everybody knows."""
    for key in (RSA, EC, ED):
        content = f"{encoded({'alg': 'HS256', 'kid': key.kid})}.{encoded(CLAIMS)}"
        for secret in (key.as_pem(private=False), json.dumps(key.as_dict(private=False)).encode()):
            signature = encoded(hmac.digest(secret, content.encode(), "sha256"))
            with pytest.raises(TokenRefused):
                await VERIFIER.verify(f"{content}.{signature}")


async def test_a_key_of_another_kind_or_another_owner_is_refused() -> None:
    stranger = OKPKey.generate_key("Ed25519", {"kid": "ed"})
    with pytest.raises(TokenRefused):
        await VERIFIER.verify(signed(stranger))
    header, payload, signature = signed(EC, "ES256").split(".")
    for altered in (
        f"{encoded({'alg': 'RS256', 'kid': 'ec'})}.{payload}.{signature}",
        f"{encoded({'alg': 'ES256', 'kid': 'rsa'})}.{payload}.{signature}",
        f"{header}.{encoded({**CLAIMS, 'sub': 'group-admin'})}.{signature}",
        f"{header}.{payload}.",
        f"{header}.{payload}",
    ):
        with pytest.raises(TokenRefused):
            await VERIFIER.verify(altered)


STRANGER = OKPKey.generate_key("Ed25519", {"kid": "stranger"})


@pytest.mark.parametrize(
    "header",
    [
        {"typ": "logout+jwt"},
        {"typ": "secevent+jwt"},
        {"typ": "dpop+jwt"},
        {"typ": 7},
        {"crit": ["exp"]},
        {"crit": ["b64"], "b64": False},
        {"jwk": STRANGER.as_dict(private=False)},
        {"jku": "https://elsewhere.example/jwks"},
        {"x5u": "https://elsewhere.example/chain"},
        {"kid": "../../etc/passwd"},
        {"kid": "' OR 1=1 --"},
        {"kid": ["ed"]},
        {"kid": None},
        {"kid": STRANGER.kid, "jwk": STRANGER.as_dict(private=False)},
        {"alg": ["Ed25519"]},
        {"alg": None},
        {"alg": "HS256"},
        {"alg": "RS512"},
        {"alg": "none"},
        {"zip": "DEF"},
        {"enc": "A256GCM"},
    ],
)
async def test_a_header_that_leads_elsewhere_is_refused(header: dict[str, Any]) -> None:
    for signer in (ED, STRANGER):
        if signer is ED and set(header) <= {"jwk", "jku", "x5u"}:
            continue  # what leads to another key is passed over, and the issuer's own key decides
        with pytest.raises(TokenRefused):
            await VERIFIER.verify(forged({"alg": "Ed25519", "kid": "ed", **header}, key=signer))


@pytest.mark.parametrize("kind", ["JWT", "jwt", "at+jwt", "AT+JWT", "application/at+jwt"])
async def test_an_access_token_may_say_that_it_is_one(kind: str) -> None:
    assert (await VERIFIER.verify(forged({"alg": "Ed25519", "kid": "ed", "typ": kind}))).subject == "bea"
    assert (await VERIFIER.verify(forged({"alg": "Ed25519", "kid": "ed"}))).subject == "bea"


@pytest.mark.parametrize("claims", [[], "bea", 7, None, b"", b"\xff", b"{", b'{"sub": "bea"} {}', b"[" * 4000])
async def test_claims_that_are_no_object_are_refused(claims: Any) -> None:
    with pytest.raises(TokenRefused):
        await VERIFIER.verify(forged({"alg": "Ed25519", "kid": "ed"}, b"null" if claims is None else claims))


async def test_a_signature_that_is_changed_anywhere_is_refused() -> None:
    header, payload, signature = signed().split(".")
    padded = base64.urlsafe_b64decode(signature + "==")
    for place in (0, 31, 32, 63):
        changed = padded[:place] + bytes([padded[place] ^ 1]) + padded[place + 1 :]
        with pytest.raises(TokenRefused):
            await VERIFIER.verify(f"{header}.{payload}.{encoded(changed)}")
    for content in (padded[:-1], padded + b"\x00", b"", bytes(64)):
        with pytest.raises(TokenRefused):
            await VERIFIER.verify(f"{header}.{payload}.{encoded(content)}")


@pytest.mark.parametrize(
    "token",
    ["", ".", "..", "a.b.c", "é.é.é", "\ud800.a.b", "\x00", "a" * 9000, f"{encoded(b'[' * 5000)}.e30.e30"],
)
async def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(TokenRefused):
        await VERIFIER.verify(token)


async def test_an_oversized_token_is_refused_before_it_is_read() -> None:
    with pytest.raises(TokenRefused, match="too large"):
        await VERIFIER.verify(signed(note="x" * 8192))


async def test_a_refusal_tells_nothing_of_the_keys() -> None:
    with pytest.raises(TokenRefused) as refused:
        await VERIFIER.verify(signed(OKPKey.generate_key("Ed25519", {"kid": "unknown"})))
    assert str(refused.value) == "The token is malformed, or was not signed by a trusted key."


def open_issuer(directory: Path, **changed: Any) -> DevelopmentIssuer:
    given: dict[str, Any] = {"issuer": CLAIMS["iss"], "audience": "wharfinger", "host": "127.0.0.1", "permitted": True}
    return DevelopmentIssuer.open(directory, **{**given, **changed}, clock=lambda: NOW)


async def test_the_development_issuer_signs_for_personas_and_keeps_its_key(tmp_path: Path) -> None:
    first = open_issuer(tmp_path / "data")
    second = open_issuer(tmp_path / "data")
    verifier = TokenVerifier(
        issuer=CLAIMS["iss"], audience="wharfinger", keys=GivenKeys(second.public_keys), clock=lambda: NOW
    )
    assert (await verifier.verify(first.token("buyer@north"))).subject == "buyer@north"
    assert [path.name for path in (tmp_path / "data").iterdir()] == [KEY_FILE]
    assert (tmp_path / "data" / KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert "d" not in first.public_keys.as_dict()["keys"][0]


@pytest.mark.parametrize(
    "changed",
    [{"permitted": False}, {"host": "192.0.2.1"}, {"host": "10.0.0.7"}, {"host": "erp.example"}, {"host": ""}],
)
def test_the_development_issuer_refuses_to_serve_others(tmp_path: Path, changed: dict[str, Any]) -> None:
    with pytest.raises(DevelopmentIssuerRefused):
        open_issuer(tmp_path, **changed)
    assert list(tmp_path.iterdir()) == []
