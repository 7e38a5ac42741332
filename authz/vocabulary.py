"""The words of the access policy: roles, resources and actions.

A resource is a noun of the domain, mostly the name of the table that holds it. Lines and other parts of a document
share the resource of their document. A policy that uses another word is refused when it is loaded.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """What a person or a machine is trusted with; granted per legal entity or on the whole group."""

    GROUP_ADMIN = "group_admin"
    ENTITY_ADMIN = "entity_admin"
    STEWARD_ITEM = "steward_item"
    STEWARD_SUPPLIER = "steward_supplier"
    STEWARD_CUSTOMER = "steward_customer"
    STEWARD_LOCATION = "steward_location"
    STEWARD_PRICE = "steward_price"
    STEWARD_POLICY = "steward_policy"
    STEWARD_FINANCE = "steward_finance"
    BUYER = "buyer"
    PROCUREMENT_APPROVER = "procurement_approver"
    PLANNER = "planner"
    CUSTOMER_SERVICE = "customer_service"
    SALES_MANAGER = "sales_manager"
    CREDIT_CONTROLLER = "credit_controller"
    WAREHOUSE = "warehouse"
    FINANCE = "finance"
    AUDITOR = "auditor"
    SUPPLIER_USER = "supplier_user"
    CARRIER = "carrier"
    INTEGRATION_OPERATOR = "integration_operator"
    PARTNER_MACHINE = "partner_machine"


PARTNER_ROLES = (Role.SUPPLIER_USER, Role.CARRIER, Role.PARTNER_MACHINE)
"""Roles of outsiders: granted for one partner only, and limited to the rows that name this partner."""


class Resource(StrEnum):
    """What is acted upon."""

    LEGAL_ENTITY = "legal_entity"
    """A company of the group."""
    LOCATION = "location"
    """Sites and the places in them."""
    ITEM = "item"
    """What is bought, kept and sold."""
    SUPPLIER = "supplier"
    """Whom we buy from."""
    CUSTOMER = "customer"
    """Whom we sell to."""
    UNIT = "unit"
    """Units of measure."""
    COUNTRY = "country"
    """Countries."""
    CURRENCY = "currency"
    """Currencies."""
    PRICE_LIST = "price_list"
    """What customers pay."""
    SUPPLIER_PRICE = "supplier_price"
    """What suppliers ask."""
    INVENTORY_POLICY = "inventory_policy"
    """How much of an item a site keeps."""
    INTER_COMPANY_AGREEMENT = "inter_company_agreement"
    """What one legal entity shows another, and on which terms they trade."""
    BALANCE = "balance"
    """How much there is where."""
    MOVEMENT = "movement"
    """How stock moved."""
    RESERVATION = "reservation"
    """What is kept for whom."""
    SUPPLY = "supply"
    """What will come."""
    DEMAND = "demand"
    """What is asked for."""
    SALES_ORDER = "sales_order"
    """What customers order, with its lines."""
    SHORTAGE = "shortage"
    """Demand that nothing covers."""
    PURCHASE_ORDER = "purchase_order"
    """What we order, with its lines."""
    TRANSFER_ORDER = "transfer_order"
    """What goes from site to site."""
    SHIPMENT = "shipment"
    """What leaves."""
    RECEIPT = "receipt"
    """What arrives."""
    SUPPLIER_INVOICE = "supplier_invoice"
    """What suppliers ask for what they sent."""
    JOURNAL = "journal"
    """What was posted."""
    EXCEPTION_CASE = "exception_case"
    """What somebody must look at."""
    CHANGE_REQUEST = "change_request"
    """Proposed changes of master data."""
    MASTER_VERSION = "master_version"
    """What master data was, and when."""
    EVENT = "event"
    """What has happened."""
    AUDIT = "audit"
    """Who asked for what."""
    INVARIANTS = "invariants"
    """The proofs that the books agree."""
    ACCESS_POLICY = "access_policy"
    """The access policy itself."""


class Action(StrEnum):
    """What is done to a resource."""

    READ = "read"
    """See it."""
    CREATE = "create"
    """Make a new one."""
    AMEND = "amend"
    """Change it."""
    SUBMIT = "submit"
    """Hand it in for a decision."""
    APPROVE = "approve"
    """Decide for it."""
    REJECT = "reject"
    """Decide against it."""
    ACTIVATE = "activate"
    """Bring it into force."""
    RETIRE = "retire"
    """Take it out of use."""
    BLOCK = "block"
    """Forbid its use at once."""
    CONFIRM = "confirm"
    """Say that it will be done."""
    ACCEPT = "accept"
    """Agree to it as it is."""
    HOLD = "hold"
    """Stop it for now."""
    RELEASE = "release"
    """Let it go on."""
    CANCEL = "cancel"
    """Call it off."""
    RECEIVE = "receive"
    """Take in what arrived."""
    SHIP = "ship"
    """Send it off."""
    RECORD = "record"
    """Write down that it happened."""
    ACKNOWLEDGE = "acknowledge"
    """Say that it was seen."""
    RESOLVE = "resolve"
    """Settle it."""
    EXPLAIN = "explain"
    """Be told why."""
    USE = "use"
    """Act under it."""


class FieldAction(StrEnum):
    """What is done with a single field. What no rule names for a field follows from `see`."""

    SEE = "see"
    """See the value of a field."""
    SEE_LAST4 = "see_last4"
    """See its last four characters."""
    SEE_BUCKET = "see_bucket"
    """See the power of ten below it."""
    FILTER = "filter"
    """Choose rows by it."""
    SORT = "sort"
    """Order rows by it."""
    WRITE = "write"
    """Propose another value."""


RESOURCE_TABLES: Mapping[Resource, str] = MappingProxyType(
    {
        Resource.BALANCE: "site_balance",
        Resource.JOURNAL: "journal_entry",
        Resource.AUDIT: "audit_entry",
        Resource.ACCESS_POLICY: "policy_rule",
    }
)
"""The tables whose rows conditions speak of, where they are not named like their resource."""

SHARED_RESOURCES = frozenset(
    {
        Resource.LEGAL_ENTITY,
        Resource.ITEM,
        Resource.SUPPLIER,
        Resource.CUSTOMER,
        Resource.UNIT,
        Resource.COUNTRY,
        Resource.CURRENCY,
        Resource.CHANGE_REQUEST,
        Resource.MASTER_VERSION,
        Resource.ACCESS_POLICY,
    }
)
"""What belongs to the whole group: a right in any legal entity is a right to it."""

LIMITED = (Resource.PURCHASE_ORDER, Resource.SALES_ORDER, Resource.SUPPLIER_INVOICE)
"""Documents with a total, which people may approve up to their limit."""

_PRICES = frozenset({"total", "unit_price", "amount"})
_WORTH = frozenset({"value"})
"""What goods are worth to us: divided by their quantity it is what they were bought for."""
_PEOPLE = frozenset({"contact", "phone"})
_ACCOUNT = frozenset({"iban", "bic"})
RESTRICTABLE: Mapping[Resource, frozenset[str]] = MappingProxyType(
    {
        Resource.PURCHASE_ORDER: _PRICES,
        Resource.SALES_ORDER: _PRICES,
        Resource.SUPPLIER_PRICE: frozenset({"amount"}),
        Resource.SUPPLIER_INVOICE: _PRICES | {"price_variance", "explanation"},
        Resource.MOVEMENT: _WORTH,
        Resource.RECEIPT: _WORTH,
        Resource.SHIPMENT: _WORTH,
        Resource.SHORTAGE: frozenset({"landed_cost", "score", "score_terms"}),
        Resource.EXCEPTION_CASE: frozenset({"severity"}),
        Resource.CHANGE_REQUEST: frozenset({"restricted_values"}),
        Resource.MASTER_VERSION: frozenset({"restricted_values"}),
        Resource.SUPPLIER: _PEOPLE | _ACCOUNT,
        Resource.CUSTOMER: _PEOPLE,
    }
)
"""Fields that rules may name; the API lets each of them be empty. Lines have the fields of their document.

What is computed from such a field is one itself, or it is made without it: a text that everybody may read who reads its
row (a case's summary, the reason of a sourcing option, a refusal) has no price in it.
"""

AUDITED: Mapping[Resource, frozenset[str]] = MappingProxyType(
    {
        Resource.SUPPLIER: _PEOPLE | _ACCOUNT,
        Resource.CUSTOMER: _PEOPLE,
        Resource.CHANGE_REQUEST: frozenset({"restricted_values"}),
        Resource.MASTER_VERSION: frozenset({"restricted_values"}),
    }
)
"""Fields of which every reveal is written down: what is known of people who are not ours, and where money goes."""
