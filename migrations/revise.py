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
from alembic.operations.ops import CreateTableOp, ExecuteSQLOp, MigrationScript, UpgradeOps
from alembic.runtime.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection, Sequence, inspect
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool
from sqlalchemy.schema import CreateSequence, DropSequence

from kernel.postgres import SUPERUSER, Durability, EmbeddedServer
from kernel.roles import Role, prepare_server
from migrations.models import load_models
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
        process_revision_directives=_complete,
    )
    assert isinstance(written, Script)
    _drop_notes(Path(written.path))


def _drop_notes(file: Path) -> None:
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(line for line in lines if not line.strip().startswith("# ###")))


def _complete(context: MigrationContext, _revision: object, directives: list[MigrationScript]) -> None:
    for script in directives:
        assert script.upgrade_ops is not None
        assert script.downgrade_ops is not None
        _forget_classes(script.upgrade_ops)
        for sequence in _new_sequences(context):
            create, drop = (
                str(each(sequence).compile(dialect=context.dialect)) for each in (CreateSequence, DropSequence)
            )
            script.upgrade_ops.ops.insert(0, ExecuteSQLOp(create))
            script.downgrade_ops.ops.append(ExecuteSQLOp(drop))


def _forget_classes(operations: UpgradeOps) -> None:
    """A revision makes tables; their classes stay with the models, from which the grants are rebuilt."""
    for operation in operations.ops:
        if isinstance(operation, CreateTableOp):
            operation.info.clear()


def _new_sequences(context: MigrationContext) -> list[Sequence]:
    """The sequences that the models name and the schema lacks: autogenerate does not look for them."""
    assert context.connection is not None
    present = set(inspect(context.connection).get_sequence_names())
    declared = load_models()._sequences  # noqa: SLF001 - MetaData has no public list of them
    return [declared[name] for name in sorted(declared, reverse=True) if name not in present]


if __name__ == "__main__":
    main()
