"""Fails the run when a test takes over 2 seconds without standing in slow.toml with its reason.

Only the test itself is measured, not its fixtures. The limit holds for a test that has a core to itself. Two test
processes and the server share two cores, which doubles the time at worst; a CI machine has neighbours too, and is
allowed twice that again.
"""

import os
import tomllib
from pathlib import Path

import pytest

SECONDS_MAX = 2.0
_SHARED_CORES = 2.0
_CI_NEIGHBOURS = 2.0
_LIST = Path(__file__).with_name("slow.toml")


def listed() -> dict[str, str]:
    """The reasons of the tests that may be slow, by node id without parameters."""
    return {test["test"]: test["reason"] for test in tomllib.loads(_LIST.read_text()).get("slow", [])}


def pytest_configure(config: pytest.Config) -> None:
    """Watches in the process that began the run: it sees every report once."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(_Watch(config), "slowness")


class _Watch:
    """What was too slow."""

    def __init__(self, config: pytest.Config) -> None:
        factor = _SHARED_CORES if config.getoption("numprocesses", None) else 1.0
        self._limit = SECONDS_MAX * factor * (_CI_NEIGHBOURS if os.environ.get("CI") else 1.0)
        self._listed = listed()
        self._too_slow: dict[str, float] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remembers a slow test that nobody explained."""
        name = report.nodeid.partition("[")[0]
        if report.when == "call" and report.duration > self._limit and name not in self._listed:
            self._too_slow[report.nodeid] = report.duration

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fails the run."""
        if self._too_slow and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Says which tests, and what to do."""
        if self._too_slow:
            terminalreporter.section(f"over {self._limit:.0f} s without a reason in tests/slow.toml", red=True)
        for name, seconds in sorted(self._too_slow.items()):
            terminalreporter.line(f"{seconds:6.1f} s  {name}")
