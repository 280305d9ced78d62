"""The button "Raw": all figures of a triage as a JSON file in the thread, for machines and for support."""

import json

from bot.clock import iso
from bot.people import Role
from bot.pong import Pong
from bot.request import Request, Verb, Work
from bot.slack.render.blocks import Message, mention, section
from bot.store.records import Records
from bot.text import outside
from bot.where import place_of
from commands.redis.kept import the_triage


async def run(request: Request, pong: Pong) -> Work:
    async def answer(records: Records) -> None:
        kept = await the_triage(records, request.ref)
        place, _ = await place_of(records, pong, request)
        target, at = kept["facts"]["target"], iso(kept["at_ms"])
        line = f"🧾 The figures of {outside(target)}, measured {at}, for {mention(request.user)}: {{file}}"
        name = f"triage-{target}-{at}.json".replace(":", "")
        content = json.dumps(kept["facts"], indent=2, ensure_ascii=False)
        payload = Message(line, (section(line),)).payload()
        await records.outbox.post(
            f"answer:{request.id}",
            payload | {"file": {"filename": name, "content": content, "title": name}},
            lane=place.lane,
            parent_id=place.parent_id,
            at_ms=pong.clock.now_ms(),
        )

    return answer


VERB = Verb(name="raw", role=Role.VIEWER, run=run)
