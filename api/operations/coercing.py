"""Variables as nearly every request sends them."""

from collections.abc import Mapping, Sequence
from typing import Any

from graphql import Undefined, coerce_input_value
from graphql.execution.get_variable_signature import GraphQLVariableSignature
from graphql.execution.values import VariableValues, VariableValueSource


def coerced_simply(
    signatures: Sequence[GraphQLVariableSignature], variables: Mapping[str, Any]
) -> VariableValues | None:
    """Variables that are all given and all right, as nearly always; for any others graphql-core knows what to say."""
    sources: dict[str, VariableValueSource] = {}
    coerced: dict[str, Any] = {}
    for each in signatures:
        value = variables.get(each.name, Undefined)
        made = Undefined if value is Undefined else coerce_input_value(value, each.type)
        if made is Undefined:
            return None
        sources[each.name] = VariableValueSource(each, value)
        coerced[each.name] = made
    return VariableValues(sources, coerced)
