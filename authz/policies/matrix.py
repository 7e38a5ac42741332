"""The starting policy as a page: who may do what, role by role, for people to read and tests to compare."""

import sys
from collections.abc import Iterable, Iterator

from authz.policies.policy import ALWAYS, ANYONE, EVERYWHERE, Policy, Rule, starting_policy
from authz.vocabulary import Action, FieldAction, Resource, Role

_HEAD = """# Who may do what

What each role may do in the legal entities in which somebody has it, as a new database starts. Written from the
starting policy by `python -m authz.policies.matrix`; a test compares. A condition stands in brackets: the
right holds for the rows on which it is true, and a deny, which overrides every allow, unless it is provably false.
Outsiders (supplier_user, carrier, partner_machine) reach only the rows that name their partner, and the items
that are published to all partners or stand on purchase orders of theirs.

## Actions
"""
_FIELDS = """
## Fields

Fields that a rule names are for those whom it names; everybody else who reads the row gets nothing in their place, or a
mask: the last four characters (last4), or the power of ten below the number (bucket). Who sees a field may filter and
sort by it and propose it in change requests, unless a rule says who may.
"""


def matrix_page(policy: Policy) -> str:
    """The page, in Markdown."""
    return "\n".join([_HEAD, *_actions(policy.rules), _FIELDS.lstrip("\n"), *_fields(policy.rules)])


def _actions(rules: Iterable[Rule]) -> Iterator[str]:
    found: dict[tuple[Resource, Role | None], list[str]] = {}
    for rule in rules:
        if isinstance(rule.action, Action):
            found.setdefault((rule.resource, rule.role), []).append(_said(rule, str(rule.action)))
    for resource in Resource:
        yield from _table(str(resource), "actions", [(role, found.get((resource, role))) for role in (*Role, None)])


def _fields(rules: Iterable[Rule]) -> Iterator[str]:
    found: dict[tuple[Resource, Role | None], dict[str, list[str]]] = {}
    for rule in rules:
        if isinstance(rule.action, FieldAction) and rule.field is not None:
            said = _said(rule, str(rule.action).removeprefix("see_"))
            found.setdefault((rule.resource, rule.role), {}).setdefault(said, []).append(rule.field)
    for resource in sorted({resource for resource, _ in found}):
        rows = [(role, found.get((resource, role), {})) for role in (*Role, None)]
        told = [(role, [f"{said} {', '.join(names)}" for said, names in by.items()]) for role, by in rows]
        yield from _table(str(resource), "fields", told)


def _table(title: str, heading: str, rows: Iterable[tuple[Role | None, list[str] | None]]) -> Iterator[str]:
    filled = [f"| {role or ANYONE} | {', '.join(said)} |" for role, said in rows if said]
    if filled:
        yield from (f"### {title}", "", f"| role | {heading} |", "| --- | --- |", *filled, "")


def _said(rule: Rule, what: str) -> str:
    effect = "" if rule.allows else "deny "
    place = "" if rule.domain == EVERYWHERE else f" in {rule.domain}"
    condition = "" if rule.condition == ALWAYS else f" [{rule.condition}]"
    return f"{effect}{what}{place}{condition}"


if __name__ == "__main__":
    sys.stdout.write(matrix_page(starting_policy()))
