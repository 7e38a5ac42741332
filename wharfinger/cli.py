"""The command line: a table of commands, one module each."""

import typer

from wharfinger.commands.import_data import import_data

app = typer.Typer(name="wharfinger", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.callback()
def wharfinger() -> None:
    """A distribution ERP as a GraphQL API."""


app.command("import")(import_data)
