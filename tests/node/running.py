"""Runs JavaScript for tests: with the Node that `make` put into .venv, else the one of the machine."""

import asyncio
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.architecture.sources import ROOT

SECONDS_MAX = 120
"""What no program of ours comes near; one that hangs fails its test instead of keeping it."""


@dataclass(frozen=True)
class Ended:
    """What a program said, once it ended."""

    code: int
    said: str
    complained: str


async def run_node(*arguments: str | Path, folder: Path = ROOT, **variables: str) -> Ended:
    """Runs Node in a folder, with variables beside those of the environment."""
    assert (ROOT / "node_modules").is_dir(), "The JavaScript packages are not installed: run `make javascript`."
    process = await asyncio.create_subprocess_exec(
        _node(),
        *map(str, arguments),
        cwd=folder,
        env={**os.environ, **variables},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(SECONDS_MAX):
            said, complained = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode is not None
    return Ended(process.returncode, said.decode(), complained.decode())


def _node() -> str:
    folders = (str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath))
    found = shutil.which("node", path=os.pathsep.join(folders))
    assert found, "There is no Node: run `make javascript`."
    return found
