"""Locations and lanes under governance."""

from collections.abc import Mapping
from typing import Any

from authz.vocabulary import Action, Resource
from masterdata.checks import among, at_least, code, lead_time
from masterdata.locations.kinds import VIRTUAL_KINDS, LocationKind
from masterdata.locations.model import Lane, Location
from masterdata.noun import Noun, Right, fixed, plain, reference

_OWN_SITES = (LocationKind.SITE, LocationKind.IN_TRANSIT, LocationKind.QUARANTINE)
"""Kinds whose places are sites of their own."""


def _site_fits_kind(row: Mapping[str, Any]) -> str | None:
    kind, site_id = row["kind"], row["site_id"]
    if kind in VIRTUAL_KINDS:
        return None if site_id is None else f"site: a place of kind {kind} belongs to no site"
    if kind in _OWN_SITES:
        return None if site_id == row["id"] else f"site: the site of a place of kind {kind} is the place itself"
    if site_id is None or site_id == row["id"]:
        return f"site: a {kind} must name the site that it belongs to"
    return None


def _between_two_sites(row: Mapping[str, Any]) -> str | None:
    return "to_site: a lane leads to another site" if row["from_site_id"] == row["to_site_id"] else None


LOCATION = Noun(
    name="location",
    model=Location,
    right=Right(Resource.LOCATION, Action.AMEND),
    key=("code",),
    fields=(
        plain("code", code),
        plain("name"),
        fixed(plain("kind", among(LocationKind))),
        reference("parent", "location"),
        fixed(reference("site", "location")),
        plain("priority", at_least(0)),
    ),
    checks=(_site_fits_kind,),
)

LANE = Noun(
    name="lane",
    model=Lane,
    right=Right(Resource.LOCATION, Action.AMEND),
    key=("from_site_id", "to_site_id"),
    fields=(
        reference("from_site", "location"),
        reference("to_site", "location"),
        plain("lead_time_days", *lead_time),
        plain("cost_per_unit", at_least(0)),
    ),
    checks=(_between_two_sites,),
)
