"""Called by alembic, which runs this file for every command; `migrations.run` hands it the connection."""

from alembic import context
from sqlalchemy import Connection, text

from migrations.models import load_models

# A migration that cannot get its lock gives up rather than make the whole house queue behind it.
_LOCK_TIMEOUT = text("SET lock_timeout = '5s'")


def run(connection: Connection) -> None:
    """Runs the revisions that the command asks for, each in its own transaction."""
    connection.execute(_LOCK_TIMEOUT)
    connection.commit()
    context.configure(
        connection=connection,
        target_metadata=load_models(),
        compare_server_default=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run(context.config.attributes["connection"])
