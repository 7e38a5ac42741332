"""Rights to single fields: what a plan may show of each, and by which fields a reader may filter and sort.

A condition and an order tell something of the values that they compare, however well these are masked: who may only
ask often enough finds them by bisection. So both are refused, and so is every other field that reads the same column.
A cursor holds the values that a list is ordered by, whence a list is only ordered by what its reader sees in every row.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from graphql import FieldNode

from api.reads.errors import forbidden_field
from api.reads.policy import RowPolicy
from api.reads.registry import ObjectType
from authz.fields import FieldRight, Mask, Shown


@dataclass(frozen=True)
class FieldRights:
    """What one reader may do with fields, by their GraphQL names."""

    policy: RowPolicy

    def to(self, of: ObjectType, name: str) -> FieldRight:
        """The right to a field. A row of the group has no entity: it is shown to whom it is shown anywhere."""
        right = self.policy.field(of.node, name)
        if right.shown is Shown.SOMEWHERE and of.node.entity_column is None:
            return FieldRight(Shown.EVERYWHERE, filters=right.filters, sorts=right.sorts)
        return right

    def sorts(self, of: ObjectType, column: str) -> bool:
        """Whether a list may be ordered by a column."""
        rights = [self.to(of, name) for name in of.showing(column)]
        return all(right.sorts and right.shown is Shown.EVERYWHERE for right in rights)

    def visible_order(self, of: ObjectType, default_order: Iterable[str]) -> list[str]:
        """The usual order, without what the reader may not sort by; at worst it is that of the keys."""
        return [name for name in default_order if self.sorts(of, of.sorts[name.removeprefix("-")].column)]

    def check_order(self, of: ObjectType, orders: Sequence[str], nodes: Sequence[FieldNode]) -> None:
        """Raises the GraphQLError of an order by what the reader may not sort by."""
        for place, order in enumerate(orders):
            column = of.sorts[order.removeprefix("-")].column
            if not self.sorts(of, column):
                raise forbidden_field("order", f"{of.name}.{of.named(column)}", f"orderBy.{place}", nodes)

    def check_filter(
        self, of: ObjectType, names: Iterable[str], argument: str, nodes: Sequence[FieldNode] = ()
    ) -> None:
        """Raises the GraphQLError of a condition on one of these fields, if the reader may not filter by it."""
        for name in names:
            column = of.filters[name].column if name in of.filters else None
            told = {name, *(of.showing(column) if column else ())}
            if not all(self.to(of, each).filters for each in told):
                raise forbidden_field("filter", f"{of.name}.{name}", argument, nodes)


def is_hidden(right: FieldRight) -> bool:
    """Whether a field is null in every row, so that nothing of it need be read."""
    return right.shown is Shown.NOWHERE and right.mask is Mask.NULL


def is_open(right: FieldRight) -> bool:
    """Whether nothing of a field is masked."""
    return right.shown is Shown.EVERYWHERE
