"""Identifiers: UUID version 7, made by the command before its first insert, so that no statement waits for a key."""

from uuid import UUID

import uuid_utils.compat


def new_id() -> UUID:
    """A new UUID version 7 (RFC 9562): ordered by time, and within one process by the order of the calls."""
    return uuid_utils.compat.uuid7()
