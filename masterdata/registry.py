"""All governed nouns, in the order in which an activation takes them: each after those that it refers to."""

from masterdata.access.check import check_access
from masterdata.access.noun import (
    APPROVAL_LIMIT,
    DUTY_PAIR,
    ENTITY_GROUP,
    ENTITY_GROUP_MEMBER,
    POLICY_CONDITION,
    POLICY_RULE,
)
from masterdata.accounts.noun import ACCOUNT, API_KEY, DELEGATION
from masterdata.agreements.noun import INTER_COMPANY_AGREEMENT
from masterdata.approvals.noun import APPROVAL_RULE
from masterdata.countries.noun import COUNTRY
from masterdata.currencies.noun import CURRENCY
from masterdata.entities.noun import LEGAL_ENTITY
from masterdata.grants.noun import ROLE_GRANT
from masterdata.items.noun import ITEM
from masterdata.locations.noun import LANE, LOCATION
from masterdata.noun import Nouns
from masterdata.parties.noun import CUSTOMER, SUPPLIER
from masterdata.policies.noun import INVENTORY_POLICY, MATCH_TOLERANCE
from masterdata.prices.noun import EXCHANGE_RATE, PRICE, PRICE_LIST, SUPPLIER_PRICE
from masterdata.units.noun import UNIT

NOUNS = Nouns(
    COUNTRY,
    CURRENCY,
    UNIT,
    LEGAL_ENTITY,
    ITEM,
    SUPPLIER,
    CUSTOMER,
    LOCATION,
    LANE,
    PRICE_LIST,
    PRICE,
    SUPPLIER_PRICE,
    INVENTORY_POLICY,
    MATCH_TOLERANCE,
    EXCHANGE_RATE,
    INTER_COMPANY_AGREEMENT,
    APPROVAL_RULE,
    ENTITY_GROUP,
    ENTITY_GROUP_MEMBER,
    POLICY_CONDITION,
    POLICY_RULE,
    APPROVAL_LIMIT,
    DUTY_PAIR,
    ROLE_GRANT,
    ACCOUNT,
    DELEGATION,
    API_KEY,
    check_whole=check_access,
)
