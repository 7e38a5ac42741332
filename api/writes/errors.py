"""Errors and warnings of mutation payloads: refusals that a client can expect, typed so that it can act on them.

`to_error` turns a refusal of the domain into the type that its code names. What a type carries besides code, message
and path comes from the refusal's data, under the names written here.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import strawberry
from strawberry.utils.str_converters import to_camel_case

from api.values.enums import graphql_enum
from api.values.ids import encode_id
from domain.sourcing.lifecycle import OptionKind
from kernel.outcome import Notice
from kernel.refusal import Code, Refused

graphql_enum(Code, name="MutationErrorCode")
graphql_enum(OptionKind)

_PATH = "The input field, from the outside in, e.g. lines, 0, quantity; empty for the input as a whole."


@strawberry.interface(name="MutationError", description="Why a mutation was refused. Nothing was changed.")
class MutationRefusal:
    code: Code = strawberry.field(description="The kind of refusal, for programs.")
    message: str = strawberry.field(description="The refusal in words, for people.")
    path: list[str] = strawberry.field(description=_PATH)


@strawberry.type(description="The object does not exist, or you may not see it.")
class NotFound(MutationRefusal):
    pass


@strawberry.type(description="You see the object, but the action is not yours.")
class Forbidden(MutationRefusal):
    pass


@strawberry.type(description="A field of the input is wrong.")
class ValidationFailed(MutationRefusal):
    pass


@strawberry.type(description="There is less stock than asked for.")
class InsufficientStock(MutationRefusal):
    item_id: strawberry.ID | None = strawberry.field(description="The item that is short.")
    requested: Decimal = strawberry.field(description="What was asked for, in the item's base unit.")
    available: Decimal | None = strawberry.field(
        description="What could be had, in the item's base unit; null for who may not read balances."
    )


@strawberry.type(description="The object was changed since you read it. Read it again and decide anew.")
class VersionConflict(MutationRefusal):
    expected: int = strawberry.field(description="The version that you sent.")
    current: int = strawberry.field(description="The version that the object has now.")


@strawberry.type(description="The object's status does not allow it.")
class InvalidTransition(MutationRefusal):
    from_status: str = strawberry.field(name="from", description="The status that the object has.")
    to_status: str = strawberry.field(name="to", description="The status that it would get.")


@strawberry.type(description="Someone else must approve it first.")
class ApprovalRequired(MutationRefusal):
    pass


@strawberry.type(description="The idempotency key was used for another input. Send a new key.")
class IdempotencyConflict(MutationRefusal):
    pass


@strawberry.type(
    description="A way out of a shortage as it is now. Refresh the options to get one that can be accepted."
)
class PresentOption:
    rank: int = strawberry.field(description="Its place among the options: 1 is the best.")
    kind: OptionKind = strawberry.field(description="What kind of way out it is.")
    source_id: strawberry.ID = strawberry.field(description="The giving site, or the supplier.")
    quantity: Decimal = strawberry.field(description="How much it brings, in base units.")
    arrival_date: date = strawberry.field(description="When it would arrive.")
    landed_cost: Decimal | None = strawberry.field(
        description="What it costs on arrival, in `currency`; null for who may not see what options cost."
    )
    currency: str = strawberry.field(description="The entity's currency (ISO 4217).")
    reason: str = strawberry.field(description="Why it is offered, in one sentence.")


@strawberry.type(description="The option's facts have changed since it was offered. Ask for options again.")
class OptionStale(MutationRefusal):
    options: list[PresentOption] = strawberry.field(description="What can be had now, best first.")


@strawberry.type(description="It exists already.")
class Duplicate(MutationRefusal):
    pass


@strawberry.type(description="Too much is going on. Try again shortly with the same idempotency key.")
class Busy(MutationRefusal):
    pass


@strawberry.type(description="Something that you should know although the mutation was done.")
class MutationWarning:
    code: str = strawberry.field(description="The kind of warning, for programs.")
    message: str = strawberry.field(description="The warning in words, for people.")


ERROR_TYPES: Mapping[Code, type[MutationRefusal]] = {
    Code.NOT_FOUND: NotFound,
    Code.FORBIDDEN: Forbidden,
    Code.VALIDATION_FAILED: ValidationFailed,
    Code.INSUFFICIENT_STOCK: InsufficientStock,
    Code.VERSION_CONFLICT: VersionConflict,
    Code.INVALID_TRANSITION: InvalidTransition,
    Code.APPROVAL_REQUIRED: ApprovalRequired,
    Code.IDEMPOTENCY_CONFLICT: IdempotencyConflict,
    Code.OPTION_STALE: OptionStale,
    Code.DUPLICATE: Duplicate,
    Code.BUSY: Busy,
}
"""Every code has its type. The schema must be told of them, since no field names them: `Schema(types=...)`."""


def to_error(refused: Refused) -> MutationRefusal:
    """The payload error of a refusal."""
    path = [*_shown(refused.path)]
    carried = _CARRIED.get(refused.code, _nothing)(refused.data)
    return ERROR_TYPES[refused.code](code=refused.code, message=refused.message, path=path, **carried)


def _shown(path: Iterable[str | int]) -> Iterator[str]:
    """The path as the input has it: its own fields in camel case, the names of values by name as they were given."""
    is_given = False
    for step in path:
        yield to_camel_case(step) if isinstance(step, str) and not is_given else str(step)
        is_given = is_given or step == "values"


def to_warning(notice: Notice) -> MutationWarning:
    """The payload warning of a notice."""
    return MutationWarning(code=notice.code, message=notice.message)


def _nothing(_: Mapping[str, Any]) -> dict[str, Any]:
    return {}


def _stock(data: Mapping[str, Any]) -> dict[str, Any]:
    item_id: UUID | None = data.get("item_id")
    return {
        "item_id": encode_id("Item", item_id) if item_id else None,
        "requested": data["requested"],
        "available": data["available"],
    }


def _versions(data: Mapping[str, Any]) -> dict[str, Any]:
    return {"expected": data["expected"], "current": data["current"]}


def _statuses(data: Mapping[str, Any]) -> dict[str, Any]:
    return {"from_status": data["from"], "to_status": data["to"]}


def _options(data: Mapping[str, Any]) -> dict[str, Any]:
    return {"options": [_present_option(each) for each in data["options"]]}


def _present_option(option: Mapping[str, Any]) -> PresentOption:
    supplier_id: UUID | None = option["supplier_id"]
    source = (
        encode_id("Supplier", supplier_id)
        if supplier_id
        else encode_id("Location", option["from_site_id"], option["entity_id"])
    )
    shown = ("rank", "kind", "quantity", "arrival_date", "landed_cost", "currency", "reason")
    return PresentOption(source_id=strawberry.ID(source), **{name: option[name] for name in shown})


_CARRIED: Mapping[Code, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    Code.INSUFFICIENT_STOCK: _stock,
    Code.VERSION_CONFLICT: _versions,
    Code.INVALID_TRANSITION: _statuses,
    Code.OPTION_STALE: _options,
}
