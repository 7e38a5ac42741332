"""`wharfinger check`: every invariant of the books, proved against the rows."""

import asyncio

import typer
from rich.console import Console

from domain.invariants.prove import Proof, prove_invariants
from kernel.roles import connect
from kernel.settings import DatabaseUrls, Settings
from wharfinger.commands.ending import told_plainly
from wharfinger.ground import database_ground

_VIOLATED = 1


def check() -> None:
    """Prove the invariants of all legal entities. Ends with 0 when all hold, 1 when one does not."""
    console = Console(soft_wrap=True, highlight=False)
    with told_plainly(console), database_ground(Settings.from_environment(), console.print) as urls:
        proofs = asyncio.run(_prove(urls))
        for proof in proofs:
            _tell(console, proof)
        if not all(proof.holds for proof in proofs):
            raise typer.Exit(_VIOLATED)
        console.print(f"All {len(proofs)} invariants hold.", style="green")


async def _prove(urls: DatabaseUrls) -> list[Proof]:
    driver = await connect(urls.worker)
    try:
        return await prove_invariants(driver, None)
    finally:
        await driver.close()


def _tell(console: Console, proof: Proof) -> None:
    if proof.holds:
        console.print(f"holds     {proof.name}: {proof.description}")
        return
    console.print(f"VIOLATED  {proof.name}: {proof.description} In {proof.violations} places:", style="red")
    for example in proof.examples:
        place = f" at {example.place_id}" if example.place_id else ""
        console.print(
            f"          {example.subject_id}{place} of entity {example.entity_id}: "
            f"kept {example.counted:f}, proved {example.proved:f}"
        )
