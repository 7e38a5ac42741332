"""A share of `make memory`: documents that never come again leave nothing behind but caches at their bounds.

The caches have a twentieth of their size here, so that a thousand documents fill them.
"""

from bench.memory.growth import measure_growth

GROWTH_MEGABYTES_MAX = 5
"""A document of these kept whole holds 15 kB and more: a thousand that stay would show three times over."""


def test_memory_does_not_grow_with_documents() -> None:
    growth = measure_growth(2_000, print, clients=4, tightened=20)
    for name, fill in growth.end.server.caches.items():
        assert fill.size_max is not None, name
        assert fill.size <= fill.size_max, name
    assert growth.megabytes < GROWTH_MEGABYTES_MAX
