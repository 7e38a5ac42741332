"""What an agreement may allow, when title passes, and its statuses."""

from enum import StrEnum

from kernel.lifecycle import lifecycle


class Purpose(StrEnum):
    """For what an agreement is used."""

    OFFERS = "offers"
    """To see what the giver could spare."""
    PAIR = "pair"
    """To write the giver's sale and the taker's purchase together."""


class AgreementCoverage(StrEnum):
    """What an agreement allows."""

    OFFERS = "offers"
    """The taker sees what the giver could spare."""
    PAIRS = "pairs"
    """The giver's sale and the taker's purchase are made together."""
    OFFERS_AND_PAIRS = "offers_and_pairs"
    """Both."""

    def allows(self, purpose: Purpose) -> bool:
        """Whether it can be used for something."""
        return self is AgreementCoverage.OFFERS_AND_PAIRS or purpose is _ALONE[self]


_ALONE = {AgreementCoverage.OFFERS: Purpose.OFFERS, AgreementCoverage.PAIRS: Purpose.PAIR}


class TitleTransfer(StrEnum):
    """When goods become the taker's."""

    AT_SHIPMENT = "at_shipment"
    """When they leave the giver: what is on its way is the taker's."""
    AT_RECEIPT = "at_receipt"
    """When they arrive: what is on its way is the giver's."""


class AgreementStatus(StrEnum):
    """Whether an agreement may be used on its days."""

    ACTIVE = "active"
    """It may."""
    RETIRED = "retired"
    """It may not any more."""


AGREEMENT_STATUS = lifecycle(
    "inter-company agreement", {AgreementStatus.ACTIVE: (AgreementStatus.RETIRED,), AgreementStatus.RETIRED: ()}
)
