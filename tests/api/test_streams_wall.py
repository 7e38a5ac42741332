"""A stream asks PostgreSQL how far its subscriber's context reaches."""

import asyncio
from contextlib import aclosing
from dataclasses import replace

from api.context import RequestContext
from api.streams import StreamRequest, follow_events
from api.values.ids import encode_id
from authz.policies.stored import apply_next_version
from authz.vocabulary import Resource, Role
from kernel.hub import Hub
from tests.api.serving import Office
from tests.api.test_streams import START, happen
from tests.databases import writing
from tests.factories.outbox import DEADLINE_SECONDS, Outbox, at_work
from tests.factories.world import World


async def test_an_outdated_subscriber_is_identified_anew_by_the_wall(
    house: Office,
    world: World,
) -> None:
    """The hub knows of no policy here: it is PostgreSQL that refuses the context of the one before."""
    hub = Hub(house.parts.database.worker)
    token = await house.hire(Role.BUYER, world.entity_id)
    context = RequestContext(parts=replace(house.parts, hub=hub), request_id="outdated", token=token)
    await context.identify()
    asked = StreamRequest(after=START, entity_id=encode_id("LegalEntity", world.entity_id))
    stream = follow_events(context, asked, resource=Resource.EVENT, authorise_event=lambda *_: True)
    before = context.actor.policy_version
    await happen(house, Outbox(house.database, world.entity_id), 1)
    async with writing(house.activation) as driver:
        await apply_next_version(driver)
    async with at_work(hub.run), aclosing(stream), asyncio.timeout(DEADLINE_SECONDS):
        assert (await anext(stream)).payload == {"number": 1}
    assert context.actor.policy_version == before + 1
