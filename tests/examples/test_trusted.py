"""Trusted documents from end to end: a build writes its manifest, the server reads it, and nothing else runs."""

from dataclasses import replace
from pathlib import Path

from api.http.manifests import read_manifests
from api.http.persisted import TrustedDocuments
from api.operations.execution import CompiledSchema
from tests.api.serving import another_door
from tests.examples.running import Frontend
from tests.examples.test_clients import COMPILER


async def test_the_documents_of_a_relay_build(frontend: Frontend, schema: CompiledSchema) -> None:
    await frontend.tool("relay", COMPILER, "relay-persisted.config.json")
    texts = read_manifests(frontend.folder / "relay" / "persisted-queries.json")
    async with another_door(frontend.house, schema, TrustedDocuments(texts)) as house:
        rows = await replace(frontend, house=house).run("relay/main.mjs")
    assert len(rows) == 40


async def test_a_frontend_whose_manifest_is_not_there_is_told_so(
    frontend: Frontend, schema: CompiledSchema, tmp_path: Path
) -> None:
    manifest = tmp_path / "warehouse.json"
    manifest.write_text('{"w1": "{ items(first: 1) { nodes { sku } } }"}')
    async with another_door(frontend.house, schema, TrustedDocuments(read_manifests(manifest))) as house:
        token = house.issuer.token("cleo.service")
        answer = await house.post(token, {"query": "{ viewer { subject } }"})
        known = await house.post(token, {"documentId": "w1"})
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]) == (400, {"code": "DOCUMENT_NOT_TRUSTED"})
    assert known.json()["data"] == {"items": {"nodes": [{"sku": "ANC-01"}]}}
