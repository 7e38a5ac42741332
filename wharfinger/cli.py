"""The command line: a table of commands, one module each."""

import signal

import typer

from wharfinger.commands.check import check
from wharfinger.commands.demo import demo
from wharfinger.commands.import_data import import_data
from wharfinger.commands.key import key
from wharfinger.commands.migrate import migrate
from wharfinger.commands.schema import schema
from wharfinger.commands.serve import serve
from wharfinger.commands.token import token
from wharfinger.commands.worker import worker

app = typer.Typer(name="wharfinger", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.callback()
def wharfinger() -> None:
    """A distribution ERP as a GraphQL API."""
    # Asked to end by the system, a command ends as by Ctrl-C: in order, with the database that it started.
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))


app.command("serve")(serve)
app.command("worker")(worker)
app.command("migrate")(migrate)
app.command("demo")(demo)
app.command("import")(import_data)
app.command("token")(token)
app.add_typer(key, name="key")
app.command("check")(check)
app.command("schema")(schema)
