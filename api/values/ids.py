"""Public identifiers: opaque strings that name one object of the whole API.

A public id is base64url, without padding, of the bytes `Type:` + [16 bytes of the entity, if one owns the object] +
16 bytes of the object. It holds everything that a primary key needs, so `node(id:)` probes one index. The format never
changes: clients store ids. The same encoding is written in SQL, so that PostgreSQL puts ids into the JSON it builds.
"""

import binascii
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement

from api.values.sqltext import Phrase, quoted

TYPE_NAME_LENGTH_MAX = 23
"""PostgreSQL breaks base64 after 76 characters: 57 bytes, which are 32 of two uuids, the colon and 24 more."""

_TYPE_NAME = re.compile(r"[A-Z][A-Za-z0-9]*")
_UUID_BYTES = 16
REMEMBERED_MAX = 8192
"""As many ids as the largest request has: each is decoded once, however often it is asked for."""


class MalformedId(ValueError):  # noqa: N818 - it says what the text is
    """The text is no public id at all."""


@dataclass(frozen=True)
class PublicId:
    """What a public id says: the type, the object, and the entity that owns it, if one does."""

    type: str
    id: UUID
    entity_id: UUID | None = None

    def encoded(self) -> str:
        """The text that clients see."""
        owner = self.entity_id.bytes if self.entity_id else b""
        return encode_bytes(f"{self.type}:".encode() + owner + self.id.bytes)


def encode_id(type_name: str, object_id: UUID, entity_id: UUID | None = None) -> str:
    """The public id of an object."""
    return PublicId(type_name, object_id, entity_id).encoded()


@lru_cache(maxsize=REMEMBERED_MAX)
def decode_id(text: str) -> PublicId:
    """The inverse of `encode_id`. Only the canonical text is accepted, so that an object has exactly one id.

    Remembered, because one variable with many ids may stand in hundreds of places of a document.
    """
    try:
        type_name, _, key = decode_bytes(text).partition(b":")
        decoded = _public_id(type_name.decode("ascii"), key)
    except ValueError:
        raise MalformedId("The id is malformed.") from None
    if decoded.encoded() != text:
        raise MalformedId("The id is malformed.")
    return decoded


def _public_id(type_name: str, key: bytes) -> PublicId:
    if len(type_name) > TYPE_NAME_LENGTH_MAX or not _TYPE_NAME.fullmatch(type_name):
        raise MalformedId("The id names no type.")
    if len(key) == 2 * _UUID_BYTES:
        return PublicId(type_name, UUID(bytes=key[_UUID_BYTES:]), UUID(bytes=key[:_UUID_BYTES]))
    return PublicId(type_name, UUID(bytes=key))


def encode_bytes(raw: bytes) -> str:
    """Base64url without padding."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def decode_bytes(text: str) -> bytes:
    """The inverse of `encode_bytes`; a ValueError for anything else."""
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, UnicodeEncodeError) as error:
        raise ValueError("not base64url") from error


def check_type_name(type_name: str) -> None:
    """Fails at assembly for a name that a public id cannot carry."""
    fits = _TYPE_NAME.fullmatch(type_name) and len(type_name) <= TYPE_NAME_LENGTH_MAX
    assert fits, f"{type_name}: a type name has letters and digits, {TYPE_NAME_LENGTH_MAX} at most"


def encoded_id(
    type_name: str, object_id: ColumnElement[UUID], entity_id: ColumnElement[UUID] | None = None
) -> ColumnElement[str]:
    """The SQL expression for the public id of a row: never longer than one line of PostgreSQL's base64."""
    check_type_name(type_name)
    raw: list[str | ColumnElement[Any]] = [f"{quoted(f'{type_name}:')}::bytea"]
    for each in (entity_id, object_id):
        if each is not None:
            raw += (" || uuid_send(", each, ")")
    return _base64url(*raw)


def encoded_text(text: ColumnElement[str]) -> ColumnElement[str]:
    """The SQL expression for base64url of a text's bytes, of any length."""
    return Phrase("replace(", _base64url("convert_to(", text, ", 'UTF8')"), ", chr(10), '')")


def _base64url(*raw: str | ColumnElement[Any]) -> Phrase:
    """Base64url without padding, with PostgreSQL's line breaks after 76 characters. translate() is far slower."""
    return Phrase("rtrim(replace(replace(encode(", *raw, ", 'base64'), '+', '-'), '/', '_'), '=')")
