"""What breaks the clients of the last release is found, and must be declared."""

from pathlib import Path

import pytest

from tests.node.running import Ended, run_node

RELEASED = """
type Query { item(sku: String!): Item }
type Item { sku: String! name: String! status: ItemStatus! }
enum ItemStatus { ACTIVE RETIRED }
"""


async def compare(folder: Path, schema: str, changelog: str) -> Ended:
    """The released schema beside another one and what is told of it."""
    texts = {"released.graphql": RELEASED, "schema.graphql": schema, "CHANGELOG.md": changelog}
    for name, text in texts.items():
        (folder / name).write_text(text)
    return await run_node("tests/node/changes.mjs", *(folder / name for name in texts))


async def test_what_is_added_breaks_nobody(tmp_path: Path) -> None:
    grown = RELEASED.replace("name: String!", "name: String! weight: String")
    assert (await compare(tmp_path, grown, "## Unreleased\n")).code == 0


@pytest.mark.parametrize(
    ("before", "after", "coordinate"),
    [
        ("name: String! ", "", "Item.name"),
        ("name: String!", "name: String", "Item.name"),
        (" RETIRED", "", "ItemStatus.RETIRED"),
        ("sku: String!)", "sku: String!, site: ID!)", "Query.item.site"),
    ],
)
async def test_what_breaks_must_be_declared(tmp_path: Path, before: str, after: str, coordinate: str) -> None:
    schema = RELEASED.replace(before, after)
    undeclared = await compare(tmp_path, schema, "## Unreleased\n\n- Better.\n")
    assert undeclared.code == 1
    assert undeclared.complained.startswith(f"`{coordinate}` breaks: ")
    declared = f"## Unreleased\n\n### Breaking\n\n- `{coordinate}` is another thing now.\n\n### Added\n\n- Things.\n"
    assert (await compare(tmp_path, schema, declared)).code == 0


async def test_a_declaration_of_an_older_release_does_not_count(tmp_path: Path) -> None:
    older = "## Unreleased\n\n## 0.1.0\n\n### Breaking\n\n- `Item.name` is gone.\n"
    assert (await compare(tmp_path, RELEASED.replace("name: String! ", ""), older)).code == 1


async def test_a_declaration_of_what_does_not_break_is_a_mistake(tmp_path: Path) -> None:
    ended = await compare(tmp_path, RELEASED, "## Unreleased\n\n### Breaking\n\n- `Item.name` is gone.\n")
    assert (ended.code, ended.complained.splitlines()[0]) == (1, "`Item.name` is declared, and does not break.")
