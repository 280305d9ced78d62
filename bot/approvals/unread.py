"""What is told of a plan that another version of Pong kept, and this one cannot read?

Its steps mean nothing here; its title, its target and its incident are known.
"""

from collections.abc import Sequence
from typing import Any

from bot import timers
from bot.approvals.approval import PREFIX_LENGTH, State
from bot.pong import Pong
from bot.slack.render.blocks import Button, with_buttons
from bot.slack.render.incident import said
from bot.store.outbox import Class
from bot.store.protocol import Row
from bot.store.records import Records
from bot.thread import Place, edit, parent_id, say


def plan_of(row: Row) -> dict[str, Any]:
    """As it is kept, with whatever stands there."""
    plan = row["facts"].get("plan")
    return plan if isinstance(plan, dict) else {}


def title_of(row: Row) -> str:
    """What people call it."""
    return str(plan_of(row).get("title") or "A plan")


def name_of(row: Row) -> str:
    """What people call it, and where it runs."""
    target = plan_of(row).get("target")
    return f"{title_of(row)} on {target}" if target else title_of(row)


def ref_of(row: Row) -> str:
    """What its buttons carry."""
    return f"{row['id']}:{row['digest'][:PREFIX_LENGTH]}"


async def tell(
    records: Records, pong: Pong, row: Row, name: str, line: str, *, buttons: Sequence[Button] = ()
) -> None:
    """Say `line` in the thread, once under this name, and leave it and `buttons` on the card."""
    place = Place(pong.lane, parent_id(row["incident_id"]))
    id = f"{place.parent_id}/plan:{row['id']}"
    if await records.outbox.is_posted(id):
        await edit(records, pong, id, with_buttons(said(line), buttons), klass=Class.URGENT)
    await say(records, pong, place, f"{name}:{row['id']}", said(line), klass=Class.URGENT)


async def take_back(records: Records, row: Row) -> None:
    """What will not run any more stands in nobody's way."""
    await records.approvals.save(row["id"], state=State.CANCELLED, facts=row["facts"])
    for kind in (timers.APPROVE_BY, timers.EXECUTE_BY, timers.GLASS):
        await records.timers.cancel_slot(row["incident_id"], kind, row["id"])
