"""`help [verb]` after either command, and whatever else was typed that is no verb: what can be asked, how?"""

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

ALL_OF_THEM = "All there is: `/redis help`, `/incident help`, or `@pong help` in a thread."
_WHO = {
    Role.VIEWER: "whoever may see this channel",
    Role.RESPONDER: "responders",
    Role.APPROVER: "approvers",
}


async def run(request: Request, pong: Pong) -> Work:
    words = [word.lower() for word in request.words]
    typed = " ".join(words[1:] if words[:1] == ["help"] else words)
    if not typed:
        lines = _listing(request, pong)
    elif (verb := _meant(typed, pong)) and verb.command:
        lines = _own(verb)
    else:
        lines = [_only_pressed(verb) if verb else _unknown(typed.split()[0], pong), ALL_OF_THEM]

    async def answer(records: Records) -> None:
        place, _ = await place_of(records, pong, request)
        text = "\n".join(lines)
        await say(records, pong, place, f"answer:{request.id}", said(text), klass=Class.DIGEST)

    return answer


def _meant(typed: str, pong: Pong) -> Verb | None:
    """By its first word, or by the words that stand on its button: “no change”."""
    words = typed.split()
    return pong.verbs.get("_".join(words[:2])) or pong.verbs.get(words[0])


def _own(verb: Verb) -> list[str]:
    """One verb's own help."""
    lines = [f"Write it as `{verb.usage}`: {verb.explains}."]
    if verb.also:
        lines.append(f"Also as `{_typed(verb, verb.also)}`, for an application or a database too.")
    return [*lines, f"For example `{verb.example}`. Who may: {_WHO[verb.role]}."]


def _only_pressed(verb: Verb) -> str:
    return f"Words never {verb.name.replace('_', ' ')}: only its button in the thread does."


def _unknown(typed: str, pong: Pong) -> str:
    near = get_close_matches(
        typed, [name for name, verb in pong.verbs.items() if verb.command], n=1, cutoff=0.6
    )
    hint = f" Did you mean {near[0]}?" if near else ""
    return f'There is no "{outside(typed, 40)}".{hint}'


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
    also="/incident",
    usage="/redis help [verb]",
    example="/redis help triage",
    explains="this list, or how to write one of it",
)
