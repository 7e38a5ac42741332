"""Master data: entities, locations, items, parties, prices and policies."""

from sqlalchemy import func

from api.masterdata.requests import GOVERNANCE
from api.reads.composites import money
from api.reads.nodes import Node, ToMany, ToOne
from authz.vocabulary import Resource
from domain.orders.lifecycle import WhenShort
from masterdata.agreements.lifecycle import AgreementCoverage, AgreementStatus, TitleTransfer
from masterdata.agreements.model import InterCompanyAgreement
from masterdata.countries.model import Country
from masterdata.currencies.model import Currency
from masterdata.entities.model import LegalEntity
from masterdata.items.lifecycle import ItemStatus, Tracking, ValuationMethod
from masterdata.items.model import Item, ItemUnit
from masterdata.locations.kinds import LocationKind
from masterdata.locations.model import Lane, Location
from masterdata.parties.lifecycle import CreditStatus, PartyStatus
from masterdata.parties.model import Customer, Supplier
from masterdata.policies.model import InventoryPolicy
from masterdata.prices.model import Price, PriceList, SupplierPrice
from masterdata.units.model import Unit

_FOLDED = {"name": "name_normalised"}
_ADDRESS = ("country", "region", "city", "postal_code", "street")
_PARTY = ("code", "name", *_ADDRESS, "contact", "phone", "tax_id", "gln", "lei", "duns")
"""What suppliers and customers both have."""

