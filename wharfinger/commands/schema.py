"""`wharfinger schema`: the GraphQL schema as text."""

from pathlib import Path
from typing import Annotated

import typer

from api.schema import make_schema

COMMITTED = Path(__file__).parents[2] / "api" / "schema.graphql"


def schema(
    write: Annotated[bool, typer.Option("--write", help="Write it to api/schema.graphql instead.")] = False,  # noqa: FBT002 - a switch of the command line
) -> None:
    """Print the schema (SDL)."""
    sdl = make_schema().as_str()
    if write:
        COMMITTED.write_text(sdl + "\n")
    else:
        typer.echo(sdl)
