"""Scopes: what of its subject's rights a key may use.

A scope is a resource and an action. Scopes only cut: what the subject may not do, no scope gives, and what the policy
denies stays denied.
"""

from collections.abc import Iterable
from dataclasses import replace

from authz.policies.policy import Policy, Rule
from authz.vocabulary import Action, Resource

Scope = tuple[Resource, Action]


def parse_scopes(text: str) -> frozenset[Scope]:
    """Reads `resource:action` words with spaces between. Raises ValueError for a word that the policy does not know."""
    return frozenset(_scope(word) for word in text.split())


def format_scopes(scopes: Iterable[Scope]) -> str:
    """The inverse of `parse_scopes`."""
    return " ".join(sorted(f"{resource}:{action}" for resource, action in scopes))


def cut_policy(policy: Policy, scopes: frozenset[Scope]) -> Policy:
    """The policy as it is for somebody who may use these scopes alone."""
    return replace(policy, rules=tuple(rule for rule in policy.rules if not rule.allows or _covers(scopes, rule)))


def _covers(scopes: frozenset[Scope], rule: Rule) -> bool:
    return (rule.resource, rule.action) in scopes


def _scope(word: str) -> Scope:
    resource, _, action = word.partition(":")
    return Resource(resource), Action(action)
