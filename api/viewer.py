"""Who asks, as they see themselves."""

import strawberry

from api.context import RequestContext
from api.values.ids import encode_id

_FIELD = strawberry.field


@strawberry.type(description="A role as the viewer holds it now.")
class ViewerRole:
    """One grant."""

    role: str = _FIELD(description="The role.")
    entity_ids: list[strawberry.ID] = _FIELD(description="The legal entities in which it holds.")


@strawberry.type(description="Who asks.")
class Viewer:
    """The subject of the token, with their roles."""

    subject: str = _FIELD(description="The subject of the token.")
    on_behalf_of: str | None = _FIELD(description="For whom the viewer acts.")
    roles: list[ViewerRole] = _FIELD(description="What the viewer is trusted with.")


def viewer(info: strawberry.Info[RequestContext, None]) -> Viewer:
    """The actor of the request."""
    actor = info.context.actor
    return Viewer(
        subject=actor.subject,
        on_behalf_of=actor.on_behalf_of,
        roles=[
            ViewerRole(
                role=grant.role,
                entity_ids=[strawberry.ID(encode_id("LegalEntity", each)) for each in sorted(grant.entity_ids)],
            )
            for grant in actor.grants
        ],
    )
