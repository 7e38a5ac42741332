"""Versions: what an object was, is and will be, each chained by its hash to the one before.

A version's hash is the SHA-256 of its words, joined by `|`: the hash before it (empty for the first), the noun, the
object's id, the number, the instants from which it holds and was recorded (UTC, with microseconds and a Z), and the
content as PostgreSQL writes jsonb. Whoever has an export can compute the chain without the database.
"""

from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    DateTime,
    Executable,
    Select,
    Text,
    Uuid,
    and_,
    bindparam,
    cast,
    exists,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, TSTZRANGE, aggregate_order_by, array

from authz.actor import Actor
from authz.vocabulary import RESTRICTABLE
from kernel.events import EventRecord
from kernel.operation import Operation
from masterdata.governance.fields import EXTERNAL_KEY
from masterdata.governance.lifecycle import FieldDecision, LineResult
from masterdata.governance.model import ChangeRequestField, ChangeRequestLine, MasterVersion
from masterdata.governance.queries.lines import OWN_LINES
from masterdata.noun import Noun

CHANGED_EVENT = "MasterDataChanged"
UTC_FORMAT = 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'
_INSTANT = DateTime(timezone=True)
_TICK: Any = literal_column("interval '1 microsecond'")


async def apply_versions(op: Operation[Actor], noun: Noun, request_id: UUID, *, valid_from: datetime) -> int:
    """Closes the versions of the objects of a noun that the request has changed, and writes the new ones.

    `valid_from` is the instant from which the new ones hold; where one that is there began later, right after that.
    """
    given = {"request": request_id, "of_noun": noun.name, "valid_from": valid_from, "instant": op.now}
    await op.write(_close(noun), given)
    return await op.write(_open(noun), given)


async def apply_version_events(op: Operation[Actor], noun: Noun, request_id: UUID) -> None:
    """Tells of every new version, with all of it that everybody may read who reads such objects."""
    given = {
        "request": request_id,
        "of_noun": noun.name,
        "instant": op.now,
        "subject": op.actor.subject,
        "acted_for": op.actor.on_behalf_of,
    }
    await op.write(_tell(noun), given)


def hash_of(previous: Any, noun: Any, object_id: Any, number: Any, *, since: Any, recorded: Any, content: Any) -> Any:
    """The hash of a version, as an expression."""
    instants = (func.to_char(func.timezone("UTC", each), UTC_FORMAT) for each in (since, recorded))
    words = (func.coalesce(previous, ""), noun, cast(object_id, Text()), cast(number, Text()), *instants)
    told = func.concat_ws("|", *words, cast(content, Text()))
    return func.encode(func.sha256(func.convert_to(told, "UTF8")), "hex")


def _touched() -> Any:
    """The objects of which the request has changed something."""
    return (
        select(ChangeRequestLine.object_id, ChangeRequestLine.entity_id)
        .where(
            OWN_LINES,
            ChangeRequestLine.noun == bindparam("of_noun", type_=Text()),
            ChangeRequestLine.result == LineResult.PENDING,
            exists(
                select(ChangeRequestField.id).where(
                    ChangeRequestField.line_id == ChangeRequestLine.id,
                    ChangeRequestField.decision == FieldDecision.ACCEPTED,
                    ChangeRequestField.column_name != EXTERNAL_KEY,
                )
            ),
        )
        .cte("touched")
    )


def _of_owner(noun: Noun, version: Any, row: Any) -> Any:
    """Versions of the same object: ids of what legal entities own are unique within each. It is a range of an index."""
    owner = row.c.entity_id if noun.is_of_an_entity else literal(UUID(int=0), Uuid())
    return and_(version.c.object_id == row.c.object_id, version.c.owner_id == owner)


@lru_cache(maxsize=256)
def _close(noun: Noun) -> Executable:
    touched = _touched()
    since = func.lower(MasterVersion.valid_during)
    ended = func.greatest(bindparam("valid_from", type_=_INSTANT), since + _TICK)
    return (
        update(MasterVersion)
        .where(_of_owner(noun, MasterVersion.__table__, touched), func.upper_inf(MasterVersion.valid_during))
        .values(valid_during=func.tstzrange(since, ended, type_=TSTZRANGE()), closed_at=bindparam("instant"))
    )


@lru_cache(maxsize=256)
def _open(noun: Noun) -> Executable:
    touched, row = _touched(), noun.table.alias("object")
    latest = _latest(noun, touched)
    whole = _content(noun, row).lateral("whole")
    same = row.c.id == touched.c.object_id
    same = and_(same, row.c.entity_id == touched.c.entity_id) if noun.is_entity_owned else same
    source = touched.join(row, same).outerjoin(latest, true()).join(whole, true())
    values = _values(noun, row, latest, whole.c.content)
    chosen = select(*values.values()).select_from(source)
    return insert(MasterVersion).from_select(list(values), chosen, include_defaults=False)


