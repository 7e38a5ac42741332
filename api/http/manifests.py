"""Manifests of trusted documents, as the builds of frontends write them.

- `persisted-documents.json` of graphql-codegen's client preset, and Relay's file of persisted queries: one JSON object
  of id and text;
- `persisted-query-manifest.json` of Apollo: `{"format": "apollo-persisted-query-manifest", "operations": [...]}`.

Ids are names that the build chose, hashes mostly; they are taken as they are.
"""

from collections.abc import Iterator
from json import JSONDecodeError
from pathlib import Path
from typing import Any

import orjson

APOLLO = "apollo-persisted-query-manifest"


class ManifestError(ValueError):
    """A manifest cannot be used; the text names it."""


def read_manifests(place: Path) -> dict[str, str]:
    """The documents of one manifest, or of all manifests (`*.json`) in a folder, by their ids. Raises ManifestError."""
    files = sorted(place.glob("*.json")) if place.is_dir() else [place]
    texts: dict[str, str] = {}
    for file in files:
        for name, text in _documents(file):
            if texts.setdefault(name, text) != text:
                raise ManifestError(f"{file} has another document by the id {name} than a manifest before it.")
    if not texts:
        raise ManifestError(f"{place} has no documents.")
    return texts


def _documents(file: Path) -> Iterator[tuple[str, str]]:
    try:
        content = orjson.loads(file.read_bytes())
    except (OSError, JSONDecodeError) as error:
        raise ManifestError(f"{file} cannot be read as JSON: {error}.") from None
    for name, text in _named(content):
        if not isinstance(name, str) or not isinstance(text, str):
            raise ManifestError(f"{file} is no manifest: it must be an object of ids and documents.")
        yield name, text


def _named(content: Any) -> Iterator[tuple[Any, Any]]:
    if not isinstance(content, dict):
        yield None, None
    elif content.get("format") == APOLLO:
        yield from map(_operation, content.get("operations") or ())
    else:
        yield from content.items()


def _operation(operation: Any) -> tuple[Any, Any]:
    return (operation.get("id"), operation.get("body")) if isinstance(operation, dict) else (None, None)
