"""Conditions as SQL: comparisons of columns, looks into related rows, and searches.

A related row counts only if the reader may see it: its row policy stands inside each EXISTS, and its entity too, so
that nobody learns from a filter what they cannot read.
"""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    FromClause,
    Integer,
    Text,
    Uuid,
    and_,
    any_,
    cast,
    false,
    func,
    literal_column,
    not_,
    or_,
    select,
    true,
)

from api.reads.filters import bound
from api.reads.kinds import CASELESS, STRING
from api.reads.lists import Tie
from api.reads.plan import AllOf, AnyOf, Comparison, Condition, Not, Search, Some
from api.reads.policy import RowPolicy
from authz.rows import row_conditions
from authz.wall.search import search_function


@dataclass(frozen=True)
class Conditions:
    """Writes conditions for one reader."""

    policy: RowPolicy

    def sql(self, condition: Condition, row: FromClause) -> ColumnElement[bool]:
        """The condition over one aliased table."""
        match condition:
            case Comparison():
                return _comparison(condition, row)
            case AllOf(conditions):
                return and_(true(), *(self.sql(each, row) for each in conditions))
            case AnyOf(conditions):
                return or_(false(), *(self.sql(each, row) for each in conditions))
            case Not(negated):
                return self.sql(negated, row).is_not(true())
            case Some():
                return self._some(condition, row)
            case Search():
                return _search(condition, row)

    def _some(self, some: Some, row: FromClause) -> ColumnElement[bool]:
        tie, there = Tie.of(some.field, row), some.field.target.row()
        seen = row_conditions(self.policy.readable(some.field.target.node), there, tie.entity_id)
        found = select(_ONE).select_from(there).where(*seen, *tie.conditions(there), self.sql(some.condition, there))
        exists = found.correlate(row).exists()
        return not_(exists) if some.negated else exists


def _search(search: Search, row: FromClause) -> ColumnElement[bool]:
    pattern = func.lower(bound(search.pattern, STRING), type_=Text())
    node = search.type.node
    name = search_function(node.table)
    if name is None:
        return or_(*(expression(row).like(pattern) for expression in node.search))
    # Under row security no index serves LIKE: the function finds what the trigrams find (authz/wall/search.py).
    found = select(getattr(func.wharfinger, name)(pattern, type_=Uuid())).scalar_subquery()
    return row.c.id == any_(func.array(found, type_=ARRAY(Uuid())))


def _comparison(compared: Comparison, row: FromClause) -> ColumnElement[bool]:
    column = row.c[compared.field.column]
    if compared.value is None:
        return column.is_(None) if compared.operator == "is_null" else column.is_not(None)
    if compared.operator == "in":
        array = ARRAY(compared.field.kind.sql_type)
        return column == any_(cast(bound(compared.value, compared.field.kind, array), array))
    value = bound(compared.value, compared.field.kind)
    if compared.field.kind is CASELESS:
        value = func.lower(value, type_=Text())
    return _BINARY[compared.operator](column, value)


_BINARY: Mapping[str, Callable[[ColumnElement[Any], ColumnElement[Any]], ColumnElement[bool]]] = {
    "eq": lambda column, value: column == value,
    "gt": lambda column, value: column > value,
    "gte": lambda column, value: column >= value,
    "lt": lambda column, value: column < value,
    "lte": lambda column, value: column <= value,
    "startsWith": lambda column, value: _starts_with(column, value),
}


def _starts_with(column: ColumnElement[Any], prefix: ColumnElement[Any]) -> ColumnElement[bool]:
    """The operator, unlike LIKE, is leakproof and takes the prefix as it is.

    The range around it is what an index can serve in a plan that is made for all values: the database is ordered by
    code points (kernel/roles.sql), and none is greater than the last.
    """
    last = func.chr(literal_column(str(sys.maxunicode), Integer()), type_=Text())
    return and_(column >= prefix, column < prefix.concat(last), column.bool_op("^@")(prefix))


_ONE: ColumnElement[int] = literal_column("1", Integer())
