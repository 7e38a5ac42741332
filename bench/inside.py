"""A look inside the measured server: functions run there, in a thread of their own, and their results come back here.

For trials that want to know more than rates: what the caches hold, which lines the processor time goes to.
"""

import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from types import FrameType
from typing import Any, TypeVar

from bench.processes import SPAWNED, Serve
from bench.server import serve_ours

T = TypeVar("T")

SAMPLE_SECONDS = 0.002  # of processor time


@dataclass(frozen=True)
class Inside:
    """The way into the server."""

    serve: Serve
    """What `running_stage` is to start."""
    pipe: Connection

    def run(self, function: Callable[[], T]) -> T:
        """Runs a function in the server, beside the requests: one that can be pickled."""
        self.pipe.send(function)
        result: T = self.pipe.recv()
        return result


@contextmanager
def way_inside() -> Iterator[Inside]:
    """Opens the way; the server that is started by it must end first."""
    ours, theirs = SPAWNED.Pipe()
    with ours, theirs:
        yield Inside(partial(_serve_observed, theirs), ours)


def _serve_observed(pipe: Connection, port: int, *arguments: Any) -> None:
    signal.signal(signal.SIGPROF, _take_sample)
    threading.Thread(target=_answer, args=(pipe,), daemon=True).start()
    serve_ours(port, *arguments)


def _answer(pipe: Connection) -> None:
    while True:
        try:
            function = pipe.recv()
        except EOFError:
            return
        pipe.send(function())


Stack = tuple[str, ...]
"""The lines of a stack, the outermost first."""

_samples: Counter[Stack] = Counter()


def begin_sampling() -> None:
    """Looks at the main thread's stack after every so much processor time: waiting for the processor does not count."""
    _samples.clear()
    signal.setitimer(signal.ITIMER_PROF, SAMPLE_SECONDS, SAMPLE_SECONDS)


def end_sampling() -> Counter[Stack]:
    """The stacks that were seen."""
    signal.setitimer(signal.ITIMER_PROF, 0)
    return _samples


def _take_sample(_signal: int, frame: FrameType | None) -> None:
    lines = []
    while frame is not None:
        code = frame.f_code
        lines.append(f"{sys.intern(code.co_filename)}:{frame.f_lineno} {code.co_name}")
        frame = frame.f_back
    _samples[tuple(reversed(lines))] += 1