_LEGAL_ENTITY = Node(
    model=LegalEntity,
    name="LegalEntity",
    description="A company of the group: it owns stock, buys, sells and keeps books in its currency.",
    columns=("code", "name", "country", "currency", "time_zone", "version"),
    one={"parent": ToOne("parent_id", "LegalEntity")},
    many={
        "locations": ToMany("Location", "entity_id", "Its locations.", order=("code",)),
    },
    keys=("code",),
    filters=("code",),
    orders=("code",),
    order=("code",),
)
_LOCATION = Node(
    model=Location,
    name="Location",
    description="A place of an entity: a site, a zone or bin in it, or a counterparty of movements.",
    columns=("code", "name", "kind", "priority", "version"),
    enums={"kind": LocationKind},
    one={
        "entity": ToOne("entity_id", "LegalEntity"),
        "parent": ToOne("parent_id", "Location"),
        "site": ToOne("site_id", "Location"),
    },
    many={"children": ToMany("Location", "parent_id", "The locations that lie in it.", order=("code",))},
    keys=("code",),
    filters=("code", "kind", "entity", "site", "parent"),
    orders=("code",),
    order=("code",),
)
_LANE = Node(
    model=Lane,
    name="Lane",
    description="A way by which goods travel from one site to another, with its time and cost.",
    columns=("lead_time_days", "cost_per_unit", "version"),
    one={"from_site": ToOne("from_site_id", "Location"), "to_site": ToOne("to_site_id", "Location")},
)
_UNIT = Node(
    model=Unit,
    name="Unit",
    description="A unit of measure (UN/ECE Recommendation 20).",
    columns=("code", "name", "symbol", "dimension", "numerator", "denominator", "withdrawn_on", "version"),
    keys=("code",),
    filters=("code",),
    order=("code",),
)
_COUNTRY = Node(
    model=Country,
    name="Country",
    description="A country or territory (ISO 3166-1).",
    columns=("code", "alpha_3", "name", "withdrawn_on", "version"),
    keys=("code",),
    filters=("code",),
    order=("code",),
)
_CURRENCY = Node(
    model=Currency,
    name="Currency",
    description="A currency (ISO 4217).",
    columns=("code", "name", "minor_units", "withdrawn_on", "version"),
    keys=("code",),
    filters=("code",),
    order=("code",),
)
_ITEM = Node(
    model=Item,
    name="Item",
    description="Something that is bought, kept and sold. Its stock is counted in its base unit.",
    columns=(
        "sku",
        "name",
        "category",
        "gtin",
        "gtin_printed",
        "unspsc",
        "country_of_origin",
        "net_weight",
        "gross_weight",
        "weight_unit",
        "length",
        "width",
        "height",
        "size_unit",
        "base_unit",
        "base_increment",
        "tracking",
        "valuation_method",
        "status",
        "is_published",
        "version",
    ),
    enums={"status": ItemStatus, "tracking": Tracking, "valuation_method": ValuationMethod},
    many={
        "units": ToMany("ItemUnit", "item_id", "Its other units.", order=("unit",)),
        "supplier_prices": ToMany("SupplierPrice", "item_id", "On which terms it is bought.", order=("supplier_id",)),
        "prices": ToMany(
            "Price", "item_id", "What customers pay for it.", order=("price_list_id", "minimum_quantity", "valid_from")
        ),
        "balances": ToMany("Balance", "item_id", "What sites have of it."),
    },
    keys=("sku",),
    filters=("sku", "gtin", "name", "category", "status", "supplier_prices", "balances"),
    search=(lambda row: func.lower(row.c.sku), lambda row: row.c.name_normalised),
    folded=_FOLDED,
    orders=("sku", "name"),
    order=("sku",),
)
_ITEM_UNIT = Node(
    model=ItemUnit,
    name="ItemUnit",
    description="Another unit of an item: one of it is numerator / denominator base units, exactly.",
    columns=("unit", "numerator", "denominator"),
    one={"item": ToOne("item_id", "Item")},
)
_SUPPLIER = Node(
    model=Supplier,
    name="Supplier",
    description="Who the group buys from.",
    columns=(*_PARTY, "iban", "bic", "currency", "lead_time_days", "status", "version"),
    enums={"status": PartyStatus},
    many={
        "prices": ToMany("SupplierPrice", "supplier_id", "What it delivers, and on which terms.", order=("item_id",))
    },
    keys=("code",),
    filters=("code", "name", "country", "status", "prices"),
    search=(lambda row: func.lower(row.c.code), lambda row: row.c.name_normalised),
    folded=_FOLDED,
    orders=("code", "name"),
    order=("code",),
)
_CUSTOMER = Node(
    model=Customer,
    name="Customer",
    description="Who the group sells to.",
    columns=(*_PARTY, "priority", "when_short", "credit_status", "status", "version"),
    enums={"status": PartyStatus, "credit_status": CreditStatus, "when_short": WhenShort},
    many={"sales_orders": ToMany("SalesOrder", "customer_id", "What it ordered.", order=("-placed_at",))},
    keys=("code",),
    filters=("code", "name", "country", "status", "credit_status", "sales_orders"),
    search=(lambda row: func.lower(row.c.code), lambda row: row.c.name_normalised),
    folded=_FOLDED,
    orders=("code", "name"),
    order=("code",),
)
_PRICE_LIST = Node(
    model=PriceList,
    name="PriceList",
    description="A list of selling prices of an entity, in one currency.",
    columns=("code", "name", "currency", "priority", "version"),
    one={"entity": ToOne("entity_id", "LegalEntity")},
    many={
        "prices": ToMany("Price", "price_list_id", "Its prices.", order=("item_id", "minimum_quantity", "valid_from"))
    },
    keys=("code",),
    filters=("code", "entity"),
    order=("code",),
)
_PRICE = Node(
    model=Price,
    name="Price",
    description="What one base unit of an item costs a customer, from a date and a quantity on.",
    columns=("minimum_quantity", "valid_from", "amount", "version"),
    one={"price_list": ToOne("price_list_id", "PriceList"), "item": ToOne("item_id", "Item")},
    filters=("item", "price_list"),
)
_SUPPLIER_PRICE = Node(
    model=SupplierPrice,
    name="SupplierPrice",
    description="On which terms an entity buys an item from a supplier.",
    columns=("minimum_quantity", "order_multiple", "lead_time_days", "version"),
    composites={"price": money("amount")},
    one={
        "entity": ToOne("entity_id", "LegalEntity"),
        "supplier": ToOne("supplier_id", "Supplier"),
        "item": ToOne("item_id", "Item"),
    },
    filters=("entity", "item", "supplier"),
)
_INVENTORY_POLICY = Node(
    model=InventoryPolicy,
    name="InventoryPolicy",
    description="How much of an item a site should keep.",
    columns=("reorder_level", "version"),
    one={"item": ToOne("item_id", "Item"), "site": ToOne("site_id", "Location")},
    filters=("item", "site"),
)
_INTER_COMPANY_AGREEMENT = Node(
    model=InterCompanyAgreement,
    name="InterCompanyAgreement",
    description="What one legal entity lets another see of its stock, and on which terms they trade.",
    columns=("code", "covers", "markup_percent", "title_transfer", "valid_from", "valid_until", "status", "version"),
    enums={"covers": AgreementCoverage, "title_transfer": TitleTransfer, "status": AgreementStatus},
    composites={"pair_limit": money("pair_limit_amount", "pair_limit_currency")},
    one={"giver": ToOne("giver_entity_id", "LegalEntity"), "taker": ToOne("taker_entity_id", "LegalEntity")},
    filters=("code", "giver", "taker"),
    orders=("code",),
    order=("code",),
)
NODES = {
    Resource.LEGAL_ENTITY: (_LEGAL_ENTITY,),
    Resource.LOCATION: (_LOCATION, _LANE),
    Resource.UNIT: (_UNIT,),
    Resource.COUNTRY: (_COUNTRY,),
    Resource.CURRENCY: (_CURRENCY,),
    Resource.ITEM: (_ITEM, _ITEM_UNIT),
    Resource.SUPPLIER: (_SUPPLIER,),
    Resource.CUSTOMER: (_CUSTOMER,),
    Resource.PRICE_LIST: (_PRICE_LIST, _PRICE),
    Resource.SUPPLIER_PRICE: (_SUPPLIER_PRICE,),
    Resource.INVENTORY_POLICY: (_INVENTORY_POLICY,),
    Resource.INTER_COMPANY_AGREEMENT: (_INTER_COMPANY_AGREEMENT,),
    **GOVERNANCE,
}
