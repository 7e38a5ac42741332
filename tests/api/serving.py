"""An API served on a free port of this machine, with people who call it."""

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import State

from api.app import create_app
from api.context import Parts
from api.http.persisted import PersistedDocuments
from api.identity import Identities
from api.operations.execution import CompiledSchema
from api.rates import Rates
from api.schema import REGISTRY, RESOURCES
from authz.directory import GrantedDirectory
from authz.identity.attempts import Attempts
from authz.identity.development import DevelopmentIssuer
from authz.identity.keys import GivenKeys
from authz.identity.tokens import TokenVerifier
from authz.model import RoleGrant
from authz.policies.source import PolicySource
from authz.vocabulary import Role
from kernel.db import Database
from kernel.ids import new_id
from kernel.operation import Operations
from kernel.statements import insert
from kernel.writers import Writers
from masterdata.governance.engine import Activation
from masterdata.registry import NOUNS
from tests.api.office import StoppedClock
from tests.databases import writing
from wharfinger.server import KEEP_ALIVE_SECONDS
from wharfinger.worker import Worker

ISSUER, AUDIENCE = "https://id.example", "wharfinger"
ORIGIN = "https://console.example"


@dataclass
class Office:
    """The served API with its people."""

    address: str
    issuer: DevelopmentIssuer
    clock: StoppedClock
    parts: Parts
    activation: Writers
    client: httpx.AsyncClient
    routes: Sequence[Any]
    state: State

    @property
    def database(self) -> Database:
        return self.parts.database

    async def hire(self, role: Role, entity_id: UUID | None) -> str:
        """Somebody new with a role, by their token."""
        subject = f"{role}-{new_id()}"
        grant = {
            "id": new_id(),
            "subject": subject,
            "role": role,
            "domain_kind": "entity" if entity_id else "group",
            "entity_id": entity_id,
            "partner_id": None,
            "valid_from": self.clock.now,
            "valid_until": None,
        }
        async with writing(self.activation) as driver:
            await insert(driver, RoleGrant, [grant])
        return self.issuer.token(subject)

    async def post(self, token: str | None, body: Any, **headers: str) -> httpx.Response:
        """Sends a body as it is, or as JSON."""
        given = {"authorization": f"Bearer {token}"} if token else {}
        if isinstance(body, bytes):
            return await self.client.post(
                "/graphql", content=body, headers={"content-type": "application/json", **given, **headers}
            )
        return await self.client.post("/graphql", json=body, headers={**given, **headers})

    async def ask(self, token: str, query: str, **variables: Any) -> Any:
        """The data of a query that must succeed."""
        answer = await self.post(token, {"query": query, "variables": variables})
        assert answer.status_code == 200, answer.text
        document = answer.json()
        assert "errors" not in document, document
        return document["data"]


@asynccontextmanager
async def serving(
    schema: CompiledSchema,
    database: Database,
    activation: Writers,
    folder: Path,
    *,
    rates: Rates | None = None,
) -> AsyncIterator[Office]:
    """Serves the schema, with a token issuer whose key is kept in `folder`."""
    clock = StoppedClock()
    issuer = DevelopmentIssuer.open(
        folder, issuer=ISSUER, audience=AUDIENCE, host="127.0.0.1", permitted=True, clock=clock
    )
    identities = identities_of(database, issuer, clock)
    async with Worker(database.worker, clock=clock, identities=identities).running() as worker:
        parts = Parts(
            database=database,
            operations=Operations(database.app, readers=database.readers, clock=clock, committed=worker.wake),
            activation=Activation(activation, NOUNS, readers=database.readers, clock=clock, committed=worker.wake),
            hub=worker.hub,
            identities=identities,
            clock=clock,
            registry=REGISTRY,
            resources=RESOURCES,
            rates=rates or Rates(),
        )
        app = create_app(schema, parts, origins=[ORIGIN])
        async with _listening(app) as (host, client):
            yield Office(host, issuer, clock, parts, activation, client, app.routes, app.state)


@asynccontextmanager
async def another_door(
    house: Office, schema: CompiledSchema, documents: PersistedDocuments | None = None
) -> AsyncIterator[Office]:
    """The same house, entered by rules of its own."""
    app = create_app(schema, house.parts, documents=documents, origins=[ORIGIN])
    async with _listening(app) as (host, client):
        yield replace(house, address=host, client=client, routes=app.routes)


@asynccontextmanager
async def at_another_door(
    house: Office, schema: CompiledSchema, *, rates: Rates | None = None, attempts: Attempts | None = None
) -> AsyncIterator[Office]:
    """The same house, by a door at which nobody has been yet: nothing is remembered, nothing spent."""
    identities = identities_of(house.database, house.issuer, house.clock, attempts)
    parts = replace(house.parts, identities=identities, rates=rates or Rates())
    async with another_door(replace(house, parts=parts), schema) as office:
        yield office


def identities_of(
    database: Database, issuer: DevelopmentIssuer, clock: StoppedClock, attempts: Attempts | None = None
) -> Identities:
    """Knows the people of an issuer."""
    verifier = TokenVerifier(issuer=ISSUER, audience=AUDIENCE, keys=GivenKeys(issuer.public_keys), clock=clock)
    directory = GrantedDirectory(database, PolicySource())
    return Identities(verifier=verifier, directory=directory, clock=clock, attempts=attempts)


@asynccontextmanager
async def _listening(app: Starlette) -> AsyncIterator[tuple[str, httpx.AsyncClient]]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        # Whoever calls before the server has started waits for it.
        listener.listen()
        host = f"127.0.0.1:{listener.getsockname()[1]}"
        # A connection that rests is closed by the client alone: a server that is as quick would meet its next request.
        config = uvicorn.Config(
            app, lifespan="off", log_level="warning", ws="websockets-sansio", timeout_keep_alive=KEEP_ALIVE_SECONDS
        )
        server = uvicorn.Server(config)
        running = asyncio.create_task(server.serve(sockets=[listener]))
        limits = httpx.Limits(max_connections=None)
        async with httpx.AsyncClient(base_url=f"http://{host}", timeout=60, limits=limits) as client:
            yield host, client
        server.should_exit = True
        await running
