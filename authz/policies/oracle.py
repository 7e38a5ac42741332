"""Casbin as the policy's reader: the oracle of the tests, and the explainer of single answers.

Its enforcer walks every rule for every question, so requests are answered by tables compiled from the same rules
(compile.py); here both are proved to say the same, and a person is told in words why a subject may or may not.
"""

from collections.abc import Callable, Collection, Mapping
from importlib.resources import files
from typing import Any
from uuid import UUID

import casbin

from authz.policies.conditions.attributes import UNKNOWN, Attributes
from authz.policies.conditions.python import RowValues
from authz.policies.policy import ALWAYS, Policy
from authz.vocabulary import Action, FieldAction, Resource, Role


def enforcer(
    policy: Policy, subject: str, roles: Mapping[Role, Collection[UUID]], sub: Attributes = UNKNOWN
) -> "Oracle":
    """Casbin's own enforcer over one subject's roles, and over the rules that speak of these or of anyone."""
    model = _model()
    for rule in policy.rules:
        if rule.role is None or rule.role in roles:
            model.add_policy("p", "p", list(rule.words))
    for name, members in policy.groups.items():
        for entity_id in members:
            model.add_policy("g", "g2", [str(entity_id), name])
    for role, entity_ids in roles.items():
        for entity_id in entity_ids:
            model.add_policy("g", "g", [_person(subject), str(role), str(entity_id)])
    return Oracle(model, subject, _conditions(policy, sub))


Holds = Callable[[str, str, RowValues | None, str], bool]


class Oracle:
    """Answers one subject's questions slowly and with reasons."""

    def __init__(self, model: casbin.Model, subject: str, condition_holds: Holds) -> None:
        self._subject = _person(subject)
        self._enforcer = casbin.Enforcer(model)
        self._enforcer.add_function("cond", condition_holds)
        self._enforcer.build_role_links()

    def explain(
        self, resource: Resource, action: Action, entity_id: UUID, row: RowValues | None = None
    ) -> tuple[bool, list[str]]:
        """Whether it is allowed on the row, or on any, and the policy row that decided, if any."""
        return self.ask(str(resource), str(action), entity_id, row)

    def explain_field(
        self, resource: Resource, name: str, action: FieldAction, entity_id: UUID
    ) -> tuple[bool, list[str]]:
        """The same for what is done with a field."""
        return self.ask(f"{resource}#{name}", str(action), entity_id, None)

    def ask(self, target: str, action: str, entity_id: UUID, row: RowValues | None) -> tuple[bool, list[str]]:
        """The same in the words of rules."""
        allowed, deciding = self._enforcer.enforce_ex(self._subject, str(entity_id), target, action, row)
        return bool(allowed), list(deciding)


def _conditions(policy: Policy, sub: Attributes) -> Holds:
    def holds(name: str, effect: str, row: RowValues | None, _subject: str) -> bool:
        """Whether a rule applies. Where no row is asked about, an allow may apply to some row, a deny not to all."""
        if name == ALWAYS:
            return True
        if row is None:
            return effect == "allow"
        found = policy.conditions[name].decide(row, sub)
        return found is True if effect == "allow" else found is not False

    return holds


def _person(subject: str) -> str:
    """Casbin takes a subject whose name is a role's name for that role; a prefix keeps the two apart."""
    return f"subject:{subject}"


def _model() -> Any:
    model = casbin.Model()
    model.load_model_from_text(files("authz.policies").joinpath("model.conf").read_text(encoding="utf-8"))
    return model
