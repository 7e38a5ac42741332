"""Who asks: whom a principal stands for where another person is asked for."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from authz.identity.model import Account, Delegation
from authz.identity.principal import NotDelegated, Principal, gather_principal
from kernel.contexts import SHARED
from kernel.ids import new_id
from kernel.opening import Driver
from kernel.statements import insert
from kernel.writers import Writers

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
async def people(activation: Writers) -> AsyncIterator[Driver]:
    """A connection on which accounts and delegations can be written; they are gone afterwards."""
    async with activation.transaction(SHARED) as transaction:
        yield transaction.driver


async def lend(driver: Driver, delegator: str, *, to: str, since: datetime = NOW - DAY) -> None:
    row = {"delegator": delegator, "delegate": to, "roles": None, "valid_from": since, "valid_until": since + 2 * DAY}
    await insert(driver, Delegation, [{"id": new_id(), **row}])


async def accounts(driver: Driver, **person_of: str) -> None:
    rows = [{"id": new_id(), "subject": subject, "person": person} for subject, person in person_of.items()]
    await insert(driver, Account, rows)


async def principal(driver: Driver, subject: str, *, acting_for: str | None = None) -> Principal:
    return await gather_principal(driver, subject, acting_for=acting_for, scopes=None, now=NOW)


async def test_another_account_of_a_delegate_is_no_second_person(people: Driver) -> None:
    await accounts(people, p_ben="Ben", p_ben_admin="Ben", p_amy="Amy")
    await lend(people, "p_amy", to="p_ben")
    assert (await principal(people, "p_ben_admin")).delegators == {"p_amy", "Amy"}
    with pytest.raises(NotDelegated):
        await principal(people, "p_ben_admin", acting_for="p_amy")


async def test_a_person_known_by_the_name_of_an_account_is_the_same(people: Driver) -> None:
    await accounts(people, p_ben_admin="p_ben")
    await lend(people, "p_amy", to="p_ben")
    await lend(people, "p_eva", to="p_ben_admin")
    for account in ("p_ben", "p_ben_admin"):
        assert (await principal(people, account)).delegators == {"p_amy", "p_eva"}


async def test_whoever_acts_for_a_delegate_decides_no_more_than_they_could(people: Driver) -> None:
    await lend(people, "p_amy", to="p_ben")
    await lend(people, "p_ben", to="p_cleo")
    assert (await principal(people, "p_cleo")).delegators == {"p_ben"}
    assert (await principal(people, "p_cleo", acting_for="p_ben")).delegators == {"p_amy", "p_ben"}
    with pytest.raises(NotDelegated):
        await principal(people, "p_cleo", acting_for="p_amy")


async def test_what_is_known_of_somebody_ends_where_any_of_it_changes(people: Driver) -> None:
    await accounts(people, p_ben="Ben", p_ben_admin="Ben")
    await lend(people, "p_amy", to="p_ben", since=NOW + DAY / 2)
    ben = await principal(people, "p_ben_admin")
    assert (ben.delegators, ben.until) == (frozenset(), NOW + DAY / 2)
