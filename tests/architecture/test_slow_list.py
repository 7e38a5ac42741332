"""Every test that may be slow exists, and says why."""

import pytest

from tests.architecture.sources import ROOT
from tests.slowness import listed


@pytest.mark.parametrize(("test", "reason"), listed().items())
def test_a_slow_test_exists_and_has_a_reason(test: str, reason: str) -> None:
    file, _, name = test.partition("::")
    assert f"def {name.rpartition('::')[2]}(" in (ROOT / file).read_text()
    assert len(reason) > 20
