"""Commands with row security alone: nothing of another legal entity is changed or told, whoever is let in.

Everybody may do everything here, as far as the application decides. What row security lets through all the same, by
design, is `LET_THROUGH`, and tried as well: without that the refusals would prove nothing.
"""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.testing import capture_logs

import api.context
from authz.wall.model import VerifiedContext
from kernel.audit import AuditEntry
from kernel.tables import Base
from tests.factories.outbox import Outbox, eventually
from tests.leaks.asking import Walk
from tests.leaks.attempts import Attempt, Attempts
from tests.leaks.conftest import SCHEMA
from tests.leaks.modes import Everything
from tests.leaks.personas import BY_NAME, Persona
from tests.leaks.question import Question
from tests.leaks.secrets import Secrets
from tests.leaks.unbounded import without_decisions
from tests.oracle.rights import Rights

LET_THROUGH: Mapping[str, str] = {
    "whatever the role": "Row security knows legal entities and partners. Roles are for authz.access.",
    "whoever the partner": (
        "A command's context names no partner: a supplier who confirms a date moves the customers' demands behind it, "
        "which they never see. What they are shown is read in their context for reading, which names the partner."
    ),
    "whichever shared master": "Items, suppliers and customers belong to the whole group: an order may name any.",
}
"""What row security cannot refuse, and why."""

READERS = ("auditor of the north", "stranger")
"""Whose grants let them write nowhere. To row security they are like all others whose grants do not."""
WRITERS = ("warehouse of the north", "oak in the south")
"""Whose grants let them write in one legal entity: somebody of the group, and an outsider."""
_OF_ASKING = (AuditEntry.__table__, VerifiedContext.__table__)
INSIDER, OUTSIDER = BY_NAME["warehouse of the north"], BY_NAME["iron in the north"]


@pytest.fixture
async def open_doors(lively: Walk, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Walk]:
    """A world in which the application refuses nobody, and hides nothing."""
    everything = Everything(tuple(branch.entity_id for branch in lively.trade.branches.values()))
    monkeypatch.setattr(api.context, "ActorPolicy", lambda *_: everything)
    async with without_decisions(lively, SCHEMA) as walk:
        walk.office.parts.operations.committed()
        await eventually(Outbox(walk.office.database).all_positioned)
        yield walk


def all_attempts(walk: Walk) -> tuple[Attempts, Sequence[Attempt]]:
    """What is tried, and how it is written."""
    attempts = Attempts(walk.house, walk.trade)
    return attempts, [*attempts.each(), *attempts.on_every_document()]


TAKE_MORE = frozenset({"submitChangeRequest", "approveChangeRequest", "withdrawChangeRequest", "activateChangeRequest"})
"""What takes more than to be let through: values that fit, a request that waits, is one's own, or was approved."""


async def test_nothing_of_another_legal_entity_is_changed_or_told(open_doors: Walk) -> None:
    attempts, every = all_attempts(open_doors)
    before = await _state(open_doors.house.engine)
    for persona in map(BY_NAME.__getitem__, (*READERS, *WRITERS)):
        mine = open_doors.wall_sight(persona).entities if persona.name in WRITERS else frozenset()
        foreign = [each for each in every if not attempts.entities_of(each) <= mine]
        assert {each.mutation for each in foreign} == {each.mutation for each in every}
        secrets = _secrets(open_doors, persona)
        for alias, answer in (await _answers(open_doors, persona, attempts, foreign, dry_run=False)).items():
            assert _is_refused(answer), f"{persona.name} has done {alias}: {answer}"
            told = secrets.told_in(orjson.dumps(answer))
            assert not told, f"{persona.name} is told {sorted(told)[:5]} by {alias}: {answer}"
    assert await _state(open_doors.house.engine) == before


@pytest.mark.parametrize("persona", [INSIDER, OUTSIDER], ids=lambda persona: persona.name)
async def test_inside_a_legal_entity_every_command_is_let_through(open_doors: Walk, persona: Persona) -> None:
    """So it is row security that has refused the others. An outsider is shown nothing of other partners even so."""
    attempts, every = all_attempts(open_doors)
    mine = open_doors.wall_sight(persona).entities
    own = [each for each in every if attempts.entities_of(each) <= mine]
    answers = await _answers(open_doors, persona, attempts, own, dry_run=True)
    done = {each.mutation for each in own if not _is_refused(answers[each.alias])}
    assert done == {each.mutation for each in every} - TAKE_MORE
    secrets = _secrets(open_doors, persona)
    for alias, answer in answers.items():
        shown = {name: value for name, value in answer.items() if name not in ("errors", "warnings")}
        assert not secrets.told_in(orjson.dumps(shown)), f"{persona.name} is shown {alias}: {shown}"


def _secrets(walk: Walk, persona: Persona) -> Secrets:
    """What row security alone keeps from them: it knows no fields."""
    return Secrets.of(walk.house, walk.wall_sight(persona), persona.marks, Rights())


async def _answers(
    walk: Walk, persona: Persona, attempts: Attempts, tried: Iterable[Attempt], *, dry_run: bool
) -> Mapping[str, Any]:
    """What each attempt is answered, by its alias; where it fails, what is told of that."""
    answers: dict[str, Any] = {}
    for question, some in attempts.asked(tried):
        answer = await _answer(walk, persona, question, dry_run=dry_run)
        if answer["data"] is not None:
            answers |= answer["data"]
            continue
        # One that fails takes the answers of the others with it.
        for alone, (attempt,) in attempts.asked(some, at_once=1):
            answer = await _answer(walk, persona, alone, dry_run=dry_run)
            answers |= answer["data"] or {attempt.alias: {"failed": answer["errors"]}}
    return answers


async def _answer(walk: Walk, persona: Persona, question: Question, *, dry_run: bool) -> Any:
    real = replace(question, text=question.text.replace("dryRun: true", f"dryRun: {str(dry_run).lower()}"))
    with capture_logs():  # where rows are missing that whoever decides has seen, commands fail
        return (await walk.answer(persona, real)).json()


def _is_refused(answer: Mapping[str, Any]) -> bool:
    return "failed" in answer or bool(answer["errors"])


async def _state(engine: AsyncEngine) -> Mapping[str, Any]:
    """What stands in every table, but for the record of what was refused and the contexts in which it was asked."""
    async with engine.connect() as connection:
        tables = [table.name for table in Base.metadata.sorted_tables if table not in _OF_ASKING]
        return {
            name: (await connection.execute(text(f"SELECT count(*), sum(hashtext(t::text)) FROM {name} t"))).one()  # noqa: S608
            for name in tables
        }
