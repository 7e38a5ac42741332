"""The example of graphql-codegen's client preset: typed answers, and a manifest of the build's documents."""

from dataclasses import replace

import pytest

from api.http.manifests import read_manifests
from api.http.persisted import TrustedDocuments
from api.operations.execution import CompiledSchema
from tests.api.serving import Office, another_door
from tests.architecture.sources import ROOT
from tests.examples.running import Frontend

CODEGEN, TSC = "@graphql-codegen/cli/esm/bin.js", "typescript/bin/tsc"
PROGRAM = "codegen/build/main.js"


@pytest.fixture(scope="module")
async def built(demo: Office, tmp_path_factory: pytest.TempPathFactory) -> Frontend:
    """The example as its build leaves it."""
    frontend = Frontend.copied(ROOT / "examples" / "frontend", tmp_path_factory.mktemp("built"), demo)
    await frontend.tool("codegen", CODEGEN)
    await frontend.tool("codegen", TSC)
    return frontend


async def test_the_answers_are_typed(built: Frontend) -> None:
    rows = await built.run(PROGRAM, SENDING="text")
    assert [row.split()[1] for row in rows] == ["BACKORDERED"] * 3


async def test_only_the_documents_of_the_build_run(built: Frontend, schema: CompiledSchema) -> None:
    texts = read_manifests(built.folder / "codegen" / "src" / "gql" / "persisted-documents.json")
    async with another_door(built.house, schema, TrustedDocuments(texts)) as house:
        assert len(await replace(built, house=house).run(PROGRAM, SENDING="hash")) == 3
        other = await house.post(house.issuer.token("cleo.service"), {"query": "{ viewer { subject } }"})
    assert other.json()["errors"][0]["extensions"] == {"code": "DOCUMENT_NOT_TRUSTED"}


async def test_what_was_not_asked_for_is_found_by_the_compiler(built: Frontend) -> None:
    source = built.folder / "codegen" / "src" / "orders.ts"
    right = source.read_text()
    source.write_text(right.replace("{ number,", "{ nummer,"))
    with pytest.raises(AssertionError, match="Property 'nummer' does not exist"):
        await built.tool("codegen", TSC)
    source.write_text(right)
