"""Inventory policies and match tolerances under governance."""

from authz.vocabulary import Action, Resource
from masterdata.checks import at_least
from masterdata.noun import Noun, Right, plain, reference
from masterdata.policies.model import InventoryPolicy, MatchTolerance

INVENTORY_POLICY = Noun(
    name="inventory_policy",
    model=InventoryPolicy,
    right=Right(Resource.INVENTORY_POLICY, Action.AMEND),
    key=("item_id", "site_id"),
    fields=(reference("item"), reference("site", "location"), plain("reorder_level", at_least(0))),
)

MATCH_TOLERANCE = Noun(
    name="match_tolerance",
    model=MatchTolerance,
    right=Right(Resource.INVENTORY_POLICY, Action.AMEND),
    key=(),
    fields=(plain("price_percent", at_least(0)), plain("quantity_percent", at_least(0))),
)
