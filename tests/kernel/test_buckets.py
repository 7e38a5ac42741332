"""Token buckets: how much each name may have per minute."""

from kernel.buckets import Buckets


class Bench:
    """Buckets with a clock that stands still until it is moved."""

    def __init__(self, **options: int) -> None:
        self.seconds = 0.0
        self.buckets = Buckets(monotonic=lambda: self.seconds, **options)

    def wait(self, name: str = "bea", per_minute: int = 60) -> float:
        return self.buckets.wait(name, per_minute=per_minute)

    def take(self, amount: float, name: str = "bea", per_minute: int = 60) -> None:
        self.buckets.take(name, amount, per_minute=per_minute)


def test_what_a_minute_gives_may_be_had_at_once_and_fills_up_evenly() -> None:
    bench = Bench()
    for _ in range(60):
        assert bench.wait() == 0
        bench.take(1)
    assert bench.wait() == 1
    bench.seconds = 0.5
    assert bench.wait() == 0.5
    bench.seconds = 1
    assert bench.wait() == 0
    bench.take(1)
    assert bench.wait() == 1
    bench.seconds = 1000
    for _ in range(60):
        bench.take(1)
    assert bench.wait() == 1, "a bucket holds no more than a minute gives"


def test_who_takes_more_than_there_is_waits_longer() -> None:
    bench = Bench()
    bench.take(180)
    assert bench.wait() == 121
    bench.seconds = 121
    assert bench.wait() == 0


def test_names_have_buckets_of_their_own() -> None:
    bench = Bench()
    bench.take(60)
    assert (bench.wait("bea"), bench.wait("kim")) == (1, 0)


def test_no_more_buckets_are_kept_than_allowed_and_the_least_recently_used_goes_first() -> None:
    bench = Bench(kept_max=2)
    for name in ("ann", "bob", "ann", "cat"):
        bench.take(60, name)
    assert len(bench.buckets) == 2
    assert (bench.wait("ann"), bench.wait("bob"), bench.wait("cat")) == (61, 0, 1)
    for number in range(1000):
        assert bench.wait(f"stranger-{number}") == 0
    assert len(bench.buckets) == 2, "to ask is not to take"