def _latest(noun: Noun, touched: Any) -> Any:
    """The version before, which was closed just now."""
    before = MasterVersion.__table__.alias("before")
    return (
        select(before.c.number, before.c.hash, before.c.content, func.upper(before.c.valid_during).label("ended"))
        .where(_of_owner(noun, before, touched))
        .order_by(before.c.number.desc())
        .limit(1)
        .lateral("latest")
    )


def _values(noun: Noun, row: Any, latest: Any, content: Any) -> dict[str, Any]:
    number = func.coalesce(latest.c.number, 0) + 1
    since = func.coalesce(latest.c.ended, bindparam("valid_from", type_=_INSTANT))
    recorded = bindparam("instant", type_=_INSTANT)
    chained = hash_of(latest.c.hash, noun.name, row.c.id, number, since=since, recorded=recorded, content=content)
    return {
        "id": func.uuidv7(),
        "entity_id": _owner(noun, row),
        "noun": literal(noun.name, Text()),
        "object_id": row.c.id,
        "number": number,
        "valid_during": func.tstzrange(since, None, type_=TSTZRANGE()),
        "recorded_at": recorded,
        "content": content,
        "changed": _difference(content, latest.c.content),
        "change_request_id": bindparam("request"),
        "previous_hash": latest.c.hash,
        "hash": chained,
    }


def _owner(noun: Noun, row: Any) -> Any:
    """The legal entity whose object it is."""
    if noun.given_by is not None:
        return row.c[noun.given_by]
    return row.c.entity_id if noun.is_entity_owned else literal(None)


def _content(noun: Noun, row: Any) -> Any:
    """The object as JSON, and its parts in it."""
    whole: Any = cast(func.to_jsonb(literal_column("object")), JSONB())
    for part in noun.parts:
        rows = part.table.alias(f"of_{part.name}")
        each = cast(func.to_jsonb(literal_column(f"of_{part.name}")), JSONB())
        listed = (
            select(func.coalesce(func.jsonb_agg(aggregate_order_by(each, rows.c[part.key])), literal_column("'[]'")))
            .where(rows.c[part.owner] == row.c.id)
            .correlate(row)
            .scalar_subquery()
        )
        whole = whole.op("||")(func.jsonb_build_object(part.name, listed))
    return select(whole.label("content"))


def _difference(after: Any, before: Any) -> Any:
    """The names under which two contents differ; all, where there was none."""
    each = func.jsonb_each(after).table_valued("key", "value").render_derived(name="each")
    names = func.array_agg(aggregate_order_by(each.c.key, each.c.key), type_=ARRAY(Text()))
    differing = and_(
        each.c.key != "version",
        cast(each.c.value, JSONB()).is_distinct_from(
            func.coalesce(before, literal_column("'{}'::jsonb")).op("->")(each.c.key)
        ),
    )
    found = select(names).select_from(each).where(differing).scalar_subquery()
    return func.coalesce(found, cast(array([], type_=Text()), ARRAY(Text())))


@lru_cache(maxsize=256)
def _tell(noun: Noun) -> Executable:
    version = MasterVersion
    kept_back = sorted({*RESTRICTABLE.get(noun.right.resource, ())})
    open_content = version.content.op("-")(cast(array(kept_back, type_=Text()), ARRAY(Text())))
    payload = func.jsonb_build_object(
        "noun", version.noun, "number", version.number, "changed", version.changed, "values", open_content,
    )  # fmt: skip
    chosen = select(
        func.uuidv7(),
        version.entity_id,
        literal(CHANGED_EVENT, Text()),
        literal(noun.model.__name__, Text()),
        version.object_id,
        bindparam("subject", type_=Text()),
        bindparam("acted_for", type_=Text()),
        payload,
        bindparam("instant", type_=_INSTANT),
    ).where(
        version.change_request_id == bindparam("request"),
        version.noun == bindparam("of_noun", type_=Text()),
        version.recorded_at == bindparam("instant", type_=_INSTANT),
    )
    names = ["id", "entity_id", "type", "subject_type", "subject_id", "actor", "on_behalf_of", "payload", "occurred_at"]
    return insert(EventRecord).from_select(names, chosen, include_defaults=False)


def broken_versions() -> "Select[UUID | None, UUID]":
    """Versions whose hash is not that of what they say, or that do not follow the one before: entity and object."""
    version, before = MasterVersion, MasterVersion.__table__.alias("before")
    computed = hash_of(
        version.previous_hash,
        version.noun,
        version.object_id,
        version.number,
        since=func.lower(version.valid_during),
        recorded=version.recorded_at,
        content=version.content,
    )
    follows = and_(
        before.c.object_id == version.object_id,
        before.c.owner_id == version.owner_id,
        before.c.number == version.number - 1,
    )
    is_lost = and_(version.number > 1, before.c.id.is_(None))
    unlinked = version.previous_hash.is_distinct_from(before.c.hash)
    return (
        select(version.entity_id, version.object_id)
        .outerjoin(before, follows)
        .where(or_(version.hash != computed, unlinked, is_lost))
    )
