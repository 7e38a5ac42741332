"""Tokens that are believed, and the many that are not."""

# mypy: disable-error-code="attr-defined"

import asyncio
import base64
import hmac
import json
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OKPKey, RSAKey

from authz.identity.development import KEY_FILE, DevelopmentIssuer, DevelopmentIssuerRefused
from authz.identity.keys import FetchedKeys, GivenKeys, KeysUnavailable, read_key_set
from authz.identity.tokens import TokenExpired, TokenRefused, TokenVerifier, VerifiedToken

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECONDS = int(NOW.timestamp())
RSA = RSAKey.generate_key(2048, {"kid": "rsa"})
EC = ECKey.generate_key("P-256", {"kid": "ec"})
ED = OKPKey.generate_key("Ed25519", {"kid": "ed"})
KEYS = KeySet([RSA, EC, ED])
CLAIMS: dict[str, Any] = {"iss": "https://id.example", "aud": "wharfinger", "sub": "bea", "exp": SECONDS + 60}
VERIFIER = TokenVerifier(issuer="https://id.example", audience="wharfinger", keys=GivenKeys(KEYS), clock=lambda: NOW)


def signed(key: Any = ED, algorithm: str = "Ed25519", **claims: Any) -> str:
    given = {name: value for name, value in {**CLAIMS, **claims}.items() if value is not None}
    return jwt.encode({"alg": algorithm, "kid": key.kid}, given, key, algorithms=[algorithm])


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
        {"nbf": SECONDS + 31},
        {"iat": SECONDS + 31},
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
    for forged in (
        f"{encoded({'alg': 'RS256', 'kid': 'ec'})}.{payload}.{signature}",
        f"{encoded({'alg': 'ES256', 'kid': 'rsa'})}.{payload}.{signature}",
        f"{header}.{encoded({**CLAIMS, 'sub': 'group-admin'})}.{signature}",
        f"{header}.{payload}.",
        f"{header}.{payload}",
    ):
        with pytest.raises(TokenRefused):
            await VERIFIER.verify(forged)


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


def test_shared_secrets_in_a_key_set_are_left_out() -> None:
    document = json.dumps({"keys": [ED.as_dict(private=False), {"kty": "oct", "k": "c2VjcmV0", "kid": "shared"}]})
    assert [key.kid for key in read_key_set(document.encode())] == ["ed"]
    for nonsense in (b"", b"[]", b"{}", b'{"keys": [7]}', b"\xff"):
        with pytest.raises(ValueError, match="no JSON Web Key Set"):
            read_key_set(nonsense)


@pytest.fixture
def key_server() -> Iterator[HTTPServer]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.server.asked += 1
            body = self.server.document
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.asked = 0
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


async def test_keys_are_fetched_once_and_again_when_the_issuer_changes_them(key_server: HTTPServer) -> None:
    seconds = [0.0]
    keys = FetchedKeys(f"http://127.0.0.1:{key_server.server_port}/jwks", monotonic=lambda: seconds[0])
    verifier = TokenVerifier(issuer=CLAIMS["iss"], audience="wharfinger", keys=keys, clock=lambda: NOW)
    key_server.document = json.dumps(KeySet([ED]).as_dict()).encode()
    await asyncio.gather(*(verifier.verify(signed()) for _ in range(5)))
    assert key_server.asked == 1

    successor = OKPKey.generate_key("Ed25519", {"kid": "next"})
    key_server.document = json.dumps(KeySet([successor]).as_dict()).encode()
    with pytest.raises(TokenRefused):
        await verifier.verify(signed(successor))
    assert key_server.asked == 1, "within a minute nobody can make us ask again"
    seconds[0] = 61
    assert (await verifier.verify(signed(successor))).subject == "bea"
    assert key_server.asked == 2


async def test_without_keys_no_token_is_judged(key_server: HTTPServer) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nobody = FetchedKeys(f"http://127.0.0.1:{closed.getsockname()[1]}/jwks")
        with pytest.raises(KeysUnavailable):
            await nobody.key_set()
    key_server.document = b" " * (256 * 1024 + 1)
    with pytest.raises(KeysUnavailable, match="larger than"):
        await FetchedKeys(f"http://127.0.0.1:{key_server.server_port}/jwks").key_set()


@pytest.mark.parametrize("url", ["http://id.example/jwks", "file:///etc/passwd", "ftp://id.example/k", "jwks"])
def test_keys_come_over_a_safe_channel_only(url: str) -> None:
    with pytest.raises(ValueError, match="https"):
        FetchedKeys(url)


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
