"""An agreement as it stands on the giver's day, and whether it can be used for something."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from masterdata.agreements.lifecycle import AgreementCoverage, AgreementStatus, Purpose


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """What was agreed. `today` is the giver's day, on which it is asked about."""

    id: UUID
    code: str
    giver_entity_id: UUID
    taker_entity_id: UUID
    giver_code: str
    giver_currency: str
    covers: str
    markup_percent: Decimal
    title_transfer: str
    pair_limit_amount: Decimal
    pair_limit_currency: str
    valid_from: date
    valid_until: date | None
    status: str
    today: date

    @property
    def parties(self) -> tuple[UUID, UUID]:
        """Both legal entities, in the order of their ids."""
        first, second = sorted((self.giver_entity_id, self.taker_entity_id))
        return first, second

    def why_unusable(self, purpose: Purpose) -> str | None:
        """Why it cannot be used for something today; None where it can."""
        if self.status != AgreementStatus.ACTIVE:
            return f"The agreement {self.code} is {self.status}."
        if self.today < self.valid_from:
            return f"The agreement {self.code} begins on {self.valid_from}."
        if self.valid_until is not None and self.today > self.valid_until:
            return f"The agreement {self.code} ended on {self.valid_until}."
        if not AgreementCoverage(self.covers).allows(purpose):
            return f"The agreement {self.code} does not cover this: {purpose}."
        return None
