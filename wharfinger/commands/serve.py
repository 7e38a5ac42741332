"""`wharfinger serve`: the database, the API and the worker, in one process."""

from rich.console import Console

from authz.identity.development import DevelopmentIssuer
from kernel.settings import Settings
from wharfinger.commands.demo import load_with_progress
from wharfinger.commands.ending import told_plainly
from wharfinger.demo.personas import PERSONAS
from wharfinger.ground import database_ground
from wharfinger.logs import configure_logs
from wharfinger.server import bind
from wharfinger.server import serve as serve_api
from wharfinger.signin import make_sign_in

_FIRST_QUERY = """curl {address}/graphql \\
  -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" \\
  -d '{{"query": "{{ viewer {{ subject }} items(first: 3) {{ nodes {{ sku name }} }} }}"}}'"""


def serve() -> None:
    """Serve the API with the worker in the same process. Ctrl-C stops it.

    Without a database address in the settings, PostgreSQL is started under the data folder. Where the development
    issuer is on, the demo group is loaded at the first start, and a token for each of its people is printed.
    """
    console = Console(soft_wrap=True, highlight=False)
    with told_plainly(console):
        settings = Settings.from_environment()
        configure_logs(settings.log_level)
        sign_in = make_sign_in(settings)
        with bind(settings) as place, database_ground(settings, console.print) as urls:
            if sign_in.development:
                load_with_progress(urls, console)
                _introduce(console, settings, sign_in.development)
            serve_api(settings, urls, sign_in, place)


def _introduce(console: Console, settings: Settings, issuer: DevelopmentIssuer) -> None:
    for persona in PERSONAS:
        console.print(f"{persona.subject:<16} {persona.role:<21} {issuer.token(persona.subject)}")
    address = f"http://{settings.host}:{settings.port}"
    console.print(f"\nWharfinger is at {address}/graphql. Sign in as one of these people, for example:\n", style="bold")
    console.print(f"TOKEN={issuer.token('cleo.service')}")
    console.print(_FIRST_QUERY.format(address=address), markup=False)
    console.print("\nCtrl-C stops the server and the database.")
