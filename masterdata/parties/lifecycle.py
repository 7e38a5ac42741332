"""The status of a supplier or customer, and a customer's credit status."""

from kernel.lifecycle import lifecycle

PARTY_STATUS = lifecycle("party", active=("blocked", "retired"), blocked=("active", "retired"), retired=())
CREDIT_STATUS = lifecycle("credit", good=("hold",), hold=("good",))
