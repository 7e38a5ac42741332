"""One query asked twice: of the compiler, as a request would, and of the plain side."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import orjson
from graphql import parse

from tests.api.reads.world import Request
from tests.oracle.agreement import difference
from tests.oracle.house import House, Reader
from tests.oracle.known import Known
from tests.oracle.ordering import Cursors
from tests.oracle.plain import Plain


@dataclass(frozen=True)
class Oracle:
    """Asks both sides of a house."""

    house: House
    plain: dict[str, Plain] = field(default_factory=dict)

    @cached_property
    def known(self) -> Known:
        """What queries are made of."""
        return Known(self.house)

    async def difference(self, text: str, variables: Mapping[str, Any], reader: Reader, cursors: Cursors) -> str | None:
        """Where the two answers differ, in words; None if they are one."""
        plain = self.plain.setdefault(reader.name, Plain(self.house, reader))
        expected = plain.answer(parse(text), variables, cursors)
        request = Request(self.house.engine, reader.policy, carried=reader.carried)
        answer = await self.house.schema.execute(text, variable_values=dict(variables), context_value=request)
        failed = sorted(map(str, (error.path for error in answer.errors or ())))
        if failed != sorted(map(str, (error.path for error in expected.errors or ()))):
            return f"errors: {answer.errors}, not {expected.errors}"
        sent = orjson.dumps(answer.data)
        try:
            return difference(orjson.loads(sent), expected.data, cursors)
        except orjson.JSONDecodeError as error:
            return f"{error}: {sent[max(0, error.pos - 100) : error.pos + 100]!r}"
