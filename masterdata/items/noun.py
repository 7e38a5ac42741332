"""Items under governance, with their units."""

from collections.abc import Mapping
from typing import Any

from authz.vocabulary import Action, Resource, Role
from masterdata.checks import among, code, more_than
from masterdata.codes import country, unit
from masterdata.items.lifecycle import ITEM_STATUS, Tracking, ValuationMethod
from masterdata.items.model import Item, ItemUnit
from masterdata.noun import FieldGroup, Noun, Part, Right, fixed, grouped, plain, status
from masterdata.standards.classes import unspsc
from masterdata.standards.gs1 import gtin

_POSITIVE = more_than(0)


def _weights_understood(row: Mapping[str, Any]) -> str | None:
    net, gross = row["net_weight"], row["gross_weight"]
    if row["weight_unit"] is None and (net is not None or gross is not None):
        return "weight_unit: is missing: say in which unit the weights are, such as KGM"
    if net is not None and gross is not None and gross < net:
        return f"gross_weight: {gross} is less than the net weight {net}: with its packing nothing is lighter"
    return None


def _size_understood(row: Mapping[str, Any]) -> str | None:
    if row["size_unit"] is None and any(row[side] is not None for side in ("length", "width", "height")):
        return "size_unit: is missing: say in which unit length, width and height are, such as MMT"
    return None


ITEM = Noun(
    name="item",
    model=Item,
    right=Right(Resource.ITEM, Action.AMEND),
    key=("sku",),
    fields=(
        plain("sku", code),
        plain("name"),
        plain("category"),
        plain("gtin", standard=gtin),
        plain("unspsc", standard=unspsc),
        country("country_of_origin"),
        *grouped(
            "logistics",
            plain("net_weight", _POSITIVE),
            plain("gross_weight", _POSITIVE),
            unit("weight_unit", of="mass"),
            plain("length", _POSITIVE),
            plain("width", _POSITIVE),
            plain("height", _POSITIVE),
            unit("size_unit", of="length"),
        ),
        fixed(unit("base_unit")),
        fixed(plain("base_increment", _POSITIVE)),
        fixed(plain("tracking", among(Tracking))),
        *grouped("finance", fixed(plain("valuation_method", among(ValuationMethod)))),
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
            fields=(unit("unit"), plain("numerator", _POSITIVE), plain("denominator", _POSITIVE)),
        ),
    ),
    groups=(FieldGroup("logistics", (Role.STEWARD_LOCATION,)), FieldGroup("finance", (Role.STEWARD_FINANCE,))),
    checks=(_weights_understood, _size_understood),
    identifiers=(("gtin",),),
)
