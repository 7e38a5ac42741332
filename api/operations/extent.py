"""How large a document is, by a count that takes time in proportion to its text.

A field in a fragment is there once for each place that spreads the fragment, and fragments spread fragments: thirty
lines can stand for more fields than there are atoms. So each definition is walked once by itself, and then what a
fragment stands for is added wherever it is spread. Nothing here recurses, since the document is not yet trusted.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    OperationType,
    SelectionNode,
)

COUNTED_MAX = 1_000_000_000
"""Whatever is more counts as this."""

_INTROSPECTION = frozenset({"__schema", "__type"})


@dataclass(frozen=True, kw_only=True)
class Extent:
    """What a document asks for. Of several operations, the largest counts."""

    operations: int
    variables: int
    aliases: int
    directives: int
    introspection_aliases: int
    """Aliases in and under fields that tell of the schema: Python answers those, once for each alias."""
    root_fields: int
    mutations: int
    fields: int
    depth: int
    fragment_depth: int
    """How many fragments stand inside each other."""


@dataclass(kw_only=True)
class _Part:
    """One operation or fragment; `fields`, `depth` and `root_fields` without what its spreads stand for, at first."""

    fields: int = 0
    depth: int = 0
    root_fields: int = 0
    aliases: int = 0
    directives: int = 0
    introspection_aliases: int = 0
    fragment_depth: int = 0
    spreads: list[tuple[str, int]] = field(default_factory=list)
    """The fragments that it spreads, each with the number of fields around it."""


def extent_of(document: DocumentNode) -> Extent:
    """Counts. What is no valid document is counted too, as far as it makes sense."""
    operations = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    fragments = [each for each in document.definitions if isinstance(each, FragmentDefinitionNode)]
    written = {each.name.value: _part(each) for each in fragments}
    spread_out = _spread_out(written)
    asked = [(each.operation, _part(each)) for each in operations]
    complete = [(kind, _with_spreads(part, spread_out)) for kind, part in asked]
    parts = [*written.values(), *(part for _, part in asked)]
    return Extent(
        operations=len(operations),
        variables=max((len(each.variable_definitions or ()) for each in operations), default=0),
        aliases=sum(part.aliases for part in parts),
        directives=sum(part.directives for part in parts),
        introspection_aliases=sum(part.introspection_aliases for part in parts),
        root_fields=max((part.root_fields for _, part in complete), default=0),
        mutations=max((part.root_fields for kind, part in complete if kind is OperationType.MUTATION), default=0),
        fields=max((part.fields for _, part in complete), default=0),
        depth=max((part.depth for _, part in complete), default=0),
        fragment_depth=max((part.fragment_depth for _, part in complete), default=0),
    )


def _part(definition: OperationDefinitionNode | FragmentDefinitionNode) -> _Part:
    part = _Part(directives=_directives(definition))
    for selection, depth, introspecting in _selections(definition):
        part.directives += len(selection.directives or ())
        if isinstance(selection, FragmentSpreadNode):
            part.spreads.append((selection.name.value, depth))
        elif isinstance(selection, FieldNode):
            part.fields += 1
            part.depth = max(part.depth, depth + 1)
            part.root_fields += depth == 0
            part.aliases += selection.alias is not None
            part.introspection_aliases += introspecting and selection.alias is not None
    return part


def _selections(
    definition: OperationDefinitionNode | FragmentDefinitionNode,
) -> Iterator[tuple[SelectionNode, int, bool]]:
    """Every selection, with the number of fields around it, and whether the schema is what it asks about."""
    of_schema = isinstance(definition, FragmentDefinitionNode) and definition.type_condition.name.value.startswith("__")
    waiting = [(definition.selection_set, 0, of_schema)]
    while waiting:
        selected, depth, around = waiting.pop()
        for selection in selected.selections:
            name = selection.name.value if isinstance(selection, FieldNode) else None
            introspecting = around or name in _INTROSPECTION
            yield selection, depth, introspecting
            inner = getattr(selection, "selection_set", None)
            if inner is not None:
                waiting.append((inner, depth + (name is not None), introspecting))


def _directives(definition: OperationDefinitionNode | FragmentDefinitionNode) -> int:
    variables = definition.variable_definitions or ()
    return len(definition.directives or ()) + sum(len(each.directives or ()) for each in variables)


def _spread_out(written: Mapping[str, _Part]) -> Mapping[str, _Part]:
    """Each fragment with what its own spreads stand for. One that spreads itself is counted up to there."""
    finished: dict[str, _Part] = {}
    begun: set[str] = set()
    waiting = [(name, False) for name in written]
    while waiting:
        name, inner_ones_are_finished = waiting.pop()
        if inner_ones_are_finished:
            finished[name] = _with_spreads(written[name], finished)
        elif name not in begun:
            begun.add(name)
            waiting.append((name, True))
            waiting += [(inner, False) for inner, _ in written[name].spreads if inner in written]
    return finished


def _with_spreads(part: _Part, fragments: Mapping[str, _Part]) -> _Part:
    made = replace(part)
    for name, depth in part.spreads:
        fragment = fragments.get(name)
        if fragment is not None:
            made.fields = min(COUNTED_MAX, made.fields + fragment.fields)
            made.depth = max(made.depth, depth + fragment.depth)
            made.fragment_depth = max(made.fragment_depth, 1 + fragment.fragment_depth)
            made.root_fields = min(COUNTED_MAX, made.root_fields + fragment.root_fields * (depth == 0))
    return made
