"""What it costs to compile a subject's rights, and then to decide: `python -m bench.trials.compile_policy`.

The largest sizes are far beyond what a group needs: 10,000 rules, and one subject with 5,000 grants. Rules are read by
role once for each version of the policy; the rest is done for each actor that is loaded.
"""

import gc
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import cycle, islice, product
from time import process_time
from uuid import UUID

from rich.console import Console
from rich.table import Table

from authz.policies.compile import Access, compile_access
from authz.policies.conditions.attributes import Attributes
from authz.policies.conditions.tree import parse_condition
from authz.policies.policy import ALWAYS, EVERYWHERE, NamedCondition, Policy, Rule
from authz.vocabulary import Action, Resource, Role

ROLES = tuple(Role)[:20]
DECISIONS = 20_000
SMALL = NamedCondition(
    "small", Resource.PURCHASE_ORDER, parse_condition({"<=": [{"column": "total"}, {"number": "100.00"}]})
)
ROW = {"total": 99, "currency": "EUR"}


@dataclass(frozen=True)
class Cost:
    """Seconds of the processor."""

    index: float
    compile: float
    decide: float
    """For one decision, with a condition on the row."""


def policy_of(rules: int, entity_ids: tuple[UUID, ...]) -> Policy:
    """So many different rules, half of them for single legal entities; those on purchase orders have a condition."""
    domains = (EVERYWHERE, *map(str, entity_ids))
    resources = sorted(Resource, key=lambda each: each is not SMALL.resource)
    combinations = product(domains, resources, Action, ROLES)
    made = tuple(
        Rule(role, domain, resource, action, "small" if resource is SMALL.resource else ALWAYS, allows=True)
        for domain, resource, action, role in islice(combinations, rules)
    )
    assert len(made) == rules
    return Policy(made, conditions={SMALL.name: SMALL})


def entities(count: int) -> tuple[UUID, ...]:
    """Legal entities."""
    return tuple(UUID(int=number) for number in range(1, count + 1))


def measure(rules: int, grants: int, *, repeats: int = 3) -> Cost:
    """The least of some runs: whatever else the machine does only adds."""
    where = entities(grants // len(ROLES))
    roles = dict.fromkeys(ROLES, frozenset(where))
    fresh = [policy_of(rules, where) for _ in range(repeats)]
    index = min(_seconds(partial(_index, policy)) for policy in fresh)
    policy = fresh[0]
    compiled = min(_seconds(lambda: compile_access(policy, roles, where)) for _ in range(repeats))
    access = compile_access(policy, roles, where)
    decided = min(_seconds(lambda: _decide(access, where)) for _ in range(repeats))
    return Cost(index, compiled, decided / DECISIONS)


def _index(policy: Policy) -> None:
    assert policy.by_role


def _decide(access: Access, where: tuple[UUID, ...]) -> None:
    sub = Attributes()
    for entity_id in islice(cycle(where), DECISIONS):
        access.decide(Resource.PURCHASE_ORDER, Action.READ, entity_id, ROW, sub)


def _seconds(work: Callable[[], object]) -> float:
    # Python's collector would walk everything that this process holds, and charge it to the work.
    gc.collect()
    gc.disable()
    try:
        begun = process_time()
        work()
        return process_time() - begun
    finally:
        gc.enable()


def main() -> None:
    """Prints what it costs, from small to large."""
    table = Table("rules", "grants", "by role, once per version (ms)", "compile (ms)", "decide on a row (us)")
    for rules, grants in ((700, 20), (1_000, 500), (10_000, 500), (1_000, 5_000), (10_000, 5_000)):
        cost = measure(rules, grants)
        table.add_row(
            f"{rules:,}",
            f"{grants:,}",
            f"{cost.index * 1e3:.1f}",
            f"{cost.compile * 1e3:.2f}",
            f"{cost.decide * 1e6:.2f}",
        )
    Console().print(table)


if __name__ == "__main__":
    main()
