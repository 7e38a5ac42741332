"""How policies ask the context: by scalar subqueries without a parameter, which PostgreSQL answers once per statement
and not once per row. Tables that are sharded by legal entity would call functions in their place.
"""

from typing import Protocol

from authz.wall.context import SELDOM_ASKED, Value, expression
from authz.wall.dealing import ITEMS_DEALT_IN


class Form(Protocol):
    """How a policy asks for a value of the context."""

    def value(self, value: str) -> str:
        """An expression without parameters."""


class PlainForm:
    """On one machine: scalar subqueries, answered once for each table of a statement.

    What is seldom asked is a function, of which the others pay for nothing but the call that is not made.
    """

    def value(self, value: str) -> str:
        """What has no column of the table in it."""
        seldom = value == ITEMS_DEALT_IN or value in SELDOM_ASKED
        return _called(value) if seldom else expression(Value(value))


class CalledForm:
    """For functions with their owner's rights, to which every remembered context is there."""

    def value(self, value: str) -> str:
        """A scalar subquery."""
        return _called(value)


def _called(value: str) -> str:
    return f"(SELECT wharfinger.{value}())"
