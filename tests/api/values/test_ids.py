"""Public ids: one canonical text per object, the same from Python and from PostgreSQL."""

from uuid import UUID

import pytest

from api.values.ids import MalformedId, PublicId, check_type_name, decode_id, encode_bytes, encode_id

ENTITY = UUID("0197a3c1-6f10-7d3e-8f5e-0d1c2b3a4f50")
ORDER = UUID("0197a3c1-6f10-7d3e-8f5e-0d1c2b3a4f51")


def test_an_id_never_changes() -> None:
    assert encode_id("SalesOrder", ORDER, ENTITY) == "U2FsZXNPcmRlcjoBl6PBbxB9Po9eDRwrOk9QAZejwW8QfT6PXg0cKzpPUQ"
    assert encode_id("Item", ORDER) == "SXRlbToBl6PBbxB9Po9eDRwrOk9R"


def test_an_id_says_what_it_was_made_of() -> None:
    assert decode_id(encode_id("SalesOrder", ORDER, ENTITY)) == PublicId("SalesOrder", ORDER, ENTITY)
    assert decode_id(encode_id("Item", ORDER)) == PublicId("Item", ORDER)


MALFORMED = {
    "empty": "",
    "no base64": "a?b",
    "no ascii": "é",
    "no type": encode_bytes(b"Item"),
    "no key": encode_bytes(b"Item:"),
    "short key": encode_bytes(b"Item:" + ORDER.bytes[:15]),
    "long key": encode_bytes(b"Item:" + ORDER.bytes * 3),
    "a type that is no name": encode_bytes(b"it em:" + ORDER.bytes),
    "a type beyond the limit": encode_bytes(b"A" * 24 + b":" + ORDER.bytes),
    "bytes that are no text": encode_bytes(b"\xff\xfe:" + ORDER.bytes),
    "padded": encode_id("Item", ORDER) + "==",
    "with a line break": encode_id("Item", ORDER) + "\n",
    "another last letter with the same bytes": encode_id("SalesOrder", ORDER, ENTITY)[:-1] + "R",
    "NUL": "\x00",
    "surrogate": "\ud800",
}


@pytest.mark.parametrize("text", MALFORMED.values(), ids=MALFORMED)
def test_only_the_canonical_text_is_an_id(text: str) -> None:
    with pytest.raises(MalformedId):
        decode_id(text)


def test_a_name_that_would_break_the_line_is_refused_at_assembly() -> None:
    check_type_name("A" * 23)
    for name in ("A" * 24, "lower", "With_Underscore", ""):
        with pytest.raises(AssertionError):
            check_type_name(name)


def test_an_id_is_decoded_once() -> None:
    """One variable with a thousand ids may stand in hundreds of places of a document."""
    text = encode_id("Item", UUID(int=7))
    assert decode_id(text) is decode_id(text)
