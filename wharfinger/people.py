"""People that the command line acts for: whoever may start it is trusted with the data that it was given.

They are compiled from roles, not loaded from grants: an import or the demo may be what makes the first legal entity
and the first grants. No version of the policy stands behind them, so none replaces them on the way.
"""

from collections.abc import Collection
from uuid import UUID

from authz.actor import Actor, Grant
from authz.policies.compile import compile_access
from authz.policies.policy import starting_policy
from authz.vocabulary import Role

OPERATING = (Role.INTEGRATION_OPERATOR, Role.WAREHOUSE, Role.CUSTOMER_SERVICE)
"""What an import needs: to submit master data, to open stock, to keep orders."""
STEWARDING = (
    Role.GROUP_ADMIN,
    Role.STEWARD_ITEM,
    Role.STEWARD_SUPPLIER,
    Role.STEWARD_CUSTOMER,
    Role.STEWARD_LOCATION,
    Role.STEWARD_PRICE,
    Role.STEWARD_POLICY,
    Role.STEWARD_FINANCE,
)
"""What it takes to decide on master data of every kind."""


def person(subject: str, roles: Collection[Role], entity_ids: Collection[UUID]) -> Actor:
    """Somebody with these roles in these legal entities, which need not exist yet."""
    policy, reach = starting_policy(), frozenset(entity_ids)
    return Actor(
        subject=subject,
        grants=tuple(Grant(role, reach) for role in roles),
        access=compile_access(policy, dict.fromkeys(roles, reach), reach),
    )
