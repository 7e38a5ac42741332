"""The reads of the table: Q1 to Q4 beside SQL by hand; Q2 also for readers of several entities."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import cycle, islice
from typing import Any

import orjson

from bench.client import Failed
from bench.load import Load, Requests, answers_of
from bench.processes import Serve, running_server
from bench.reads.by_hand import serve_by_hand
from bench.reads.plain_strawberry import serve_plain_strawberry
from bench.reads.questions import (
    Question,
    Reader,
    item_questions,
    order_questions,
    orders_questions,
    plain_orders_questions,
    stock_questions,
)
from bench.reads.world import ReadsWorld, build_reads_world
from bench.server import Stage
from bench.workload import Sides, Suite, Workload

CHECKED = 10
_STRIDE = 61
"""How far apart the clients begin in the stream of questions."""

_SHOWN = 120
"""How many characters around a difference are shown."""

Ask = Callable[[Reader], Iterator[Question]]


@contextmanager
def _sides(
    stage: Stage[ReadsWorld], *, ask: Ask, root: str, subject: str = "reader-of-one", other: Serve = serve_by_hand
) -> Iterator[Sides]:
    questions = list(ask(Reader(stage, subject)))
    mine, theirs = [each.ours for each in questions], [each.other for each in questions]
    with running_server(other, stage.urls.migrate, core=stage.core) as server:

        def check() -> None:
            ours = [_root(answer, root) for answer in answers_of(stage.server, mine[:CHECKED])]
            _assert_same(ours, [_root(answer, root) for answer in answers_of(server, theirs[:CHECKED])])

        ours = Load(stage.server, in_turn(mine), begins(b'{"data":{"%b":{' % root.encode()))
        others = Load(server, in_turn(theirs), begins(b'{"'))
        yield Sides(ours, others, check)
        others.close()
        ours.close()


def in_turn(requests: list[bytes]) -> Requests:
    """Every client goes through all of them, each from a place of its own."""
    return lambda number: islice(cycle(requests), number * _STRIDE % len(requests), None)


def begins(expected: bytes) -> Callable[[bytes], None]:
    """A check that costs next to nothing: how the answer begins."""

    def check(answer: bytes) -> None:
        if not answer.startswith(expected):
            raise Failed(answer.decode(errors="replace"))

    return check


def _root(answer: bytes, root: str) -> Any:
    """The value of the root field, whether it came as GraphQL's answer or bare."""
    document = orjson.loads(answer)
    return document["data"][root] if "data" in document else document


def _assert_same(ours: Iterable[Any], theirs: Iterable[Any]) -> None:
    """Fails unless all answers are equal, to the order of their keys."""
    for number, answers in enumerate(zip(ours, theirs, strict=True)):
        mine, other = (orjson.dumps(answer).decode() for answer in answers)
        begins = next((index for index, pair in enumerate(zip(mine, other, strict=False)) if len({*pair}) > 1), 0)
        place = slice(max(0, begins - _SHOWN), begins + _SHOWN)
        assert mine == other, f"question {number}: ours ...{mine[place]}..., theirs ...{other[place]}..."


_NESTED_PAGE = partial(_sides, ask=orders_questions, root="salesOrders")
_BY_HAND = "SQL by hand"

READS = Suite(
    build=build_reads_world,
    workloads=(
        Workload(
            key="Q1",
            name="Q1 one order, 5 lines",
            reference=_BY_HAND,
            goal=0.6,
            sides=partial(_sides, ask=order_questions, root="salesOrder"),
        ),
        Workload(
            key="Q2",
            name="Q2 nested page of 20",
            reference=_BY_HAND,
            goal=1.0,
            cpu_milliseconds_max=0.8,
            sides=_NESTED_PAGE,
        ),
        Workload(
            key="Q3",
            name="Q3 stock page of 50",
            reference=_BY_HAND,
            goal=1.0,
            sides=partial(_sides, ask=stock_questions, root="items"),
        ),
        Workload(
            key="Q4",
            name="Q4 one item by SKU",
            reference=_BY_HAND,
            goal=0.6,
            cpu_milliseconds_max=0.3,
            sides=partial(_sides, ask=item_questions, root="item"),
        ),
        Workload(
            key="Q2-three",
            name="Q2, reader of 3 entities",
            reference=_BY_HAND,
            goal=None,
            sides=partial(_NESTED_PAGE, subject="reader-of-three"),
        ),
        Workload(
            key="Q2-all",
            name="Q2, reader of all 5",
            reference=_BY_HAND,
            goal=None,
            sides=partial(_NESTED_PAGE, subject="reader-of-all"),
        ),
        Workload(
            key="Q2-plain",
            name="Q2 nested page of 20",
            reference="plain strawberry",
            goal=20,
            sides=partial(_sides, ask=plain_orders_questions, root="salesOrders", other=serve_plain_strawberry),
        ),
    ),
)
