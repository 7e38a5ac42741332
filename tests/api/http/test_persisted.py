"""Persisted documents: which text a name stands for, who may teach it, and what clients are told when it is unknown."""

from hashlib import sha256
from typing import Any

import pytest

from api.faults import RequestRefused
from api.http.persisted import PersistedDocuments, TaughtDocuments, TrustedDocuments
from api.http.request import GraphQLRequest, checked_request

ITEMS = "{ items { nodes { sku } } }"
SITES = "{ locations { nodes { code } } }"


def hashed(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def by_hash(text: str, **sent: Any) -> GraphQLRequest:
    """A request that names a document as Apollo's clients do."""
    extensions = {"persistedQuery": {"version": 1, "sha256Hash": hashed(text)}}
    return checked_request({"extensions": extensions, **sent})


def by_id(document_id: str, **sent: Any) -> GraphQLRequest:
    return checked_request({"documentId": document_id, **sent})


def refusal(documents: PersistedDocuments, asked: GraphQLRequest) -> tuple[int, str, str]:
    with pytest.raises(RequestRefused) as refused:
        documents.complete(asked)
    return refused.value.status, refused.value.code, refused.value.message


def any_text(_: str) -> bool:
    return True


NOT_FOUND = (200, "PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound")
NOT_SUPPORTED = (200, "PERSISTED_QUERY_NOT_SUPPORTED", "PersistedQueryNotSupported")
OTHER_TEXT = (400, "BAD_REQUEST", "The document's name is not the name of its text.")


class TestTaught:
    def test_a_document_is_taught_once_and_named_from_then_on(self) -> None:
        documents = TaughtDocuments(any_text)
        assert refusal(documents, by_hash(ITEMS)) == NOT_FOUND
        documents.complete(by_hash(ITEMS, query=ITEMS))
        asked = documents.complete(by_hash(ITEMS, variables={"first": 1}, operationName="Items"))
        assert (asked.query, asked.variables, asked.operation_name) == (ITEMS, {"first": 1}, "Items")

    def test_a_document_can_be_named_by_the_specified_id_too(self) -> None:
        documents = TaughtDocuments(any_text)
        name = f"sha256:{hashed(ITEMS)}"
        assert refusal(documents, by_id(name)) == NOT_FOUND
        documents.complete(by_id(name, query=ITEMS))
        assert documents.complete(by_hash(ITEMS)).query == ITEMS

    def test_who_names_nothing_sends_the_text(self) -> None:
        asked = checked_request({"query": ITEMS})
        assert TaughtDocuments(any_text).complete(asked) is asked

    def test_a_document_that_is_not_valid_is_not_kept(self) -> None:
        documents = TaughtDocuments(lambda text: text != ITEMS)
        documents.complete(by_hash(ITEMS, query=ITEMS))
        assert refusal(documents, by_hash(ITEMS)) == NOT_FOUND

    def test_nobody_teaches_a_text_by_the_hash_of_another(self) -> None:
        assert refusal(TaughtDocuments(any_text), by_hash(ITEMS, query=SITES)) == OTHER_TEXT
        assert refusal(TaughtDocuments(any_text), by_id(f"sha256:{hashed(ITEMS)}", query=SITES)) == OTHER_TEXT

    def test_ids_of_a_build_cannot_be_taught(self) -> None:
        assert refusal(TaughtDocuments(any_text), by_id("a1")) == NOT_SUPPORTED
        assert refusal(TaughtDocuments(any_text), by_id("a1", query=ITEMS)) == NOT_SUPPORTED

    def test_all_texts_together_are_bounded_and_the_oldest_goes_first(self) -> None:
        documents = TaughtDocuments(any_text, length_max=len(ITEMS) + len(SITES))
        for text in (ITEMS, SITES):
            documents.complete(by_hash(text, query=text))
        documents.complete(by_hash(ITEMS))
        documents.complete(by_hash("{ a }", query="{ a }"))
        assert documents.complete(by_hash(ITEMS)).query == ITEMS
        assert refusal(documents, by_hash(SITES)) == NOT_FOUND

    def test_what_does_not_fit_at_all_drives_nothing_out(self) -> None:
        documents = TaughtDocuments(any_text, length_max=len(ITEMS))
        documents.complete(by_hash(ITEMS, query=ITEMS))
        documents.complete(by_hash(SITES, query=SITES))
        assert documents.complete(by_hash(ITEMS)).query == ITEMS

    def test_a_document_that_is_taught_twice_counts_once(self) -> None:
        documents = TaughtDocuments(any_text, length_max=len(ITEMS) + len(SITES))
        for text in (ITEMS, SITES, ITEMS, SITES):
            documents.complete(by_hash(text, query=text))
        assert [documents.complete(by_hash(text)).query for text in (ITEMS, SITES)] == [ITEMS, SITES]


class TestTrusted:
    documents = TrustedDocuments({hashed(ITEMS): ITEMS, "sites-1": SITES})

    @pytest.mark.parametrize(
        ("asked", "text"),
        [
            (by_hash(ITEMS), ITEMS),
            (by_id(hashed(ITEMS)), ITEMS),
            (by_id(f"sha256:{hashed(ITEMS)}"), ITEMS),
            (by_id("sites-1"), SITES),
            (by_hash(SITES), SITES),
            (by_id("sites-1", query=SITES), SITES),
            (checked_request({"query": SITES}), SITES),
        ],
    )
    def test_a_trusted_document_runs_however_it_is_named(self, asked: GraphQLRequest, text: str) -> None:
        assert self.documents.complete(asked).query == text

    @pytest.mark.parametrize(
        "asked",
        [
            by_id("sites-2"),
            by_hash("{ viewer { subject } }"),
            checked_request({"query": "{ viewer { subject } }"}),
            checked_request({"query": f"{ITEMS} "}),
        ],
    )
    def test_anything_else_is_refused(self, asked: GraphQLRequest) -> None:
        status, code, message = refusal(self.documents, asked)
        assert (status, code) == (400, "DOCUMENT_NOT_TRUSTED")
        assert message.startswith("Only trusted documents run here")

    def test_a_trusted_name_lets_no_other_text_in(self) -> None:
        assert refusal(self.documents, by_id("sites-1", query=ITEMS)) == OTHER_TEXT


@pytest.mark.parametrize(
    "documents", [TaughtDocuments(any_text), TrustedDocuments({"sites-1": SITES})], ids=["taught", "trusted"]
)
class TestNames:
    @pytest.mark.parametrize("persisted", [{"version": 2, "sha256Hash": hashed(ITEMS)}, {}, "x", [], 1])
    def test_another_version_is_not_supported(self, documents: PersistedDocuments, persisted: Any) -> None:
        asked = checked_request({"extensions": {"persistedQuery": persisted}})
        assert refusal(documents, asked) == NOT_SUPPORTED

    @pytest.mark.parametrize("digest", [None, 1, "", "abc", "z" * 64, "0" * 65])
    def test_a_hash_is_a_hash(self, documents: PersistedDocuments, digest: Any) -> None:
        asked = checked_request({"extensions": {"persistedQuery": {"version": 1, "sha256Hash": digest}}})
        assert refusal(documents, asked)[:2] == (400, "BAD_REQUEST")

    def test_a_document_has_one_name(self, documents: PersistedDocuments) -> None:
        assert refusal(documents, by_hash(ITEMS, documentId="a"))[2] == "The request names its document twice."


@pytest.mark.parametrize("sent", [{}, {"documentId": ""}, {"extensions": {}}, {"query": "", "documentId": None}])
def test_without_text_and_name_there_is_no_query(sent: dict[str, Any]) -> None:
    with pytest.raises(RequestRefused, match=r"The request has no query\."):
        checked_request(sent)


def test_an_id_is_a_string() -> None:
    with pytest.raises(RequestRefused, match="documentId must be a string"):
        checked_request({"documentId": 7})
