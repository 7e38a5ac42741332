"""The command line: what it says, and how it ends."""

from pathlib import Path

from typer.testing import CliRunner

from wharfinger.cli import app


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
