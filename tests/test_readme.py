"""The README: every query in it gives the answer that it shows, in the order in which a reader tries them."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from api.schema import make_schema
from kernel.postgres import EmbeddedServer
from tests.api.office import StoppedClock
from tests.api.serving import serving
from tests.databases import Databases
from tests.factories.empty import empty_ground
from wharfinger.demo.load import load_demo

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
_PERSON = re.compile(r"`([a-z]+\.[a-z]+)`")
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def conversations() -> Iterator[tuple[str, str, dict[str, Any], Any]]:
    """Who asks (whoever was named last), query, variables and answer, as they follow each other."""
    query, variables = "", dict[str, Any]()
    for block in _BLOCK.finditer(README):
        kind, text = block.groups()
        if kind == "graphql":
            query, variables = text, {}
        elif kind == "variables":
            variables = orjson.loads(text)
        elif kind == "json":
            yield _PERSON.findall(README, 0, block.start())[-1], query, variables, orjson.loads(text)


async def test_what_the_readme_asks_is_answered_as_it_says(
    server: EmbeddedServer, databases: Databases, tmp_path: Path
) -> None:
    asked = list(conversations())
    assert len(asked) == 3
    async with empty_ground(server, databases) as ground:
        await load_demo(ground.database, ground.activation, lambda *_: None, clock=StoppedClock())
        async with serving(make_schema(), ground.database, ground.activation, tmp_path) as house:
            for person, query, variables, answer in asked:
                response = await house.post(house.issuer.token(person), {"query": query, "variables": variables})
                told = response.json()
                assert told.pop("extensions").keys() == {"cost"}
                assert told == answer


@pytest.mark.parametrize("target", re.findall(r"make (\w+)", README))
def test_the_make_targets_of_the_readme_are_there(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


@pytest.mark.parametrize(
    "path", re.findall(r"[(`]((?:docs|api|domain|examples|kernel)/[\w/.-]*|[A-Z]+\.md)[)`]", README)
)
def test_what_the_readme_points_to_is_there(path: str) -> None:
    assert (ROOT / path).exists()
