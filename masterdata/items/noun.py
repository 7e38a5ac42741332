"""Items under governance, with their units."""

from authz.vocabulary import Action, Resource
from masterdata.checks import among, code, more_than
from masterdata.items.lifecycle import ITEM_STATUS, Tracking, ValuationMethod
from masterdata.items.model import Item, ItemUnit
from masterdata.noun import Noun, Part, Right, code_of, fixed, plain, status

ITEM = Noun(
    name="item",
    model=Item,
    right=Right(Resource.ITEM, Action.AMEND),
    key=("sku",),
    fields=(
        plain("sku", code),
        plain("name"),
        plain("category"),
        fixed(code_of("unit", "base_unit")),
        fixed(plain("base_increment", more_than(0))),
        fixed(plain("tracking", among(Tracking))),
        fixed(plain("valuation_method", among(ValuationMethod))),
        status("status", ITEM_STATUS),
        plain("is_published"),
    ),
    parts=(
        Part(
            name="units",
            model=ItemUnit,
            owner="item_id",
            key="unit",
            follows=("is_published",),
            fields=(
                code_of("unit", "unit"),
                plain("numerator", more_than(0)),
                plain("denominator", more_than(0)),
            ),
        ),
    ),
)
