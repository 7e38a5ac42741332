"""The people of the demo group: one for every role, so that everything can be tried as whoever does it.

Most have their role on the group: they act at once in a company that joins it later, by an import for example.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from authz.model import DomainKind
from authz.vocabulary import Role
from masterdata.governance.submit import ProposedChange
from masterdata.governance.values import named
from wharfinger.demo.companies import COMPANIES
from wharfinger.demo.parties import CARRIER
from wharfinger.demo.proposals import proposed

_SINCE = "2025-01-01T00:00:00Z"


@dataclass(frozen=True)
class Persona:
    """Somebody with a role: in the named companies, or in the whole group. `partner` is (noun, code)."""

    subject: str
    role: Role
    companies: tuple[str, ...] = ()
    partner: tuple[str, str] | None = None


_EVERY = tuple(company.code for company in COMPANIES)

PERSONAS = (
    Persona("ada.admin", Role.GROUP_ADMIN),
    Persona("emil.entity", Role.ENTITY_ADMIN, ("DE",)),
    Persona("ida.items", Role.STEWARD_ITEM),
    Persona("sam.suppliers", Role.STEWARD_SUPPLIER),
    Persona("cora.customers", Role.STEWARD_CUSTOMER),
    Persona("leo.locations", Role.STEWARD_LOCATION),
    Persona("pia.prices", Role.STEWARD_PRICE),
    Persona("paul.policies", Role.STEWARD_POLICY),
    Persona("frida.finance", Role.STEWARD_FINANCE),
    Persona("bea.buyer", Role.BUYER),
    Persona("aron.approver", Role.PROCUREMENT_APPROVER),
    Persona("pablo.planner", Role.PLANNER),
    Persona("cleo.service", Role.CUSTOMER_SERVICE),
    Persona("dora.service", Role.CUSTOMER_SERVICE, ("DE",)),
    Persona("sara.sales", Role.SALES_MANAGER),
    Persona("carl.credit", Role.CREDIT_CONTROLLER),
    Persona("wim.warehouse", Role.WAREHOUSE),
    Persona("finn.finance", Role.FINANCE),
    Persona("otto.auditor", Role.AUDITOR),
    Persona("suzy.supplier", Role.SUPPLIER_USER, _EVERY, ("supplier", "S-100")),
    Persona("cai.carrier", Role.CARRIER, _EVERY, ("supplier", CARRIER)),
    Persona("ivo.integration", Role.INTEGRATION_OPERATOR),
    Persona("shop.machine", Role.PARTNER_MACHINE, ("US",), ("customer", "C-100")),
)


def propose_grants() -> Iterator[ProposedChange]:
    """What each persona may do."""
    for persona in PERSONAS:
        partner = named(persona.partner[1], persona.partner[0]) if persona.partner else None
        for company in persona.companies or (None,):
            yield proposed(
                "role_grant",
                f"{persona.subject}/{company or 'group'}",
                subject=persona.subject,
                role=str(persona.role),
                domain_kind=str(DomainKind.ENTITY if company else DomainKind.GROUP),
                entity=named(company) if company else None,
                partner=partner,
                valid_from=_SINCE,
            )
