"""Scopes: what of its subject's rights a key may use.

A scope is a resource and an action. Scopes only cut: what the subject may not do, no scope gives, and what the policy
denies stays denied.
"""

from collections.abc import Iterable
from dataclasses import replace

from authz.policies.compile import Access
from authz.vocabulary import Action, Resource

Scope = tuple[Resource, Action]


def parse_scopes(text: str) -> frozenset[Scope]:
    """Reads `resource:action` words with spaces between. Raises ValueError for a word that the policy does not know."""
    return frozenset(_scope(word) for word in text.split())


def format_scopes(scopes: Iterable[Scope]) -> str:
    """The inverse of `parse_scopes`."""
    return " ".join(sorted(f"{resource}:{action}" for resource, action in scopes))


def cut_access(access: Access, scopes: frozenset[Scope] | None) -> Access:
    """What is left of somebody's access for who may use these scopes alone; None is all of it.

    The rights to fields stay with their resource, and restricted fields stay restricted.
    """
    if scopes is None:
        return access
    resources = {resource for resource, _ in scopes}
    return replace(
        access,
        grants={right: where for right, where in access.grants.items() if right in scopes},
        fields={target: where for target, where in access.fields.items() if target[0] in resources},
    )


def _scope(word: str) -> Scope:
    resource, _, action = word.partition(":")
    return Resource(resource), Action(action)
