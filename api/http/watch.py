"""Watching over what stays open: a WebSocket or a stream outlives tokens, keys, delegations and grants.

It is looked at again when one of them ends, and once a minute besides: a key that was revoked, or the last role that
was withdrawn, closes it too, whether or not anything happens on it.
"""

import asyncio

from api.context import RequestContext
from api.faults import RequestRefused, unexpected

RECHECK_SECONDS_MAX = 60.0
RECHECK_SECONDS_MIN = 1.0
_TURNED_AWAY = frozenset({401, 403})


async def until_refused(context: RequestContext) -> RequestRefused:
    """Why the actor is no longer served, once that is so.

    What cannot be judged, because the database is away for example, is looked at again.
    """
    while True:
        before = context.actor
        await asyncio.sleep(_pause(context))
        try:
            await context.identify()
        except RequestRefused as refused:
            if refused.status in _TURNED_AWAY:
                return refused
        except Exception as error:  # whoever is served goes on to be, until it is known that they must not
            unexpected(error, context.request_id)
        else:
            if before.grants and not context.actor.grants:
                return RequestRefused(403, "FORBIDDEN", "You have no role any more.")


def _pause(context: RequestContext) -> float:
    edge = context.identity.good_until
    if edge is None:
        return RECHECK_SECONDS_MAX
    left = (edge - context.clock()).total_seconds()
    return min(max(left, RECHECK_SECONDS_MIN), RECHECK_SECONDS_MAX)
