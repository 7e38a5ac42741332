"""The answer to an operation of nothing but commands: they run one after the other, and each gives its payload.

Nearly every payload has neither errors nor warnings: what it shows stands in its fields, and no executor is needed to
put it there. graphql-core completes the others, whose errors are of many types; nothing runs a second time for that.
"""

from collections.abc import Mapping
from typing import Any

from graphql.execution.values import VariableValues, get_argument_values
from strawberry.types import ExecutionResult

from api.reads.operation import OperationPlan
from api.writes.mutation import COMMAND, CommandContext, MutationField, Payload, run_command

Made = Mapping[str, Payload | Exception]
"""What became of each command, by response key."""


def commands_of(plan: OperationPlan) -> Mapping[str, MutationField]:
    """The commands of a mutation by response key; `__typename` is none, and nothing else is found beside them."""
    return {key: metadata[COMMAND] for key, metadata in plan.declared.items() if COMMAND in metadata}


async def run_commands(
    commands: Mapping[str, MutationField], plan: OperationPlan, variables: VariableValues, context: CommandContext
) -> Made:
    """Runs the commands in the order of the document. One that fails leaves the others as they are."""
    made: dict[str, Payload | Exception] = {}
    for key, field in commands.items():
        node = plan.root_fields[key][0].node
        try:
            given = get_argument_values(plan.root_type.fields[field.name], node, variables)["input"]
            made[key] = await run_command(field, key, given, context)
        except Exception as error:
            made[key] = error
    return made


def plain_answer(commands: Mapping[str, MutationField], plan: OperationPlan, made: Made) -> ExecutionResult | None:
    """The answer, where no payload has more to tell than its objects; else None."""
    data: dict[str, Any] = dict.fromkeys(plan.root_fields, plan.root_type.name)
    for key, payload in made.items():
        if isinstance(payload, Exception) or payload.errors or payload.warnings:
            return None
        data[key] = {name: _value(commands[key], payload, name, of) for name, of in plan.payloads[key].items()}
    return ExecutionResult(data, None)


def _value(field: MutationField, payload: Payload, key: str, name: str) -> Any:
    match name:
        case "__typename":
            return field.payload_name
        case "errors" | "warnings":
            return []
        case "replayed":
            return payload.replayed
        case _:
            return payload.objects.get(key, [] if field.shows_several(name) else None)
