"""`wharfinger key`: the API keys of partners' machines."""

import asyncio
import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Annotated

import typer
from rich.console import Console

from authz.identity.api_keys import prefix_of
from authz.identity.scopes import Scope, parse_scopes
from kernel.clock import system_clock
from kernel.refusal import Refusal
from kernel.settings import DatabaseUrls, Settings
from wharfinger.commands.ending import told_plainly
from wharfinger.ground import database_ground
from wharfinger.keys import KeyOrder, KeyRefused, key_desk

key = typer.Typer(no_args_is_help=True, help="Make and revoke API keys of partners' machines.")

_REFUSED = 1
_Submitter = Annotated[str | None, typer.Option("--as", help="Who asks for it; your user name if left out.")]
_Approver = Annotated[str, typer.Option(help="Who approves it: another person.")]


def _scopes(text: str) -> frozenset[Scope]:
    try:
        return parse_scopes(text)
    except ValueError as error:
        raise typer.BadParameter(f"{error}; write them as in 'sales_order:read sales_order:create'.") from None


@key.command()
def make(
    subject: Annotated[str, typer.Argument(help="Whose roles the key is to have, e.g. shop.machine.")],
    scopes: Annotated[str, typer.Option(help="What of the roles it may use: 'item:read sales_order:create ...'.")],
    approve_as: _Approver,
    submit_as: _Submitter = None,
    name: Annotated[str, typer.Option(help="What the key is for.")] = "API key",
    days: Annotated[int, typer.Option(help="How long it holds.", min=1, max=3650)] = 365,
    cost_per_minute: Annotated[int | None, typer.Option(help="What its requests may cost a minute.", min=1)] = None,
) -> None:
    """Make a key and print it: once, because only a hash of it is kept."""
    order = KeyOrder(
        subject=subject,
        name=name,
        scopes=_scopes(scopes),
        expires_at=system_clock() + timedelta(days=days),
        cost_per_minute=cost_per_minute,
    )
    console = Console(soft_wrap=True, highlight=False, stderr=True)
    with _ground(console) as urls:
        made, opens_nothing = asyncio.run(_make(urls, order, submit_as or getpass.getuser(), approve_as))
        typer.echo(made)
        if opens_nothing:
            console.print(f"{subject} has no role now: until one is granted, the key opens nothing.", markup=False)


@key.command()
def revoke(
    prefix: Annotated[str, typer.Argument(help="The public part of the key, between the underscores; or all of it.")],
    approve_as: _Approver,
    submit_as: _Submitter = None,
) -> None:
    """End a key: it stops working at once."""
    console = Console(soft_wrap=True, highlight=False, stderr=True)
    with _ground(console) as urls:
        asyncio.run(_revoke(urls, prefix, submit_as or getpass.getuser(), approve_as))
        console.print(f"The key {prefix_of(prefix) or prefix} is revoked.", markup=False)


@contextmanager
def _ground(console: Console) -> Iterator[DatabaseUrls]:
    """The database; a refusal ends the command with its reason."""
    try:
        with told_plainly(console), database_ground(Settings.from_environment(), console.print) as urls:
            yield urls
    except (Refusal, KeyRefused) as refused:
        console.print(str(refused), style="red", markup=False)
        raise typer.Exit(_REFUSED) from None


async def _make(urls: DatabaseUrls, order: KeyOrder, submitter: str, approver: str) -> tuple[str, bool]:
    async with key_desk(urls, submitter=submitter, approver=approver) as desk:
        return (await desk.make(order)).text, await desk.opens_nothing(order.subject)


async def _revoke(urls: DatabaseUrls, prefix: str, submitter: str, approver: str) -> None:
    async with key_desk(urls, submitter=submitter, approver=approver) as desk:
        await desk.revoke(prefix)
