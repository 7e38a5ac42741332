"""Refusals: the answers 'no' that a caller can expect, as typed values.

A use case raises `Refusal` with one or more `Refused` values; the operation rolls back, and the values become the
payload's errors. Anything else that is raised is a fault of ours and is masked outside.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Code(StrEnum):
    """Why something was refused. The codes are part of the public API."""

    NOT_FOUND = "NOT_FOUND"
    """The object does not exist, or you may not see it."""
    FORBIDDEN = "FORBIDDEN"
    """You see the object, but the action is not yours."""
    VALIDATION_FAILED = "VALIDATION_FAILED"
    """The input is wrong; the path names the field."""
    INSUFFICIENT_STOCK = "INSUFFICIENT_STOCK"
    """There is less stock than asked for."""
    VERSION_CONFLICT = "VERSION_CONFLICT"
    """The object was changed since you read it."""
    INVALID_TRANSITION = "INVALID_TRANSITION"
    """The object's status does not allow it."""
    APPROVAL_REQUIRED = "APPROVAL_REQUIRED"
    """Someone else must approve it first."""
    IDEMPOTENCY_CONFLICT = "IDEMPOTENCY_CONFLICT"
    """The idempotency key was used for another input."""
    OPTION_STALE = "OPTION_STALE"
    """The option's facts have changed; ask for options again."""
    DUPLICATE = "DUPLICATE"
    """It exists already."""
    BUSY = "BUSY"
    """Too much is going on; try again shortly with the same key."""


@dataclass(frozen=True)
class Refused:
    """One reason for a refusal: `path` names the input field (`lines.0.quantity`), `data` is for machines."""

    code: Code
    message: str
    path: tuple[str | int, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)


class Refusal(Exception):  # noqa: N818 - it is an answer, not an error
    """Ends an operation with its reasons; nothing that it did remains."""

    def __init__(self, *reasons: Refused) -> None:
        super().__init__("; ".join(reason.message for reason in reasons))
        self.reasons = reasons


def invalid(message: str, *path: str | int, **data: Any) -> Refused:
    """A refusal of the input itself."""
    return Refused(Code.VALIDATION_FAILED, message, path, data)


def not_found(noun: str, *path: str | int) -> Refused:
    """Hidden and absent look the same."""
    return Refused(Code.NOT_FOUND, f"{noun} not found.", path)
