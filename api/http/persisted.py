"""Persisted documents: a client names its document instead of sending the text.

A document is named by the SHA-256 of its text (`extensions.persistedQuery.sha256Hash`, or `documentId: "sha256:..."`),
or by whatever id the client's build gave it (`documentId`). There are two ways to know documents:

- automatic: whoever is signed in may teach a document, by sending its text beside its hash once. Saves bytes only;
- trusted: the documents come from manifests that the frontends' builds wrote, and nothing else runs.

The messages and codes of `not_found` and `not_supported` are the ones that Apollo's and urql's clients act upon.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Protocol

from api.bounded import Bounded
from api.faults import RequestRefused, bad_request
from api.http.request import GraphQLRequest

TAUGHT_LENGTH_MAX = 1024 * 1024
"""All taught texts together, in characters."""

_BY_HASH = "sha256:"
_HEX = frozenset("0123456789abcdef")


class PersistedDocuments(Protocol):
    """What the server knows of documents."""

    def complete(self, asked: GraphQLRequest) -> GraphQLRequest:
        """The request with the text of its document. Raises RequestRefused."""
        ...


class TaughtDocuments:
    """Documents that clients taught, the least recently used first. `is_valid` says which texts are worth keeping."""

    def __init__(self, is_valid: Callable[[str], bool], *, length_max: int = TAUGHT_LENGTH_MAX) -> None:
        self._is_valid = is_valid
        self._texts: Bounded[str, str] = Bounded(size_max=length_max)

    def complete(self, asked: GraphQLRequest) -> GraphQLRequest:
        """The request with the text that its hash stands for; a text beside its hash is learned."""
        name = document_name(asked)
        if name is None:
            return asked
        if not name.startswith(_BY_HASH):
            raise not_supported()
        if asked.query:
            if name != hash_name(asked.query):
                raise _other_text()
            self._learn(name, asked.query)
            return asked
        text = self._texts.find(name)
        if text is None:
            raise not_found()
        return replace(asked, query=text)

    def _learn(self, name: str, text: str) -> None:
        if self._texts.find(name) is None and self._is_valid(text):
            self._texts.keep(name, text, size=len(text))


class TrustedDocuments:
    """The documents of manifests, and no others."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = {**{hash_name(text): text for text in texts.values()}, **texts}

    def complete(self, asked: GraphQLRequest) -> GraphQLRequest:
        """The request with a trusted text. A text that is sent in full is trusted if a manifest has exactly it."""
        name = document_name(asked)
        text = self._find(name or hash_name(asked.query))
        if text is None:
            raise not_trusted()
        if asked.query and asked.query != text:
            raise _other_text()
        return replace(asked, query=text)

    def _find(self, name: str) -> str | None:
        """By its hash; by its id; or by a hash that is the id, as where a build hashes the text in another form."""
        return self._texts.get(name) or self._texts.get(name.removeprefix(_BY_HASH))


def document_name(asked: GraphQLRequest) -> str | None:
    """The name that a request gives its document: `sha256:` and the hash in hexadecimal digits, or an id of its own."""
    persisted = (asked.extensions or {}).get("persistedQuery")
    if persisted is None:
        return asked.document_id
    if asked.document_id is not None:
        raise bad_request("The request names its document twice.")
    if not isinstance(persisted, dict) or persisted.get("version") != 1:
        raise not_supported()
    digest = persisted.get("sha256Hash")
    if not isinstance(digest, str) or len(digest) != 64 or not _HEX.issuperset(digest.lower()):
        raise bad_request("sha256Hash must be a SHA-256 in hexadecimal digits.")
    return _BY_HASH + digest.lower()


def hash_name(text: str) -> str:
    """The name of a document by its text."""
    return _BY_HASH + sha256(text.encode()).hexdigest()


def not_found() -> RequestRefused:
    """Nobody taught this document, or it was forgotten: the client sends it again, with its text."""
    return RequestRefused(200, "PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound")


def not_supported() -> RequestRefused:
    """The document cannot be known by such a name: the client goes on without names."""
    return RequestRefused(200, "PERSISTED_QUERY_NOT_SUPPORTED", "PersistedQueryNotSupported")


def not_trusted() -> RequestRefused:
    """The document is in none of the manifests."""
    told = "Only trusted documents run here, and this is none of them. Deploy the manifest of its build first."
    return RequestRefused(400, "DOCUMENT_NOT_TRUSTED", told)


def _other_text() -> RequestRefused:
    return bad_request("The document's name is not the name of its text.")
