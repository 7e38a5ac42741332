"""Questions whose answers are no rows: who asks, and whether the books agree."""

import httpx

VIEWER = "{ viewer { subject onBehalfOf roles { role entityIds } } }"
PROOF = """query ($of: ID) {
  inventoryInvariants(entityId: $of) {
    name description holds violations examples { entityId subjectId placeId counted proved }
  }
}"""
OWN = (VIEWER, PROOF)


def exemplified(answer: httpx.Response) -> set[str]:
    """The legal entities of the examples in a proof."""
    proofs = answer.json()["data"]["inventoryInvariants"]
    return {example["entityId"] for proof in proofs for example in proof["examples"]}
