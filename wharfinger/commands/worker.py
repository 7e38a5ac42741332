"""`wharfinger worker`: a worker by itself, beside servers elsewhere."""

from rich.console import Console

from kernel.settings import Settings
from wharfinger.commands.ending import told_plainly
from wharfinger.ground import database_ground
from wharfinger.logs import configure_logs
from wharfinger.worker import work


def worker() -> None:
    """Run a worker: it numbers events and forgets old idempotency keys. Any number may run."""
    console = Console(soft_wrap=True, highlight=False)
    with told_plainly(console):
        settings = Settings.from_environment()
        configure_logs(settings.log_level)
        with database_ground(settings, console.print) as urls:
            console.print("The worker runs. Ctrl-C stops it.")
            work(urls)
