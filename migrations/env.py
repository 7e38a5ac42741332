"""Called by alembic, which runs this file for every command; `migrations.run` hands it the connection."""

from alembic import context
from sqlalchemy import Connection

from migrations.models import load_models


def run(connection: Connection) -> None:
    """Runs the revisions that the command asks for, in the transaction of the connection."""
    context.configure(connection=connection, target_metadata=load_models(), compare_server_default=True)
    with context.begin_transaction():
        context.run_migrations()


run(context.config.attributes["connection"])
