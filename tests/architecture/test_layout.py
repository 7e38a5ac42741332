"""The house has the rooms that it says, and no room for anything and nothing."""

import tomllib

import pytest

from tests.architecture.sources import PACKAGES, ROOT, relative, source_files

_CATCH_ALLS = {"base.py", "common.py", "helper.py", "helpers.py", "manager.py", "misc.py", "service.py", "utils.py"}


def test_every_package_at_the_root_is_a_known_one() -> None:
    present = {folder.name for folder in ROOT.iterdir() if (folder / "__init__.py").exists()}
    assert present <= set(PACKAGES)


def test_every_package_that_runs_is_held_to_the_import_rules() -> None:
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text())
    checked = set(pyproject["tool"]["importlinter"]["root_packages"])
    assert checked == set(PACKAGES) - {"tests", "bench"}


@pytest.mark.parametrize("package", ["domain", "masterdata"])
def test_every_capability_says_what_it_owns(package: str) -> None:
    for folder in (ROOT / package).iterdir():
        if any(folder.glob("*.py")):
            assert (folder / "__init__.py").read_text().startswith('"""'), folder.name


def test_no_file_is_named_for_nothing() -> None:
    assert [relative(file) for file in source_files() if file.name in _CATCH_ALLS] == []
