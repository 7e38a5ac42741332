"""GraphiQL: a page for browsers to try the API on, which asks no other host for anything.

Its scripts are files of ours (docs/decisions/graphiql.md). Each is asked for by its content, so browsers may keep it
for ever; the page's Content-Security-Policy allows this server and nothing else.
"""

import os
from functools import cache
from hashlib import sha256
from pathlib import Path

from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

FOLDER = Path(__file__).parent / "assets"
_PATH = "/graphql/assets"
_STYLES = ("graphiql.css", "page.css")
_SCRIPTS = ("react.js", "react-dom.js", "graphiql.js", "page.js")
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "content-security-policy": _POLICY,
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cache-control": "no-cache",
    "vary": "Accept",
}


def graphiql_page() -> Response:
    """The page."""
    return HTMLResponse(_html(), headers=_HEADERS)


def graphiql_routes() -> list[BaseRoute]:
    """Where the page's files are."""
    return [Mount(_PATH, _KeptFiles(directory=FOLDER))]


class _KeptFiles(StaticFiles):
    """Files that never change under their address."""

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["cache-control"] = "public, max-age=31536000, immutable"
        return response


@cache
def _html() -> str:
    styles = "\n".join(f'<link rel="stylesheet" href="{_address(name)}">' for name in _STYLES)
    scripts = "\n".join(f'<script src="{_address(name)}" defer></script>' for name in _SCRIPTS)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Wharfinger</title>
<link rel="icon" href="{_address("icon.svg")}">
{styles}
{scripts}
</head>
<body><div id="graphiql">Loading ...</div><noscript>This page needs JavaScript.</noscript></body>
</html>
"""


def _address(name: str) -> str:
    return f"{_PATH}/{name}?{sha256((FOLDER / name).read_bytes()).hexdigest()[:16]}"
