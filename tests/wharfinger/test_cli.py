"""The command line: what it says, and how it ends."""

import subprocess
import sys
from pathlib import Path

from typer.testing import CliRunner

from wharfinger.cli import app

ROOT = Path(__file__).parents[2]


def test_import_explains_itself() -> None:
    result = CliRunner().invoke(app, ["import", "--help"])
    assert result.exit_code == 0
    assert "Safe to run again" in " ".join(result.output.split())


def test_a_mapping_that_cannot_be_used_ends_with_2(tmp_path: Path) -> None:
    mapping = tmp_path / "m.yaml"
    mapping.write_text("system: s\n")
    arguments = ["import", "--mapping", str(mapping), str(tmp_path)]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 2
    assert "m.yaml: 'title' is missing." in result.output


_ENDED_BY_THE_SYSTEM = """
import signal
from wharfinger.cli import wharfinger
wharfinger()
try:
    signal.raise_signal(signal.SIGTERM)
except KeyboardInterrupt:
    print("ended in order")
"""


def test_asked_to_end_by_the_system_a_command_ends_as_by_ctrl_c() -> None:
    """In order, that is: the database that it started does not stay behind."""
    ended = subprocess.run(
        [sys.executable, "-c", _ENDED_BY_THE_SYSTEM], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ended.stdout == "ended in order\n"
