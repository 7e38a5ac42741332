"""Manifests of trusted documents: every form that builds write, and a clear word for what is none."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from api.http.manifests import ManifestError, read_manifests

ITEMS, SITES = "query Items { items { nodes { sku } } }", "query Sites { locations { nodes { code } } }"
APOLLO = {
    "format": "apollo-persisted-query-manifest",
    "version": 1,
    "operations": [{"id": "i1", "name": "Items", "type": "query", "body": ITEMS}],
}


def write(folder: Path, name: str, content: Any) -> Path:
    file = folder / name
    file.write_bytes(content if isinstance(content, bytes) else orjson.dumps(content))
    return file


def test_codegen_and_relay_write_ids_and_texts(tmp_path: Path) -> None:
    assert read_manifests(write(tmp_path, "persisted-documents.json", {"i1": ITEMS})) == {"i1": ITEMS}


def test_apollo_writes_a_list_of_operations(tmp_path: Path) -> None:
    assert read_manifests(write(tmp_path, "persisted-query-manifest.json", APOLLO)) == {"i1": ITEMS}


def test_a_folder_has_the_manifests_of_several_builds(tmp_path: Path) -> None:
    write(tmp_path, "office.json", APOLLO)
    write(tmp_path, "warehouse.json", {"s1": SITES, "i1": ITEMS})
    write(tmp_path, "notes.txt", b"not a manifest")
    assert read_manifests(tmp_path) == {"i1": ITEMS, "s1": SITES}


def test_one_id_never_means_two_documents(tmp_path: Path) -> None:
    write(tmp_path, "a.json", {"i1": ITEMS})
    write(tmp_path, "b.json", {"i1": SITES})
    with pytest.raises(ManifestError, match=r"b\.json has another document by the id i1"):
        read_manifests(tmp_path)


@pytest.mark.parametrize(
    "content", [b"{", [], "text", {"i1": 1}, {**APOLLO, "operations": [{"id": "i1"}]}, {**APOLLO, "operations": [1]}]
)
def test_what_is_no_manifest_is_refused_by_its_name(tmp_path: Path, content: Any) -> None:
    with pytest.raises(ManifestError, match=r"m\.json"):
        read_manifests(write(tmp_path, "m.json", content))


def test_without_documents_nothing_could_run(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match="has no documents"):
        read_manifests(tmp_path)
    with pytest.raises(ManifestError, match="cannot be read"):
        read_manifests(tmp_path / "absent.json")
