"""Writes the next revision from the difference between the models and the newest schema.

    python -m migrations.revise "add lots"

The schema is built on a server of its own that is thrown away. Autogenerate sees tables, columns, keys and indexes; it
does not see a changed CHECK or a temporal key: write these by hand. tests/architecture/test_schema_truth.py says
whether anything is missing.
"""

import asyncio
import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.operations.ops import CreateTableOp, MigrationScript
from alembic.runtime.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from kernel.postgres import SUPERUSER, Durability, EmbeddedServer
from kernel.roles import Role, prepare_server
from migrations.run import config, upgrade

_DATABASE = "wharfinger"


def main() -> None:
    """The command: its one argument is what the revision does."""
    if len(sys.argv) != 2 or not sys.argv[1].strip():
        sys.exit('Say what the revision does: make revision m="add lots"')
    with tempfile.TemporaryDirectory(prefix="wharfinger-revise-") as folder:
        Path(folder).chmod(0o711)
        with EmbeddedServer(Path(folder), durability=Durability.NONE).running() as server:
            asyncio.run(revise(server, sys.argv[1].strip()))


async def revise(server: EmbeddedServer, message: str) -> None:
    """Writes the revision file."""
    await prepare_server(server.url(SUPERUSER, "postgres"), _DATABASE)
    engine = create_async_engine(server.url(Role.MIGRATE, _DATABASE), poolclass=NullPool)
    async with engine.connect() as connection:
        await upgrade(connection, "head")
        await connection.run_sync(_write, message)
    await engine.dispose()


def _write(connection: Connection, message: str) -> None:
    settings = config(connection)
    count = len(list(ScriptDirectory.from_config(settings).walk_revisions()))
    written = command.revision(
        settings,
        message,
        autogenerate=True,
        rev_id=f"{count + 1:04d}",
        process_revision_directives=_forget_classes,
    )
    assert isinstance(written, Script)
    _drop_notes(Path(written.path))


def _drop_notes(file: Path) -> None:
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(line for line in lines if not line.strip().startswith("# ###")))


def _forget_classes(_context: MigrationContext, _revision: object, directives: list[MigrationScript]) -> None:
    """A revision makes tables; their classes stay with the models, from which the grants are rebuilt."""
    for script in directives:
        assert script.upgrade_ops is not None
        for operation in script.upgrade_ops.ops:
            if isinstance(operation, CreateTableOp):
                operation.info.clear()


if __name__ == "__main__":
    main()
