"""A share of `make memory`: documents that never come again leave nothing behind but caches at their bounds.

The caches have a twentieth of their size here, so that a thousand documents fill them.
"""

from bench.memory.growth import measure_growth

GROWTH_MEGABYTES_MAX = 5
"""A document of these kept whole holds 15 kB and more: a thousand that stay would show three times over."""


NEARLY_FULL = 0.8
CACHES = (
    "api.operations.documents.Documents.kept",
    "api.reads.statements.Statements.kept",
)


def test_memory_does_not_grow_with_documents() -> None:
    growth = measure_growth(2_000, print, clients=4, tightened=20)
    fills = growth.end.server.caches
    assert all(fill.size_max is not None and fill.size <= fill.size_max for fill in fills.values()), fills
    assert all(fills[name].size > NEARLY_FULL * (fills[name].size_max or 0) for name in CACHES), fills
    assert growth.megabytes < GROWTH_MEGABYTES_MAX
