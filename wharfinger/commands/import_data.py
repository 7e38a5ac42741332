"""`wharfinger import`: the data of another system becomes a legal entity."""

import asyncio
import getpass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from kernel.postgres import ServerError
from kernel.settings import DatabaseUrls, Settings, SettingsError
from masterdata.registry import NOUNS
from wharfinger.ground import database_ground, engines_of
from wharfinger.importing.mapping import MappingError
from wharfinger.importing.mapping_file import read_mapping
from wharfinger.importing.report import Report
from wharfinger.importing.run import ImportOrder, ImportRefused, run_import
from wharfinger.progress import Progress, progress_bars

_SOME_REFUSED = 1
_NOTHING_DONE = 2


def import_data(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder with the CSV files.")],
    mapping: Annotated[Path, typer.Option(help="The mapping (YAML): which columns become what.")],
    entity: Annotated[str | None, typer.Option(help="The code of the legal entity, instead of the mapping's.")] = None,
    approve_as: Annotated[
        str | None, typer.Option(help="Who approves the master data, instead of the mapping's.")
    ] = None,
    submit_as: Annotated[str | None, typer.Option("--as", help="Who submits; your user name if left out.")] = None,
    report: Annotated[Path | None, typer.Option(help="Write every row that could not be taken to this CSV.")] = None,
) -> None:
    """Take over the data of another system.

    The legal entity of the mapping is made if it is not there. Rows that cannot be taken are reported and stop nothing
    else. Safe to run again: nothing is doubled, and an import that was cut off goes on. Ends with 0 when everything was
    taken, 1 when rows were refused, 2 when it could not begin.
    """
    console = Console(soft_wrap=True)
    try:
        read = read_mapping(mapping, NOUNS)
        order = ImportOrder(
            mapping=read,
            folder=folder,
            entity_code=entity or read.entity.code,
            submitter=submit_as or getpass.getuser(),
            approver=approve_as or read.approver,
        )
        with database_ground(Settings.from_environment(), console.print) as urls, progress_bars(console) as progress:
            outcome = asyncio.run(_run(urls, order, progress))
    except (MappingError, ImportRefused, SettingsError, ServerError) as error:
        console.print(str(error), style="red", markup=False, highlight=False)
        raise typer.Exit(_NOTHING_DONE) from None
    _tell(console, outcome, report)


async def _run(urls: DatabaseUrls, order: ImportOrder, progress: Progress) -> Report:
    async with engines_of(urls) as (database, activation):
        return await run_import(database, activation, order, progress)


def _tell(console: Console, outcome: Report, file: Path | None) -> None:
    outcome.show(console)
    if file is not None:
        outcome.write(file)
        console.print(f"{len(outcome.problems)} problems written to {file}", highlight=False)
    if not outcome.is_clean:
        raise typer.Exit(_SOME_REFUSED)
    console.print("Nothing was refused.", style="green")
