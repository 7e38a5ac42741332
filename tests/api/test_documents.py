"""Documents that are known need no parsing; what is kept is bounded."""

from typing import Any

import strawberry
from graphql import parse

from api.documents import DocumentCache, KnownDocuments

RULES: tuple[object, ...] = ()
DOCUMENT = parse("{ __typename }")


def test_a_document_is_found_by_its_text_and_rules() -> None:
    known = KnownDocuments()
    known.keep(("{ a }", RULES), DOCUMENT)
    assert known.find(("{ a }", RULES)) is DOCUMENT
    assert known.find(("{ b }", RULES)) is None
    assert known.find(("{ a }", (object,))) is None


def test_the_least_recently_used_document_makes_way() -> None:
    known = KnownDocuments(length_max=10)
    for text in ("aaaa", "bbbb"):
        known.keep((text, RULES), DOCUMENT)
    known.find(("aaaa", RULES))
    known.keep(("cccc", RULES), DOCUMENT)
    assert [known.find((text, RULES)) is not None for text in ("aaaa", "bbbb", "cccc")] == [True, False, True]


def test_a_document_that_is_longer_than_all_may_be_is_not_kept() -> None:
    known = KnownDocuments(length_max=10)
    known.keep(("a" * 11, RULES), DOCUMENT)
    assert known.find(("a" * 11, RULES)) is None


def _answer() -> int:
    return 1


async def test_only_valid_documents_are_remembered() -> None:
    known = KnownDocuments()
    query: Any = strawberry.type(type("Query", (), {"a": strawberry.field(resolver=_answer)}))
    schema = strawberry.Schema(query, extensions=[lambda: DocumentCache(known)])
    for _ in range(2):
        assert (await schema.execute("{ a }")).data == {"a": 1}
        wrong = await schema.execute("{ unknown }")
        assert [error.message for error in wrong.errors or ()] == ["Cannot query field 'unknown' on type 'Query'."]
    assert [text for text, _ in known._kept] == ["{ a }"]  # noqa: SLF001 - nothing else tells
