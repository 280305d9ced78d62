"""`/redis help [verb]`, and whatever else was typed that is no verb: what can be asked here, and how?"""

from difflib import get_close_matches

from bot.people import Role
from bot.pong import Pong
from bot.request import Request, Verb, Work
from bot.slack.render.incident import said
from bot.store.outbox import Class
from bot.store.records import Records
from bot.text import outside
from bot.thread import say
from bot.where import place_of

_WHO = {
    Role.VIEWER: "whoever may see this channel",
    Role.RESPONDER: "responders",
    Role.APPROVER: "approvers",
}


async def run(request: Request, pong: Pong) -> Work:
    verb = pong.verbs.get(request.words[0].lower()) if request.words else None
    lines = (
        _own(verb) if verb and verb.command else [*_unknown(request, verb, pong), *_listing(request, pong)]
    )

    async def answer(records: Records) -> None:
        place, _ = await place_of(records, pong, request)
        text = "\n".join(lines)
        await say(records, pong, place, f"answer:{request.id}", said(text), klass=Class.DIGEST)

    return answer


def _own(verb: Verb) -> list[str]:
    """One verb's own help."""
    lines = [f"Write it as `{verb.usage}`: {verb.explains}."]
    if verb.also:
        lines.append(f"Also as `{_typed(verb, verb.also)}`, for an application or a database too.")
    return [*lines, f"For example `{verb.example}`. Who may: {_WHO[verb.role]}."]


def _unknown(request: Request, verb: Verb | None, pong: Pong) -> list[str]:
    typed = request.words[0].lower() if request.words else "help"
    if typed == "help":
        return []
    if verb:
        return [f"Words never {verb.name.replace('_', ' ')}: only its button in the thread does. There is:"]
    near = get_close_matches(
        typed, [name for name, verb in pong.verbs.items() if verb.command], n=1, cutoff=0.6
    )
    hint = f" Did you mean {near[0]}?" if near else ""
    return [f'There is no "{outside(typed, 40)}".{hint} There is:']


def _typed(verb: Verb, command: str) -> str:
    """How it is written under `command`."""
    is_other = command != "" and command == verb.also
    return verb.usage.replace(verb.command or "", command, 1) if is_other else verb.usage


def _listing(request: Request, pong: Pong) -> list[str]:
    command = request.ref if request.via == "command" else ""
    verbs = [
        verb for verb in pong.verbs.values() if verb.command and command in ("", verb.command, verb.also)
    ]
    lines = [f"`{_typed(verb, command)}`  {verb.explains}" for verb in verbs]
    lines.append("`help` after any of them says more, with an example.")
    return [*lines, "In a thread Slack allows no slash commands: write the same words after @pong."]


VERB = Verb(
    name="help",
    role=Role.VIEWER,
    run=run,
    command="/redis",
    usage="/redis help [verb]",
    example="/redis help triage",
    explains="this list, or how to write one of it",
)
