"""The statement that our server runs for a question: recorded inside it, so that trials run what it truly runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg

from bench.extent import Extent
from bench.inside import way_inside
from bench.load import answers_of
from bench.reads.questions import Question, Reader
from bench.reads.workloads import Ask
from bench.reads.world import ReadsWorld, build_reads_world
from bench.server import Stage, running_stage
from wharfinger.ground import Say


@dataclass(frozen=True)
class Statement:
    """Text and arguments, as they went to the driver."""

    text: str
    arguments: tuple[Any, ...]


@dataclass(frozen=True)
class Recorder:
    """Knows the server's statements for questions."""

    stage: Stage[ReadsWorld]
    inside: Any

    def statements(self, ask: Ask, count: int, *, subject: str = "reader-of-one") -> list[Statement]:
        """The statements of the first questions of a kind."""
        questions = list(ask(Reader(self.stage, subject)))[:count]
        return [self._statement(each) for each in questions]

    def _statement(self, question: Question) -> Statement:
        answers = answers_of(self.stage.server, [question.ours])
        found: list[Statement] = self.inside.run(take_statements)
        assert found, answers
        return found[-1]


@contextmanager
def recording(extent: Extent, say: Say) -> Iterator[Recorder]:
    """A world to read, and a server whose statements are recorded."""
    with (
        way_inside() as inside,
        running_stage(lambda urls: build_reads_world(urls, extent), say, serve=inside.serve) as stage,
    ):
        inside.run(record_statements)
        yield Recorder(stage, inside)


_recorded: list[Statement] = []


def record_statements() -> None:
    """From now on; to be run in the server."""
    fetch = asyncpg.Connection.fetch

    async def recorded(connection: Any, text: str, *arguments: Any, **options: Any) -> Any:
        _recorded.append(Statement(text, arguments))
        return await fetch(connection, text, *arguments, **options)

    asyncpg.Connection.fetch = recorded  # type: ignore[method-assign,assignment]


def take_statements() -> list[Statement]:
    """What was recorded since; to be run in the server."""
    taken = list(_recorded)
    _recorded.clear()
    return taken
