"""`wharfinger demo`: the demo group, in whatever database the settings name."""

import asyncio

from rich.console import Console

from kernel.settings import DatabaseUrls, Settings
from wharfinger.commands.ending import told_plainly
from wharfinger.demo.load import load_demo
from wharfinger.ground import database_ground, engines_of
from wharfinger.progress import Progress, progress_bars


def demo() -> None:
    """Load the demo group: three companies with stock, people and open orders. Does nothing when it is there."""
    console = Console(soft_wrap=True, highlight=False)
    with told_plainly(console), database_ground(Settings.from_environment(), console.print) as urls:
        load_with_progress(urls, console)
        console.print("The demo group is there.")


def load_with_progress(urls: DatabaseUrls, console: Console) -> None:
    """Loads the demo group and shows how far it is."""
    with progress_bars(console) as progress:
        asyncio.run(_load(urls, progress))


async def _load(urls: DatabaseUrls, progress: Progress) -> None:
    async with engines_of(urls, commands=2) as (database, activation):
        await load_demo(database, activation, progress)
