"""Runs examples in a copy of their folder, signed in as somebody of the demo group."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from tests.api.serving import Office
from tests.architecture.sources import ROOT
from tests.node.running import Ended, run_node


@dataclass(frozen=True)
class Frontend:
    """A copy of examples/frontend, and the server that it speaks to."""

    folder: Path
    house: Office

    @classmethod
    def copied(cls, examples: Path, place: Path, house: Office) -> "Frontend":
        """Copies the examples; packages and schema are found where they are beside the original."""
        (place / "node_modules").symlink_to(ROOT / "node_modules")
        (place / "api").symlink_to(ROOT / "api")
        return cls(shutil.copytree(examples, place / "examples" / "frontend"), house)

    async def run(self, program: str, *arguments: str, as_person: str = "cleo.service", **variables: str) -> Any:
        """What a program printed as JSON; it must end well."""
        ended = await self.attempt(program, *arguments, as_person=as_person, **variables)
        assert ended.code == 0, ended.complained
        return orjson.loads(ended.said)

    async def attempt(self, program: str, *arguments: str, as_person: str = "cleo.service", **variables: str) -> Ended:
        """How a program ended, well or not."""
        signed_in = {"WHARFINGER_TOKEN": self.house.issuer.token(as_person)}
        return await run_node(
            self.folder / program,
            *arguments,
            folder=self.folder / Path(program).parent,
            WHARFINGER_URL=f"http://{self.house.address}/graphql",
            **{**signed_in, **variables},
        )

    async def tool(self, folder: str, program: str, *arguments: str) -> str:
        """What a package's program said when it ran in a folder of the examples; it must end well."""
        ended = await run_node(ROOT / "node_modules" / program, *arguments, folder=self.folder / folder)
        assert ended.code == 0, ended.said + ended.complained
        return ended.said
