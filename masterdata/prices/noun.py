"""Prices and exchange rates under governance."""

from authz.vocabulary import Action, Resource
from masterdata.checks import at_least, code, lead_time, more_than
from masterdata.codes import currency
from masterdata.noun import Noun, Right, fixed, plain, reference
from masterdata.prices.model import ExchangeRate, Price, PriceList, SupplierPrice

PRICE_LIST = Noun(
    name="price_list",
    model=PriceList,
    right=Right(Resource.PRICE_LIST, Action.AMEND),
    key=("code",),
    fields=(
        plain("code", code),
        plain("name"),
        fixed(currency()),
        plain("priority", at_least(0)),
    ),
)

PRICE = Noun(
    name="price",
    model=Price,
    right=Right(Resource.PRICE_LIST, Action.AMEND),
    key=("item_id", "price_list_id", "minimum_quantity", "valid_from"),
    fields=(
        reference("price_list"),
        reference("item"),
        plain("minimum_quantity", at_least(0)),
        plain("valid_from"),
        plain("amount", at_least(0)),
    ),
)

SUPPLIER_PRICE = Noun(
    name="supplier_price",
    model=SupplierPrice,
    right=Right(Resource.SUPPLIER_PRICE, Action.AMEND),
    key=("item_id", "supplier_id"),
    fields=(
        reference("supplier"),
        reference("item"),
        plain("amount", at_least(0)),
        currency(),
        plain("minimum_quantity", at_least(0)),
        plain("order_multiple", more_than(0)),
        plain("lead_time_days", *lead_time),
    ),
)

EXCHANGE_RATE = Noun(
    name="exchange_rate",
    model=ExchangeRate,
    right=Right(Resource.PRICE_LIST, Action.AMEND),
    key=("from_currency", "to_currency", "valid_from"),
    fields=(
        currency("from_currency"),
        currency("to_currency"),
        plain("valid_from"),
        plain("rate", more_than(0)),
    ),
)
