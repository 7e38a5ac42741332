"""Questions whose answers are no rows: who asks, and whether the books agree."""

import httpx

VIEWER = "{ viewer { subject onBehalfOf roles { role entityIds } } }"
PROOF = """query ($of: ID) {
  inventoryInvariants(entityId: $of) {
    name description holds violations examples { entityId subjectId placeId counted proved }
  }
}"""
EXPLANATION = """query ($subject: String!, $id: ID) {
  accessExplain(subject: $subject, resource: LEGAL_ENTITY, action: READ, id: $id) {
    allowed reason decidedBy { role domain resource action condition effect }
    conditions { name effect holds comparisons { comparison holds related } } roles { role entityIds }
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
OWN = (VIEWER, PROOF, EXPLANATION, DIFFERENCE)
EXPLAINERS = frozenset({"group_admin", "steward_policy", "auditor"})
"""The roles that answer for the policy."""


def exemplified(answer: httpx.Response) -> set[str]:
    """The legal entities of the examples in a proof."""
    proofs = answer.json()["data"]["inventoryInvariants"]
    return {example["entityId"] for proof in proofs for example in proof["examples"]}
