"""The repository's own Python files, for the tests that read them."""

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("api", "authz", "bench", "domain", "kernel", "masterdata", "migrations", "tests", "wharfinger")


def source_files(*packages: str) -> Iterator[Path]:
    """Every Python file of the packages, all of them by default. Revisions are written by alembic, not by us."""
    for package in packages or PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            if "versions" not in file.parts:
                yield file


def relative(file: Path) -> str:
    """The path as it stands in the repository."""
    return file.relative_to(ROOT).as_posix()
