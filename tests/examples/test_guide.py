"""The guide for frontend teams: its programs are the examples', its queries fit the schema, its tables are complete."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from textwrap import indent

import orjson
import pytest
from graphql import GraphQLEnumType, GraphQLScalarType, build_schema, parse, validate

from tests.api.serving import Office
from tests.architecture.sources import ROOT

GUIDE = (ROOT / "docs" / "guides" / "frontend.md").read_text()
SCHEMA = build_schema((ROOT / "api" / "schema.graphql").read_text())
_BLOCK = re.compile(r"^(?:<!-- (?P<source>\S+) -->\n)?```(?P<kind>\w+)\n(?P<text>.*?)^```", re.MULTILINE | re.DOTALL)
_TOP_LEVEL_CODES = (
    r'RequestRefused\(\s*\d+,\s*"([A-Z_]+)"',
    r'"code": "([A-Z_]+)"',
    r'"code": str\(Code\.([A-Z_]+)\)',
    r'return "(GRAPHQL_[A-Z_]+)"',
    r'(?m)^([A-Z_]+) = "\1"$',
)


@dataclass(frozen=True)
class Block:
    """A block of code in the guide."""

    source: str | None
    kind: str
    text: str


def blocks() -> Iterator[Block]:
    for found in _BLOCK.finditer(GUIDE):
        yield Block(found["source"], found["kind"], found["text"])


def table_codes(header: str) -> set[str]:
    """What the first column names in the tables below a text."""
    section = GUIDE.split(header, 1)[1].split("\n**", 1)[0].split("\n## ", 1)[0]
    return {
        code
        for row in section.splitlines()
        if row.startswith("| `")
        for code in re.findall("`(\\w+)`", row.split("|")[1])
    }


@pytest.mark.parametrize("block", [each for each in blocks() if each.source], ids=lambda each: each.source)
def test_a_program_in_the_guide_is_part_of_its_example(block: Block) -> None:
    assert block.source is not None
    source = (ROOT / block.source).read_text()
    assert any(indent(block.text, " " * width) in source for width in (0, 2, 4))


def test_what_is_no_example_is_a_query_or_an_answer() -> None:
    assert {block.kind for block in blocks() if not block.source} == {"graphql", "json"}


@pytest.mark.parametrize("query", [each.text for each in blocks() if each.kind == "graphql"])
def test_a_query_in_the_guide_fits_the_schema(query: str) -> None:
    assert validate(SCHEMA, parse(query)) == []


@pytest.mark.parametrize(
    ("query", "answer"),
    [(asked.text, told.text) for asked, told in pairwise(blocks()) if (asked.kind, told.kind) == ("graphql", "json")],
)
async def test_what_the_guide_asks_is_answered_as_it_says(demo: Office, query: str, answer: str) -> None:
    response = await demo.post(demo.issuer.token("cleo.service"), {"query": query})
    told = orjson.loads(answer)
    assert {part: response.json()[part] for part in told} == told


@pytest.mark.parametrize("query", [each.text for each in blocks() if each.kind == "graphql" and "$" not in each.text])
async def test_a_query_that_can_be_pasted_is_answered(demo: Office, query: str) -> None:
    await demo.ask(demo.issuer.token("cleo.service"), query)


def test_every_program_of_the_guide_is_run_by_a_test() -> None:
    """Or is imported by one that is: each folder of the examples has its programs."""
    tests = "".join(file.read_text() for file in (ROOT / "tests" / "examples").glob("test_*.py"))
    shown = {block.source.split("/")[2] for block in blocks() if block.source}
    folders = {folder.name for folder in (ROOT / "examples" / "frontend").iterdir() if folder.is_dir()}
    assert shown == folders | {"connection.mjs"}
    assert [folder for folder in folders if f'"{folder}/' not in tests] == []


def test_every_code_of_a_refused_mutation_is_explained() -> None:
    codes = SCHEMA.type_map["MutationErrorCode"]
    assert isinstance(codes, GraphQLEnumType)
    assert table_codes("**The business says no**") == set(codes.values)


def test_every_code_beside_the_data_is_explained() -> None:
    sources = "".join(file.read_text() for file in sorted((ROOT / "api").rglob("*.py")))
    codes = {code for pattern in _TOP_LEVEL_CODES for code in re.findall(pattern, sources)}
    assert len(codes) > 10
    assert codes - table_codes("**The request could not be served**") == set()


def test_every_scalar_is_explained() -> None:
    own = {name for name, each in SCHEMA.type_map.items() if isinstance(each, GraphQLScalarType)}
    assert table_codes("## Scalars") == own - {"String", "Int", "Float", "Boolean"}
