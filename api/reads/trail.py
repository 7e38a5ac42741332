"""The trail of audited fields: who was shown one writes it down in the same statement that shows it.

A plan that shows an audited field inserts a row of the audit by a common table expression, so that neither the value
can be had without the row nor the row costs a round trip. What is not audited is read by the text that it always was.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Text, Uuid, bindparam, cast, func, insert, null, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.schema import Table

from api.reads.filters import bound
from api.reads.kinds import STRING, UUID_
from api.reads.plan import Slot
from api.reads.variables import filled
from api.values.sqltext import known_text
from kernel.audit import AuditEntry, audit_values
from kernel.db import json_text
from kernel.ids import new_id

ACTOR, ON_BEHALF_OF = "reader_subject", "reader_on_behalf_of"
"""The reader's parameters that say who reads, and for whom."""


@dataclass(frozen=True, slots=True)
class FreshId:
    """The source of the row's id: another one for each run."""

    def value(self, _scalars: Sequence[Any]) -> UUID:
        """A new id."""
        return new_id()


@dataclass(frozen=True, slots=True)
class Told:
    """The source of what the row tells: which fields were shown, and what was asked with which arguments."""

    operation: str | None
    arguments: Mapping[str, Any]
    fields: tuple[str, ...]

    def value(self, scalars: Sequence[Any]) -> str | None:
        """The JSON of one request."""
        asked = _filled(self.arguments, scalars)
        return json_text({"revealed": self.fields, "operation": self.operation, "arguments": asked})


def _filled(argument: Any, scalars: Sequence[Any]) -> Any:
    match argument:
        case Mapping():
            return {name: _filled(part, scalars) for name, part in argument.items()}
        case list():
            return [_filled(part, scalars) for part in argument]
        case Enum():
            return argument.value
        case _:
            return filled(argument, scalars)


def with_trail(statement: Select[Any], asked: str, row_id: Slot, detail: Slot) -> Select[Any]:
    """The statement, which writes its row of the audit when it runs. `asked` is the root field."""
    table = AuditEntry.__table__
    assert isinstance(table, Table)
    actor, on_behalf_of = (cast(bindparam(name, type_=Text()), Text()) for name in (ACTOR, ON_BEHALF_OF))
    values = audit_values(
        row_id=bound(row_id, UUID_),
        entity_id=cast(null(), Uuid()),
        at=func.statement_timestamp(),
        actor=actor,
        on_behalf_of=on_behalf_of,
        asked=known_text(asked),
        outcome=known_text("done"),
        detail=cast(bound(detail, STRING), JSONB()),
    )
    row = insert(table).from_select(list(values), select(*values.values()), include_defaults=False)
    return statement.add_cte(row.cte("trail"))
