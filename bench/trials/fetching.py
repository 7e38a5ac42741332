"""Work of a trial: recorded statements, one after the other, on one connection."""

from collections.abc import Sequence

from bench.trials.effort import Driver, Variant
from bench.trials.recorded import Statement


class Fetching:
    """One statement for each piece of work; its one text is what the server would send."""

    def __init__(self, driver: Driver, statements: Sequence[Statement]) -> None:
        self.driver = driver
        self._statements = statements

    async def __call__(self, number: int) -> bytes:
        """Runs the statement with that number."""
        statement = self._statements[number % len(self._statements)]
        text: str = await self.driver.fetchval(statement.text, *statement.arguments)
        return text.encode()

    def variant(self) -> Variant:
        """For a comparison."""
        return Variant(self, self.driver.get_server_pid())
