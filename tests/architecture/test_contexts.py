"""What a statement may touch is said in few places: by the actor's roles, and, across entities, by one module alone."""

import ast
import re
from functools import cache
from pathlib import Path

from tests.architecture.sources import PACKAGES, relative, source_files

_RUNS = tuple(package for package in PACKAGES if package not in ("tests", "bench"))
ACTOR, UNDER_AGREEMENT = "authz/actor.py", "masterdata/agreements/under.py"
_SET = re.compile(r"set_config\(\s*['\"]wharfinger|SET (LOCAL |SESSION )?wharfinger")
_WIDENING = {"entities_read", "entities_write", "offering"}
_TOLD = re.compile("|".join([*sorted(_WIDENING), "RowContext"]))


@cache
def _calls(file: Path) -> list[ast.Call]:
    """The calls in a file, where it could make a context."""
    text = file.read_text()
    if not _TOLD.search(text):
        return []
    return [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]


def _named(call: ast.Call) -> set[str]:
    return {keyword.arg for keyword in call.keywords if keyword.arg is not None}


def _where(*names: str) -> dict[str, set[str]]:
    """The files in which a call names one of these arguments, with those that it names."""
    found = {
        relative(file): set[str]().union(*(_named(call) & set(names) for call in _calls(file)))
        for file in source_files(*_RUNS)
    }
    return {file: named for file, named in found.items() if named}


def test_contexts_are_made_by_who_has_the_actor_and_widened_by_one_module() -> None:
    assert _where(*_WIDENING) == {ACTOR: {"entities_read", "entities_write"}, UNDER_AGREEMENT: _WIDENING}


def test_a_context_is_made_nowhere_else() -> None:
    making = {
        relative(file)
        for file in source_files(*_RUNS)
        for call in _calls(file)
        if isinstance(call.func, ast.Name) and call.func.id == "RowContext"
    }
    assert making == {"kernel/contexts.py", ACTOR}


def test_the_setting_is_set_where_connections_are_handed_out_and_operations_begin() -> None:
    named = {relative(file) for file in source_files(*_RUNS) if _SET.search(file.read_text())}
    assert named == {"kernel/carrying.py"}


def test_a_context_is_replaced_within_a_transaction_by_the_use_of_an_agreement_alone() -> None:
    calling = {relative(file) for file in source_files(*_RUNS) if "within_context" in file.read_text()}
    assert calling == {"kernel/writers.py", UNDER_AGREEMENT}
