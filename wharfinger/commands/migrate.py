"""`wharfinger migrate`: the schema and the grants, up to date."""

from rich.console import Console

from kernel.settings import Settings
from wharfinger.commands.ending import told_plainly
from wharfinger.ground import database_ground


def migrate() -> None:
    """Bring the database up to date: revisions first, then all grants as the models declare them."""
    console = Console(soft_wrap=True, highlight=False)
    with told_plainly(console), database_ground(Settings.from_environment(), console.print):
        console.print("The database is up to date.")
