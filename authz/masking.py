"""What a reader may do with single fields, from the rules that name them."""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from uuid import UUID

from authz.fields import OPEN, FieldRight, Mask, Shown
from authz.policies.compile import NOWHERE, Access
from authz.vocabulary import RESTRICTABLE, SHARED_RESOURCES, Action, FieldAction, Resource

PROPOSED: Mapping[str, tuple[Resource, str]] = MappingProxyType(
    {
        f"{resource}.{name}": (resource, name)
        for resource in (Resource.SUPPLIER, Resource.CUSTOMER, Resource.SUPPLIER_PRICE)
        for name in RESTRICTABLE[resource]
    }
)
"""The restrictable fields of master data, as change requests name them: by the kind of object and the field."""

CONFIDED_PARAMETER = "reader_confided"
"""The names of those whose proposed values the reader sees."""


def field_right(access: Access, resource: Resource, name: str) -> FieldRight:
    """The right to see, filter and sort by a field.

    Filtering and sorting take seeing, everywhere: what is hidden in one legal entity would else be found out by asking
    for it, row by row.
    """
    if name not in access.restricted.get(resource, {}):
        return OPEN
    reach = access.entities(resource, Action.READ)
    seen = field_entities(access, resource, name, FieldAction.SEE)
    shown = _shown(resource, seen, reach)
    whole = shown is Shown.EVERYWHERE
    return FieldRight(
        shown=shown,
        mask=_mask(access, resource, name),
        filters=whole and _covers(resource, field_entities(access, resource, name, FieldAction.FILTER), reach),
        sorts=whole and _covers(resource, field_entities(access, resource, name, FieldAction.SORT), reach),
        parameter=seen_parameter(resource, name) if shown is Shown.SOMEWHERE else None,
    )


def may_with_field(access: Access, resource: Resource, name: str, action: FieldAction, entity_id: UUID | None) -> bool:
    """Whether something may be done with a field in a legal entity; of what the group shares, in any."""
    if name not in access.restricted.get(resource, {}):
        return True
    entities = field_entities(access, resource, name, action)
    return bool(entities) if entity_id is None else entity_id in entities


def confided(access: Access) -> list[str]:
    """Of the names in `PROPOSED` those whose values the actor sees in every change request that they read.

    A request may be about any legal entity in which its reader reads requests.
    """
    reach = access.entities(Resource.CHANGE_REQUEST, Action.READ)
    return sorted(name for name, field in PROPOSED.items() if _sees_proposed(access, *field, reach))


def _sees_proposed(access: Access, resource: Resource, name: str, reach: frozenset[UUID]) -> bool:
    if name not in access.restricted.get(resource, {}):
        return True
    return _covers(resource, field_entities(access, resource, name, FieldAction.SEE), reach)


def field_entities(access: Access, resource: Resource, name: str, action: FieldAction) -> frozenset[UUID]:
    """Where the action is allowed on a restricted field. What no rule names for it follows from seeing."""
    named = access.restricted[resource][name]
    follows = action in (FieldAction.FILTER, FieldAction.SORT, FieldAction.WRITE) and action not in named
    return access.fields.get((resource, name), {}).get(FieldAction.SEE if follows else action, NOWHERE)


def seen_parameter(resource: Resource, name: str) -> str:
    """The name of the list of legal entities in which a field is shown."""
    return f"reader_{resource}_{name}_entities"


def _shown(resource: Resource, seen: frozenset[UUID], reach: frozenset[UUID]) -> Shown:
    if _covers(resource, seen, reach):
        return Shown.EVERYWHERE
    return Shown.SOMEWHERE if seen & reach and resource not in SHARED_RESOURCES else Shown.NOWHERE


def _mask(access: Access, resource: Resource, name: str) -> Mask:
    """The mask that says most, of those that are allowed wherever the value itself is not."""
    reach = access.entities(resource, Action.READ)
    seen = field_entities(access, resource, name, FieldAction.SEE)
    for action, mask in ((FieldAction.SEE_LAST4, Mask.LAST4), (FieldAction.SEE_BUCKET, Mask.BUCKET)):
        masked = field_entities(access, resource, name, action)
        if masked and _covers(resource, seen | masked, reach):
            return mask
    return Mask.NULL


def _covers(resource: Resource, entities: Collection[UUID], reach: frozenset[UUID]) -> bool:
    """Whether something that is allowed in `entities` is allowed for every row that can be read."""
    return bool(entities) and (resource in SHARED_RESOURCES or reach.issubset(entities))
