"""The guide to signing in: each command is pasted into a shell, and answers what the guide says."""

import asyncio
import os
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import pytest

from api.faults import RequestRefused
from api.rates import COST_PER_MINUTE, MUTATION_COST, Rates
from authz.identity.attempts import FAILURES_PER_MINUTE
from authz.identity.model import ApiKey
from kernel.buckets import Buckets
from kernel.postgres import EmbeddedServer
from kernel.roles import Role
from kernel.settings import Settings
from masterdata.governance.submit import ProposedChange
from masterdata.governance.values import read_line
from masterdata.registry import NOUNS
from tests.api.people import write
from tests.api.serving import Office
from tests.architecture.sources import ROOT
from tests.databases import CONTEXT_KEY

GUIDE = (ROOT / "docs" / "guides" / "sign-in.md").read_text()
_BLOCK = re.compile(r"^(?:<!-- (?P<about>[^>]+) -->\n)?```(?P<kind>\w+)\n(?P<text>.*?)^```", re.MULTILINE | re.DOTALL)
BLOCKS = [(found["about"], found["kind"], found["text"]) for found in _BLOCK.finditer(GUIDE)]


@dataclass
class Shell:
    """A terminal beside the demo's server."""

    folder: Path
    variables: dict[str, str] = field(default_factory=dict)

    async def run(self, command: str) -> str:
        """What a command says; it must end well."""
        process = await asyncio.create_subprocess_exec(
            *("bash", "-euc", command),
            env={**os.environ, **self.variables, "PATH": f"{self.folder}:{os.environ['PATH']}"},
            cwd=self.folder,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        said, complained = await process.communicate()
        assert process.returncode == 0, complained.decode()
        return said.decode().strip()


@pytest.fixture
def shell(demo: Office, server: EmbeddedServer, tmp_path: Path) -> Shell:
    """With the command line of this source, on the demo's database."""
    program = tmp_path / "wharfinger"
    call = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from wharfinger.cli import app; app()"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{call}" "$@"\n')
    program.chmod(0o755)
    name = demo.database.app.url.database
    assert name is not None
    addresses = {
        f"WHARFINGER_DATABASE_URL_{role.name}": server.url(role, name).render_as_string(hide_password=False)
        for role in (Role.APP, Role.ACTIVATE, Role.WORKER, Role.MIGRATE)
    }
    return Shell(
        tmp_path,
        {
            **addresses,
            "WHARFINGER_CONTEXT_KEY": CONTEXT_KEY.secret.decode(),
            "WHARFINGER_URL": f"http://{demo.address}/graphql",
            "TOKEN": demo.issuer.token("cleo.service"),
            "DELEGATE": demo.issuer.token("wim.warehouse"),
        },
    )


async def test_each_command_of_the_guide_answers_as_it_says(demo: Office, shell: Shell) -> None:
    commands = answers = 0
    said = ""
    for about, kind, text in BLOCKS:
        if about == "a proposed delegation":
            await propose(demo, "delegation", orjson.loads(text))
        elif about is None and kind == "json":
            answer, told = orjson.loads(said), orjson.loads(text)
            assert {part: answer.get(part) for part in told} == told
            answers += 1
        elif kind == "sh":
            said = await shell.run(text)
            commands += 1
        if said.startswith("whk_"):
            shell.variables |= {"KEY": said, "PREFIX": said.split("_")[1]}
    assert (commands, answers) == (6, 4)
    async with demo.database.worker.connect() as connection:
        (key,) = (await connection.execute(ApiKey.__table__.select())).all()
    assert (key.prefix, key.subject, key.revoked_at is not None) == (shell.variables["PREFIX"], "shop.machine", True)


async def propose(demo: Office, noun: str, values: dict[str, Any]) -> None:
    """Writes what is proposed, as a change request would."""
    reading = read_line(NOUNS[noun], ProposedChange(noun=noun, values=values).values)
    assert reading.problems == []
    assert [check(reading.values) for check in NOUNS[noun].checks] == [None] * len(NOUNS[noun].checks)
    await write(demo, NOUNS[noun].model, **reading.values)


def test_proposals_in_the_guide_can_be_taken() -> None:
    proposed = {about: orjson.loads(text) for about, _, text in BLOCKS if about and about.startswith("a proposed")}
    assert set(proposed) == {"a proposed delegation", "a proposed account"}
    for about, values in proposed.items():
        noun = NOUNS[about.removeprefix("a proposed ")]
        assert read_line(noun, values).problems == []
        assert {field.name for field in noun.fields if noun.is_required(field)} <= set(values) <= set(noun.by_name)


def test_a_rate_limit_answers_as_the_guide_says() -> None:
    (told,) = (orjson.loads(text) for about, _, text in BLOCKS if about == "a rate limit")
    rates = Rates(per_minute=600, buckets=Buckets(monotonic=lambda: 0.0))
    rates.spend("cleo", 625)
    with pytest.raises(RequestRefused) as refused:
        rates.spend("cleo", 1)
    assert (refused.value.status, refused.value.headers, refused.value.body()) == (429, {"retry-after": "3"}, told)


def test_the_guide_names_what_is_usual() -> None:
    settings = Settings()
    assert settings.cost_per_minute == COST_PER_MINUTE
    assert settings.sign_in_failures_per_minute == FAILURES_PER_MINUTE
    assert f"{COST_PER_MINUTE:,} unless set" in GUIDE
    assert f"; {FAILURES_PER_MINUTE} unless set" in GUIDE
    assert f"and {MUTATION_COST} besides for each\nmutation" in GUIDE
