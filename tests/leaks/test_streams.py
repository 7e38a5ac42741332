"""Whoever follows what happens is told what concerns them: from the beginning, and while it happens."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack

from tests.api.http.test_socket import begun
from tests.factories.outbox import eventually
from tests.leaks.asking import Walk
from tests.leaks.marks import ENTITIES
from tests.leaks.personas import PERSONAS
from tests.leaks.streams import Happening, Listener
from tests.oracle.rows import Row


async def test_everybody_is_told_what_concerns_them(lively: Walk) -> None:
    happening = Happening(lively)
    await happening.prepare()
    async with AsyncExitStack() as stack:
        listeners = [await _listening(stack, happening, number) for number in range(len(PERSONAS))]
        following = sum(happening.may_ask(each.persona, stream) for each in listeners for stream in each.streams)

        async def all_follow() -> bool:
            return lively.office.parts.hub.subscribers == following

        await eventually(all_follow)
        await happening.happen()
        events = await happening.events()
        # Who is told something wrong does not keep the others from listening: full sockets close slowly.
        told = [_hears(happening, listener, events) for listener in listeners]
        failures = [each for each in await asyncio.gather(*told, return_exceptions=True) if each is not None]
    assert not failures


async def _listening(stack: AsyncExitStack, happening: Happening, number: int) -> Listener:
    persona, walk = PERSONAS[number], happening.walk
    wire = await stack.enter_async_context(begun(walk.office, walk.tokens[persona.name]))
    listener = Listener(persona, wire, happening.streams())
    await listener.begin()
    return listener


async def _hears(happening: Happening, listener: Listener, events: Sequence[Row]) -> None:
    """What is told is what was to be told; a hidden legal entity is refused like one that does not exist."""
    expected = {stream.name: happening.expected(listener.persona, stream, events) for stream in listener.streams}
    told, errors = await listener.hear(happening.walk, expected)
    assert told == {name: ids for name, ids in expected.items() if ids is not None}, listener.persona.name
    assert errors.keys() == {name for name, ids in expected.items() if ids is None}
    hidden = {f"{mark} {number}": f"absent {number}" for mark in ENTITIES for number in (0, 1)}
    for name, absent in hidden.items():
        assert name not in errors or errors[name] == errors[absent]
