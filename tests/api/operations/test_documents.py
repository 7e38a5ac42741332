"""Documents that are known need no parsing; only valid ones are kept."""

import pytest
import strawberry

from api.operations.documents import DocumentRefused, Documents


def _answer() -> int:
    return 1


@pytest.fixture(scope="module")
def documents() -> Documents:
    query = strawberry.type(type("Query", (), {"a": strawberry.field(resolver=_answer)}))
    return Documents(strawberry.Schema(query)._schema)  # noqa: SLF001 - strawberry has no public way


def test_a_known_document_is_not_parsed_again(documents: Documents) -> None:
    assert documents.valid("{ a }") is documents.valid("{ a }")
    assert documents.valid("{ a }") is not documents.valid("{ b: a }")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{ unknown }", "Cannot query field 'unknown' on type 'Query'."),
        ("{ a", "Syntax Error: Expected Name, found <EOF>."),
    ],
)
def test_a_document_that_is_wrong_is_not_remembered(documents: Documents, text: str, message: str) -> None:
    for _ in range(2):
        with pytest.raises(DocumentRefused) as refused:
            documents.valid(text)
        assert [error.message for error in refused.value.errors] == [message]
    assert documents.kept.find(text) is None


def test_an_operation_is_found_by_its_name(documents: Documents) -> None:
    document = documents.valid("query one { a } query two { a }")
    two = document.operation("two")
    assert two is not None
    assert two.name == "two"
    assert document.operation("three") is None
    with pytest.raises(DocumentRefused, match="operationName"):
        document.operation(None)


def test_the_only_operation_needs_no_name(documents: Documents) -> None:
    only = documents.valid("query one { a }").operation(None)
    assert only is not None
    assert only.name == "one"
