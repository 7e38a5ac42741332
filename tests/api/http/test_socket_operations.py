"""Operations of a socket: each has an id, ends when it is told to, and there are so many at once."""

from api.http.socket import OPERATIONS_MAX
from tests.api.http.test_socket import begun, dialled, end_of, heard, say, subscribe
from tests.api.office import says
from tests.api.serving import Office
from tests.factories.outbox import eventually


async def test_a_ping_is_answered_and_a_pong_needs_no_answer(office: Office, clerk: str) -> None:
    async with dialled(office) as wire:
        await say(wire, type="ping")
        assert await heard(wire) == {"type": "pong"}
    async with begun(office, clerk) as wire:
        await say(wire, type="pong", payload={"any": "thing"})
        await say(wire, type="ping", payload={"any": "thing"})
        assert (await heard(wire))["type"] == "pong"


async def test_an_id_names_one_operation_at_a_time(office: Office, clerk: str) -> None:
    async with begun(office, clerk) as wire:
        for _ in range(2):
            await subscribe(wire, "{ __typename }", "again")
            assert [(await heard(wire))["type"] for _ in range(2)] == ["next", "complete"]
        await subscribe(wire, "subscription { waiting }", "twice")
        await subscribe(wire, "{ __typename }", "twice")
        assert await end_of(wire) == 4409


async def test_a_completed_subscription_ends(office: Office, clerk: str, calm: list[str]) -> None:
    async with begun(office, clerk) as wire:
        await subscribe(wire, "subscription { waiting }", "long")
        await eventually(lambda: says(calm, "began"))
        await say(wire, type="complete", id="long")
        await say(wire, type="complete", id="unknown")
        await eventually(lambda: says(calm, "began", "ended"))
        await subscribe(wire, "{ __typename }", "long")
        assert (await heard(wire))["payload"]["data"] == {"__typename": "Query"}


async def test_a_socket_that_closes_ends_all_of_its_subscriptions(office: Office, clerk: str, calm: list[str]) -> None:
    async with begun(office, clerk) as wire:
        await subscribe(wire, "subscription { waiting }", "1")
        await subscribe(wire, "subscription { waiting }", "2")
        await eventually(lambda: says(calm, "began", "began"))
    await eventually(lambda: says(calm, "began", "began", "ended", "ended"))


async def test_a_socket_may_have_so_many_operations_at_once(office: Office, clerk: str) -> None:
    async with begun(office, clerk) as wire:
        for number in range(OPERATIONS_MAX):
            await subscribe(wire, "subscription { waiting }", f"w{number}")
        await subscribe(wire, "{ __typename }", "more")
        refused = await heard(wire)
        assert (refused["id"], refused["type"]) == ("more", "error")
        assert refused["payload"][0]["extensions"] == {"code": "TOO_MANY_OPERATIONS"}
        await say(wire, type="complete", id="w0")
        await subscribe(wire, "{ __typename }", "more")
        assert (await heard(wire))["type"] == "next"
