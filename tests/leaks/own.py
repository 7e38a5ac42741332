"""Questions whose answers are no rows: who asks, whether the books agree, and what others could spare."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx

from tests.oracle.rows import Row, Rows

VIEWER = "{ viewer { subject onBehalfOf roles { role entityIds } } }"
PROOF = """query ($of: ID) {
  inventoryInvariants(entityId: $of) {
    name description holds violations examples { entityId subjectId placeId counted proved }
  }
}"""
EXPLANATION = """query ($subject: String!, $id: ID) {
  accessExplain(
    subject: $subject, resource: LEGAL_ENTITY, action: READ, id: $id, field: null, actingFor: null, apiKey: null
  ) {
    allowed reason decidedBy { role domain resource action condition effect }
    conditions { name effect holds rule { role } comparisons { comparison holds related } } roles { role entityIds }
  }
}"""
DIFFERENCE = """query ($id: ID!) {
  policyDiff(changeRequest: $id) {
    changes {
      subject resource type gained lost actionsGained actionsLost actionsChanged
      fieldsGained { field action } fieldsLost { field action }
    }
    problems truncated
  }
}"""
OFFERS = """query ($of: ID!, $items: [ID!]!) {
  interCompanyOffers(entityId: $of, itemIds: $items) {
    offers { agreement giver site itemId sku quantity unitPrice currency earliestDate } cut
  }
}"""
OWN = (VIEWER, PROOF, EXPLANATION, DIFFERENCE, OFFERS)
EXPLAINERS = frozenset({"group_admin", "steward_policy", "auditor"})
"""The roles that answer for the policy."""


def exemplified(answer: httpx.Response) -> set[str]:
    """The legal entities of the examples in a proof."""
    proofs = answer.json()["data"]["inventoryInvariants"]
    return {example["entityId"] for proof in proofs for example in proof["examples"]}


Offered = tuple[str, str, str, str, Decimal]
"""An offer: agreement, giver, site, item, quantity."""


def offered(answer: httpx.Response) -> set[Offered]:
    """What is offered in an answer."""
    offers = answer.json()["data"]["interCompanyOffers"]["offers"]
    return {(each["agreement"], each["giver"], each["site"], each["sku"], Decimal(each["quantity"])) for each in offers}


def offers_to(taker_id: UUID, rows: Rows) -> set[Offered]:
    """What is offered to a legal entity, told by the rows: what sites of the givers have above what they keep."""
    agreements = [row for row in rows["InterCompanyAgreement"] if row["taker_entity_id"] == taker_id]
    return {each for agreement in agreements for each in _offers_of(agreement, rows)}


def _offers_of(agreement: Row, rows: Rows) -> Iterator[Offered]:
    giver_id = agreement["giver_entity_id"]
    giver, items, sites = _by_id(rows["LegalEntity"])[giver_id], _by_id(rows["Item"]), _by_id(rows["Location"])
    kept = {(row["site_id"], row["item_id"]): row["reorder_level"] for row in rows["InventoryPolicy"]}
    for row in rows["Balance"]:
        item, site = items[row["item_id"]], sites[row["site_id"]]
        above = row["on_hand"] - row["held"] - row["reserved"] - kept.get((row["site_id"], row["item_id"]), 0)
        if row["entity_id"] == giver_id and site["kind"] == "site" and above > 0:
            whole = above - above % item["base_increment"]
            yield agreement["code"], giver["code"], site["code"], item["sku"], whole


def _by_id(rows: Any) -> Mapping[UUID, Row]:
    return {row["id"]: row for row in rows}
