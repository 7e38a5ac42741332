"""Whoever follows what happens is told what concerns them: from the beginning, and while it happens.

They are told the same without row security, and by the wall behind the subscriptions alone nothing of another legal
entity, and partners nothing at all. Without either wall everybody would be told everything.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack

import pytest

from bench.walls import take_row_security_off
from tests.api.http.test_socket import begun
from tests.factories.outbox import eventually
from tests.leaks.asking import Walk
from tests.leaks.audiences import Audience, ByRights, ByWall, without_decisions
from tests.leaks.marks import ENTITIES
from tests.leaks.personas import PERSONAS, WALLED, Persona
from tests.leaks.streams import Expected, Happening, Listener

AudienceOf = Callable[[Walk, Persona], Audience]


async def test_everybody_is_told_what_concerns_them(lively: Walk) -> None:
    assert not await failures(lively, PERSONAS, ByRights.of)


async def test_without_row_security_everybody_is_told_the_same(lively: Walk) -> None:
    await take_row_security_off(lively.house.engine.url)
    assert not await failures(lively, PERSONAS, ByRights.of)


async def test_the_wall_alone_keeps_legal_entities_and_partners_apart(
    lively: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_decisions(monkeypatch, map(lively.trade.ids.__getitem__, ENTITIES))
    assert not await failures(lively, WALLED, ByWall.of)


async def test_without_either_wall_everything_would_be_told(lively: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    """So it is these two that have kept it."""
    await take_row_security_off(lively.house.engine.url)
    without_decisions(monkeypatch, map(lively.trade.ids.__getitem__, ENTITIES))
    outsiders = [each for each in WALLED if each.partner is not None or not each.held]
    assert await failures(lively, outsiders, ByWall.of) == [each.name for each in outsiders]


async def failures(walk: Walk, personas: Sequence[Persona], audience_of: AudienceOf) -> list[str]:
    """Follows everything as each of them while something happens: who was told something else than expected."""
    happening = Happening(walk)
    await happening.prepare()
    async with AsyncExitStack() as stack:
        listeners = [await _listening(stack, happening, each, audience_of(walk, each)) for each in personas]
        following = sum(happening.may_ask(each.audience, stream) for each in listeners for stream in each.streams)

        async def all_follow() -> bool:
            return walk.office.parts.hub.subscribers == following

        await eventually(all_follow)
        await happening.happen()
        return await _heard(happening, listeners)


async def _listening(stack: AsyncExitStack, happening: Happening, persona: Persona, audience: Audience) -> Listener:
    walk = happening.walk
    wire = await stack.enter_async_context(begun(walk.office, walk.tokens[persona.name]))
    listener = Listener(persona, audience, wire, happening.streams())
    await listener.begin()
    return listener


async def _heard(happening: Happening, listeners: Sequence[Listener]) -> list[str]:
    events = await happening.events()
    expected = [
        {stream.name: happening.expected(listener.audience, stream, events) for stream in listener.streams}
        for listener in listeners
    ]
    await asyncio.gather(*(listener.hear(each) for listener, each in zip(listeners, expected, strict=True)))
    # Who is told nothing would have been told it by now, since the others were told their last.
    await asyncio.gather(*(listener.hear_the_rest() for listener in listeners))
    compared = zip(listeners, expected, strict=True)
    return [listener.persona.name for listener, each in compared if not _agrees(listener, each)]


def _agrees(listener: Listener, expected: Expected) -> bool:
    """What is told is what was to be told; a hidden legal entity is refused like one that does not exist."""
    errors = listener.errors
    return (
        not listener.leaked
        and listener.told == {name: ids for name, ids in expected.items() if ids}
        and errors.keys() == {name for name, ids in expected.items() if ids is None}
        and all(
            errors.get(f"{mark} {number}", errors.get(f"absent {number}")) == errors.get(f"absent {number}")
            for mark in ENTITIES
            for number in (0, 1)
        )
    )
