"""What must be true of master data: every version of an object is what it was when it was written."""

from sqlalchemy import Boolean, and_, bindparam, or_, select

from authz.vocabulary import Resource
from domain.invariants.statements import Invariant, amount_columns, in_scope
from masterdata.governance.versions import broken_versions

_BROKEN = broken_versions().subquery("broken")
_CONCERNS_SCOPE = or_(
    in_scope(_BROKEN.c.entity_id), and_(_BROKEN.c.entity_id.is_(None), bindparam("everywhere", type_=Boolean()))
)

MASTERS = (
    Invariant(
        "versions_are_chained",
        "Every version of master data has the hash of what it says, and follows the one before.",
        (Resource.MASTER_VERSION,),
        select(*amount_columns(_BROKEN.c.entity_id, _BROKEN.c.object_id, 1)).where(_CONCERNS_SCOPE),
    ),
)
"""All invariants of master data."""
