"""How a command ends when it cannot go on: one sentence, no traceback."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console

from authz.identity.development import DevelopmentIssuerRefused
from kernel.postgres import ServerError
from kernel.settings import SettingsError

CANNOT_BEGIN = 2


@contextmanager
def told_plainly(console: Console) -> Iterator[None]:
    """Ends the command with what the person can do about it."""
    try:
        yield
    except (SettingsError, ServerError, DevelopmentIssuerRefused, OSError) as error:
        console.print(str(error), style="red", markup=False, highlight=False)
        raise typer.Exit(CANNOT_BEGIN) from None
