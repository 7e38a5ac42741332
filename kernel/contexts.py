"""The signed context: what a statement may touch, in a form that PostgreSQL believes.

Row security asks the setting `wharfinger.context` (authz/wall/context.py). Whoever can send SQL can set a setting, so
it counts only with a signature, HMAC-SHA256, by a key that this process has, and that the database keeps where no
serving role can read it. A context names the version of the policy and the instant at which it ends: PostgreSQL refuses
a statement whose policy has been replaced, or whose time has run out.

A context for **reading** names no subject: people with the same rights share its text, and so the connections that
carry it (readers.py). A context for **commands** names who acts and in which legal entities rows may be written. It has
no partner: what an outsider sets in motion touches rows that they never see, such as the demands behind a purchase
order that they confirm. That they may is asked by `authz.access`, and what they are shown afterwards is read in their
context for reading. Only the context of a use of an agreement (masterdata/agreements) names entities whose offers may
be read, or lets rows of another entity be written.
"""

import hmac
import re
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from time import time
from uuid import UUID

UNVERSIONED = 0
"""The version of a context that no policy stands behind: the process's own, or the command line's."""
WINDOW_SECONDS = 150
"""A context ends at the window's end after the next: in 150 to 300 seconds."""
TEXTS_KEPT_MAX = 10_000

_BLOCK = 64
_INNER, _OUTER = 0x36, 0x5C
_KEY_LENGTH_MIN = 32
_LINE_OF_KEY = re.compile(r"[!-~]{32,512}")


@dataclass(frozen=True, kw_only=True)
class RowContext:
    """What the caller's statements may touch: the second wall, enforced by PostgreSQL.

    Without legal entities it reads what the group shares, and no more: that is what loading an actor needs.
    """

    entities_read: tuple[UUID, ...] = ()
    entities_write: tuple[UUID, ...] = ()
    offering: tuple[UUID, ...] = ()
    """Legal entities of which tables that are declared `offered` may be read, and nothing else. Of commands alone."""
    partner_id: UUID | None = None
    policy_version: int = UNVERSIONED
    subject: str = ""
    expires_at: datetime | None = None
    """When the rights may change by themselves, such as at the end of a grant."""

    @cached_property
    def reading(self) -> str:
        """What PostgreSQL is told of reads: partner, entities to read; nothing to write, nobody."""
        return f"{self.partner_id or ''}|{_listed(self.entities_read)}|{{}}|"

    @cached_property
    def commanding(self) -> str:
        """What PostgreSQL is told of commands."""
        author = self.subject.encode("utf-8", "surrogatepass").hex()
        offering = f"|{_listed(self.offering)}" if self.offering else ""
        return f"|{_listed(self.entities_read)}|{_listed(self.entities_write)}|{author}{offering}"


def _listed(ids: tuple[UUID, ...]) -> str:
    return "{" + ",".join(each.hex for each in ids) + "}"


SHARED = RowContext()
"""The context of the process itself."""


class ContextKeyError(ValueError):
    """A key that cannot be used; the text says why."""


@dataclass(frozen=True)
class ContextKey:
    """The secret of one installation. Two may be in force at once, so that it can be replaced while servers run."""

    secret: bytes

    def __post_init__(self) -> None:
        if len(self.secret) < _KEY_LENGTH_MIN:
            raise ContextKeyError(f"a key has {_KEY_LENGTH_MIN} characters at least.")

    @classmethod
    def parse(cls, text: str) -> "ContextKey":
        """A key as a setting or a file holds it. Raises ContextKeyError."""
        if not _LINE_OF_KEY.fullmatch(text):
            raise ContextKeyError("a key has 32 to 512 visible characters, such as `openssl rand -hex 32` makes.")
        return cls(text.encode())

    @classmethod
    def of_folder(cls, folder: Path) -> "ContextKey":
        """The key kept in a folder, made at the first call."""
        folder.mkdir(mode=0o711, parents=True, exist_ok=True)
        file = folder / "context.key"
        made = folder / f"context.key.{secrets.token_hex(8)}"
        if not file.exists():
            made.touch(mode=0o600)
            made.write_text(secrets.token_hex(32))
            try:
                # Of several processes that begin at once one makes the key.
                file.hardlink_to(made)
            except FileExistsError:
                pass
            finally:
                made.unlink()
        return cls.parse(file.read_text().strip())

    @cached_property
    def id(self) -> str:
        """By what the database finds the key."""
        return sha256(b"wharfinger context key\0" + self.secret).hexdigest()[:16]

    @property
    def inner_pad(self) -> bytes:
        """The key as the inner hash of HMAC begins with it."""
        return self._padded(_INNER)

    @property
    def outer_pad(self) -> bytes:
        """The key as the outer hash begins with it."""
        return self._padded(_OUTER)

    def _padded(self, pad: int) -> bytes:
        key = sha256(self.secret).digest() if len(self.secret) > _BLOCK else self.secret
        return bytes(byte ^ pad for byte in key.ljust(_BLOCK, b"\0"))


async def _by_nobody(_: str) -> bool:
    return False


class Signer:
    """Writes contexts that PostgreSQL believes."""

    def __init__(
        self,
        key: ContextKey,
        *,
        seconds: Callable[[], float] = time,
        remember: Callable[[str], Awaitable[bool]] = _by_nobody,
    ) -> None:
        """`seconds` is the time of PostgreSQL's clock, since 1970; `remember` has it remember a text (memory.py)."""
        self._key = key
        self._remember = remember
        self._seconds = seconds
        self._window = -1
        self._kept: dict[tuple[str, int, datetime | None], str] = {}
        self._remembered: set[str] = set()

    def reading(self, context: RowContext) -> str:
        """The text for reads: the same for all whose rights are the same, until the window ends."""
        return self._text(context, context.reading)

    def commanding(self, context: RowContext) -> str:
        """The text for commands."""
        return self._text(context, context.commanding)

    async def have_remembered(self, text: str) -> None:
        """Before it is put in force, has PostgreSQL remember a context, so that it need not verify it each time."""
        if text not in self._remembered and await self._remember(text):
            self._remembered.add(text)

    def remembered(self, text: str) -> None:
        """PostgreSQL has."""
        self._remembered.add(text)

    def _text(self, context: RowContext, told: str) -> str:
        window = int(self._seconds() // WINDOW_SECONDS)
        if window != self._window or len(self._kept) >= TEXTS_KEPT_MAX:
            self._window = window
            self._kept.clear()
            self._remembered.clear()
        wanted = told, context.policy_version, context.expires_at
        text = self._kept.get(wanted)
        if text is None:
            text = self._kept[wanted] = self._signed(context, told, window)
        return text

    def _signed(self, context: RowContext, told: str, window: int) -> str:
        ends = datetime.fromtimestamp((window + 2) * WINDOW_SECONDS, UTC)
        if context.expires_at is not None and context.expires_at < ends:
            ends = context.expires_at
        body = f"{self._key.id}|{context.policy_version}|{ends.isoformat(sep=' ')}|{told}"
        return f"{hmac.digest(self._key.secret, body.encode(), 'sha256').hex()}|{body}"
