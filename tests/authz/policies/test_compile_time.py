"""Compiling grows no faster than the policy and the grants; a decision costs the same however large they are."""

from math import log

from bench.trials.compile_policy import measure

EXPONENT_MAX = 1.3
"""Linear, and some room for what caches of the processor do."""


def exponent(small: float, large: float, factor: int) -> float:
    """How the cost grows: 1 is in step, 2 is with the square."""
    return log(large / small) / log(factor)


def test_it_grows_in_step_with_the_rules() -> None:
    small, large = measure(2_500, 400, repeats=5), measure(10_000, 400, repeats=5)
    assert exponent(small.compile, large.compile, 4) < EXPONENT_MAX
    assert exponent(small.index, large.index, 4) < EXPONENT_MAX
    assert large.decide < 3 * small.decide


def test_it_grows_in_step_with_the_grants() -> None:
    small, large = measure(2_000, 1_250, repeats=5), measure(2_000, 5_000, repeats=5)
    assert exponent(small.compile, large.compile, 4) < EXPONENT_MAX
    assert large.decide < 3 * small.decide
