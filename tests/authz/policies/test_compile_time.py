"""Compiling grows no faster than the policy and the grants; a decision costs the same however large they are."""

from math import log

from bench.trials.compile_policy import measure

EXPONENT_MAX = 1.3
"""Linear, and some room for what caches of the processor do."""
FACTOR = 16
"""How much larger the large ones are: far enough apart that a busy machine does not bend the line."""


def exponent(small: float, large: float, factor: int) -> float:
    """How the cost grows: 1 is in step, 2 is with the square."""
    return log(large / small) / log(factor)


def test_it_grows_in_step_with_the_rules() -> None:
    small, large = measure(625, 400, repeats=7), measure(10_000, 400, repeats=7)
    assert exponent(small.compile, large.compile, FACTOR) < EXPONENT_MAX
    assert exponent(small.index, large.index, FACTOR) < EXPONENT_MAX
    assert large.decide < 3 * small.decide


def test_it_grows_in_step_with_the_grants() -> None:
    small, large = measure(2_000, 320, repeats=7), measure(2_000, 5_120, repeats=7)
    assert exponent(small.compile, large.compile, FACTOR) < EXPONENT_MAX
    assert large.decide < 3 * small.decide
