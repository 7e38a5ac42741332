"""The issuer's keys: where they come from, which of them count, and what happens when they change."""

# mypy: disable-error-code="attr-defined"

import asyncio
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import nullcontext
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from joserfc.jwk import ECKey, Key, KeySet, OKPKey

from authz.identity.keys import FetchedKeys, GivenKeys, KeysUnavailable, read_key_set
from authz.identity.tokens import TokenRefused, TokenVerifier
from tests.authz.identity.test_tokens import CLAIMS, EC, ED, NOW, RSA, encoded, forged, signed

SUCCESSOR = OKPKey.generate_key("Ed25519", {"kid": "next"})


class Issuer:
    """An issuer that publishes keys, may be away, and counts how often it is asked."""

    def __init__(self, server: HTTPServer) -> None:
        self._server = server
        self.seconds = 0.0
        self.url = f"http://127.0.0.1:{server.server_port}/jwks"
        keys = FetchedKeys(self.url, monotonic=lambda: self.seconds)
        self.verifier = TokenVerifier(issuer=CLAIMS["iss"], audience="wharfinger", keys=keys, clock=lambda: NOW)
        self.publish(ED)

    @property
    def asked(self) -> int:
        return int(self._server.asked)

    def publish(self, *keys: Key) -> None:
        self.answer(200, json.dumps(KeySet(list(keys)).as_dict()).encode())

    def answer(self, status: int, body: bytes) -> None:
        self._server.answer = status, body

    async def knows(self, token: str) -> bool:
        try:
            return (await self.verifier.verify(token)).subject == "bea"
        except TokenRefused:
            return False


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.server.asked += 1
            status, body = self.server.answer
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            if status == 302:
                self.send_header("location", "/elsewhere")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.asked = 0
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield Issuer(server)
    server.shutdown()
    thread.join()
    server.server_close()


async def test_keys_are_fetched_once_and_again_when_a_token_names_a_new_one(issuer: Issuer) -> None:
    assert await asyncio.gather(*(issuer.knows(signed()) for _ in range(5))) == [True] * 5
    assert issuer.asked == 1

    issuer.publish(SUCCESSOR)
    assert not await issuer.knows(signed(SUCCESSOR))
    assert issuer.asked == 1, "within a minute nobody can make us ask again"
    issuer.seconds = 60
    assert await issuer.knows(signed(SUCCESSOR))
    assert issuer.asked == 2


async def test_nobody_can_make_us_ask_more_than_once_a_minute(issuer: Issuer) -> None:
    strangers = [OKPKey.generate_key("Ed25519", {"kid": f"stranger-{number}"}) for number in range(20)]
    for minute in range(4):
        issuer.seconds = 60.0 * minute
        assert await asyncio.gather(*(issuer.knows(signed(each)) for each in strangers)) == [False] * 20
    assert issuer.asked == 4


async def test_a_key_that_was_withdrawn_stops_working_within_five_minutes(issuer: Issuer) -> None:
    issuer.publish(ED, SUCCESSOR)
    assert await issuer.knows(signed())
    issuer.publish(SUCCESSOR)
    issuer.seconds = 299
    assert await issuer.knows(signed())
    issuer.seconds = 300
    assert not await issuer.knows(signed())
    assert await issuer.knows(signed(SUCCESSOR))
    assert issuer.asked == 2


@pytest.mark.parametrize("answer", [(503, b""), (200, b"away"), (200, b'{"keys": []}'), (302, b"")])
async def test_while_the_issuer_is_away_its_last_keys_go_on_for_a_day(
    issuer: Issuer, answer: tuple[int, bytes]
) -> None:
    assert await issuer.knows(signed())
    issuer.answer(*answer)
    issuer.seconds = 86_399
    assert await issuer.knows(signed())
    assert await issuer.knows(signed())
    assert issuer.asked == 2, "an issuer that is away is asked once a minute"
    issuer.seconds = 86_400 + 60
    with pytest.raises(KeysUnavailable):
        await issuer.verifier.verify(signed())
    issuer.publish(ED)
    issuer.seconds += 60
    assert await issuer.knows(signed())


async def test_without_keys_no_token_is_judged(issuer: Issuer) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nobody = FetchedKeys(f"http://127.0.0.1:{closed.getsockname()[1]}/jwks")
        with pytest.raises(KeysUnavailable):
            await nobody.key_set()
    issuer.answer(200, b" " * (256 * 1024 + 1))
    with pytest.raises(KeysUnavailable):
        await issuer.verifier.verify(signed())


@pytest.mark.parametrize("url", ["http://id.example/jwks", "file:///etc/passwd", "ftp://id.example/k", "jwks"])
def test_keys_come_over_a_safe_channel_only(url: str) -> None:
    with pytest.raises(ValueError, match="https"):
        FetchedKeys(url)


def published(key: Key, **changed: Any) -> dict[str, Any]:
    return {**key.as_dict(private=False), **changed}


UNFIT = {
    "a secret that both sides share": {"kty": "oct", "k": "c2VjcmV0", "kid": "shared"},
    "a key for encryption": published(RSA, use="enc"),
    "a key that encrypts by its operations": published(RSA, key_ops=["wrapKey"]),
    "a key for another algorithm": published(RSA, alg="RSA-OAEP"),
    "a short key": {"kty": "RSA", "kid": "short", "n": encoded(b"\xff" * 128), "e": "AQAB"},
    "another curve": published(ECKey.generate_key("P-384")),
    "a curve that does not sign": published(OKPKey.generate_key("X25519")),
    "a kind that is not known": {"kty": "AKP", "alg": "ML-DSA-44", "pub": "AAAA"},
}


@pytest.mark.parametrize("kind", UNFIT)
def test_keys_that_must_not_sign_are_passed_over(kind: str) -> None:
    document = json.dumps({"keys": [published(ED), UNFIT[kind]]})
    assert [key.kid for key in read_key_set(document.encode())] == ["ed"]
    with pytest.raises(ValueError, match="no JSON Web Key Set"):
        read_key_set(json.dumps({"keys": [UNFIT[kind]]}).encode())


def test_keys_that_may_sign_are_taken() -> None:
    keys = [published(RSA, use="sig", alg="RS256"), published(EC, key_ops=["verify"]), published(ED, alg="EdDSA")]
    assert [key.kid for key in read_key_set(json.dumps({"keys": keys}).encode())] == ["rsa", "ec", "ed"]


@pytest.mark.parametrize("nonsense", [b"", b"[]", b"{}", b'{"keys": [7]}', b'{"keys": [{}]}', b"\xff", b'{"keys": 7}'])
def test_what_is_no_key_set_is_refused(nonsense: bytes) -> None:
    with pytest.raises(ValueError, match="no JSON Web Key Set"):
        read_key_set(nonsense)


@pytest.mark.parametrize(("keys", "expected"), [([ED], nullcontext()), ([ED, RSA], pytest.raises(TokenRefused))])
async def test_a_token_that_names_no_key_is_believed_where_there_is_but_one(keys: list[Key], expected: Any) -> None:
    issuer_keys = GivenKeys(KeySet(keys))
    verifier = TokenVerifier(issuer=CLAIMS["iss"], audience="wharfinger", keys=issuer_keys, clock=lambda: NOW)
    with expected:
        assert (await verifier.verify(forged({"alg": "Ed25519"}))).subject == "bea"
