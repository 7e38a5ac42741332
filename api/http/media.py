"""Media types: which form of answer a client can read best, by its Accept header (RFC 9110, section 12.5.1).

Each kind of answer has the quality of the most specific range that names it; the greatest quality wins, then the more
specific range. JSON has two names: `application/graphql-response+json`, whose status codes mean something, and the
older `application/json`, which is what `*/*` gets because every client understands it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

JSON = "application/json"
GRAPHQL_JSON = "application/graphql-response+json"
EVENT_STREAM = "text/event-stream"
HTML = "text/html"
_RANGES_MAX = 32
_KNOWN_MAX, _KNOWN_LENGTH_MAX = 256, 256
_ANYTHING, _NAMED = 0, 2

Rank = tuple[float, int]
"""The quality of a type, and how closely the client names it: wholly (2), as `application/*` (1), as `*/*` (0)."""


@dataclass(frozen=True)
class MediaType:
    """A media type, or a range of them, with its parameters."""

    type: str
    parameters: Mapping[str, str] = field(default_factory=dict)

    @property
    def quality(self) -> float:
        """How much it is wanted, from 0 to 1; what is no number is not wanted."""
        try:
            return min(max(float(self.parameters.get("q", "1")), 0.0), 1.0)
        except ValueError:
            return 0.0

    def closeness(self, wanted: str) -> int | None:
        """How closely this range names a type; None if it does not."""
        if self.type == wanted:
            return _NAMED
        if self.type == wanted.partition("/")[0] + "/*":
            return 1
        return _ANYTHING if self.type == "*/*" else None


@dataclass(frozen=True)
class Acceptable:
    """What a client can read."""

    json: str | None
    """The name under which it wants JSON; None if it cannot read any."""
    event_stream: bool
    """Whether it names streams of events: one that only takes anything does not expect an answer without an end."""
    only_stream: bool
    """Whether it names no JSON beside them. One that does gets JSON for what is no subscription, wherever JSON stands
    in its list: common clients put streams into every request."""

    @property
    def answer_type(self) -> str:
        """How an answer of JSON is named; for a reader of streams it is the one whose status says what went wrong."""
        return GRAPHQL_JSON if self.json is None or self.only_stream else self.json


def parse_media_type(text: str) -> MediaType:
    """A media type with its parameters; what cannot be understood names nothing."""
    name, *parameters = text.split(";")
    pairs = (parameter.partition("=") for parameter in parameters)
    named = {key.strip().lower(): value.strip().strip('"') for key, _, value in pairs}
    return MediaType(name.strip().lower(), named)


def acceptable(accept: str) -> Acceptable:
    """What a client can read by its Accept header; without one it takes anything."""
    return _known(accept) if len(accept) <= _KNOWN_LENGTH_MAX else _judged(accept)


def _judged(accept: str) -> Acceptable:
    ranges = _ranges(accept) or [MediaType("*/*")]
    older, newer = _rank(ranges, JSON), _rank(ranges, GRAPHQL_JSON)
    stream = _rank(ranges, EVENT_STREAM)
    json = max((rank for rank in (older, newer) if rank), default=None)
    wants_newer = newer is not None and (older is None or newer > older or (newer == older and newer[1] == _NAMED))
    streams = stream is not None and stream[1] > _ANYTHING
    return Acceptable(
        json=None if json is None else GRAPHQL_JSON if wants_newer else JSON,
        event_stream=streams,
        only_stream=streams and (json is None or json[1] == _ANYTHING),
    )


_known = lru_cache(_KNOWN_MAX)(_judged)


def prefers_html(accept: str) -> bool:
    """Whether it is a browser that goes to a page: it names HTML, and wants JSON less."""
    ranges = _ranges(accept)
    html = _rank(ranges, HTML)
    json = max((rank for name in (JSON, GRAPHQL_JSON) if (rank := _rank(ranges, name))), default=None)
    return html is not None and html[1] == _NAMED and (json is None or html > json)


def _ranges(accept: str) -> list[MediaType]:
    return [parse_media_type(text) for text in accept.split(",", _RANGES_MAX)[:_RANGES_MAX] if text.strip()]


def _rank(ranges: list[MediaType], wanted: str) -> Rank | None:
    """The rank of a type; None if the client does not take it."""
    naming = [(closeness, each.quality) for each in ranges if (closeness := each.closeness(wanted)) is not None]
    if not naming:
        return None
    closeness, quality = max(naming)
    return (quality, closeness) if quality > 0 else None
