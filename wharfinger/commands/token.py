"""`wharfinger token`: a token of the development issuer."""

from datetime import timedelta
from typing import Annotated

import typer
from rich.console import Console

from kernel.settings import Settings, SettingsError
from wharfinger.commands.ending import told_plainly
from wharfinger.signin import make_sign_in


def token(
    subject: Annotated[str, typer.Argument(help="Whose token, e.g. cleo.service.")],
    hours: Annotated[int, typer.Option(help="How long it holds.", min=1, max=24 * 30)] = 24 * 7,
) -> None:
    """Print a sign-in token, for development: it works on the server whose data folder this is."""
    console = Console(soft_wrap=True, highlight=False, stderr=True)
    with told_plainly(console):
        development = make_sign_in(Settings.from_environment()).development
        if development is None:
            raise SettingsError("Tokens come from the configured issuer; we sign none.")
        typer.echo(development.token(subject, lifetime=timedelta(hours=hours)))
