"""What happens when somebody speaks, commands, presses or submits?

https://docs.slack.dev/interactivity
"""

from typing import Any

from bot.playground.local_slack import events, payloads
from bot.playground.local_slack.delivery import Answer, Delivery
from bot.playground.local_slack.form import faults_in, values_of
from bot.playground.local_slack.hooks import Hook, Hooks
from bot.playground.local_slack.limits import check_view
from bot.playground.local_slack.messages import Message, find_element
from bot.playground.local_slack.modals import View
from bot.playground.local_slack.refusal import Json, SlackRefusal
from bot.playground.local_slack.sockets import Envelope
from bot.playground.local_slack.typed import as_sent
from bot.playground.local_slack.workspace import Workspace

_TROUBLE = "We had some trouble connecting. Try again?"


class PeopleAct:
    """Carries out what a person does in their window, and tells the bot. `base_url` is for response_urls."""

    def __init__(self, workspace: Workspace, *, delivery: Delivery, hooks: Hooks) -> None:
        self._workspace = workspace
        self._delivery = delivery
        self._hooks = hooks

    def say(self, user: str, channel: str, *, text: str, thread_ts: str | None = None) -> str:
        """The message's ts. Raises SlackRefusal."""
        workspace = self._workspace
        log = workspace.channel(channel)
        if not text.strip():
            raise SlackRefusal("no_text")
        message = Message(
            ts=workspace.stamps.next(),
            channel=channel,
            user=workspace.user(user).id,
            text=as_sent(text, workspace.world),
            thread_ts=workspace.thread_of(log, thread_ts),
        )
        workspace.post(message)
        # Slack tells an app only of what happens in the channels that it is in.
        if log.has_bot:
            self._delivery.tell(events.said(workspace, message))
            if f"<@{workspace.world.app.user_id}>" in message.text:
                self._delivery.tell(events.mention(workspace, message, user=workspace.user(user)))
        return message.ts

    async def command(self, user: str, channel: str, *, text: str, base_url: str) -> Json:
        workspace = self._workspace
        workspace.channel(channel)
        payload = payloads.command(workspace, workspace.user(user), channel=channel, typed=text)
        name = payload["command"]
        if name not in {command.command for command in workspace.world.commands}:
            return _failed(f"{name} is not a valid command.")
        hook = Hook(user=user, channel=channel)
        payload["response_url"] = self._response_url(hook, base_url)
        answer = await self._delivery.ask(Envelope(kind="slash_commands", payload=payload))
        if answer.error:
            return _failed(f'{name} failed with the error "{answer.error}"')
        return self._show_answer(hook, answer.body)

    async def press(self, user: str, message: Message, *, action: Json, base_url: str) -> Json:
        """`action` is {block_id, action_id, value?}."""
        workspace = self._workspace
        element, block_id = _element(message.blocks, action), str(action["block_id"])
        pressed = payloads.action_of(element, block_id, value=action.get("value"))
        payload = payloads.pressed_in_message(
            workspace, workspace.user(user), message=message, action=pressed
        )
        hook = Hook(user=user, channel=message.channel, original=message)
        payload["response_url"] = self._response_url(hook, base_url)
        return _outcome(await self._delivery.ask(Envelope(kind="interactive", payload=payload)))

    async def shortcut(self, user: str, message: Message, *, callback_id: str, base_url: str) -> Json:
        workspace = self._workspace
        if callback_id not in {shortcut.callback_id for shortcut in workspace.world.shortcuts}:
            raise SlackRefusal("shortcut_not_found")
        payload = payloads.shortcut(workspace, workspace.user(user), message=message, callback_id=callback_id)
        payload["response_url"] = self._response_url(Hook(user=user, channel=message.channel), base_url)
        return _outcome(await self._delivery.ask(Envelope(kind="interactive", payload=payload)))

    async def press_in_view(self, view: View, action: Json) -> Json:
        workspace = self._workspace
        element, block_id = _element(view.definition["blocks"], action), str(action["block_id"])
        pressed = payloads.action_of(element, block_id, value=action.get("value"))
        payload = payloads.pressed_in_view(workspace, view, action=pressed)
        return _outcome(await self._delivery.ask(Envelope(kind="interactive", payload=payload)))

    async def submit(self, view: View, state: Json) -> Json:
        workspace, blocks = self._workspace, view.definition["blocks"]
        values = values_of(blocks, state)
        if faults := faults_in(blocks, values):
            return {"ok": False, "errors": faults}
        payload = payloads.submitted(workspace, view, values=values)
        answer = await self._delivery.ask(Envelope(kind="interactive", payload=payload))
        if answer.error:
            return _failed(_TROUBLE)
        return self._after_submission(view, answer.body if isinstance(answer.body, dict) else {})

    async def close(self, view: View) -> Json:
        self._workspace.close_view(view)
        if not view.definition.get("notify_on_close"):
            return {"ok": True}
        payload = payloads.closed(self._workspace, view, is_cleared=False)
        return _outcome(await self._delivery.ask(Envelope(kind="interactive", payload=payload)))

    def _after_submission(self, view: View, body: Json) -> Json:
        workspace, action = self._workspace, body.get("response_action")
        if action == "errors":
            return _field_errors(view, body.get("errors"))
        if action in ("update", "push"):
            check_view(body.get("view"))
            if action == "update":
                workspace.show_view(workspace.modals.update(view, body["view"]), is_new=False)
            else:
                workspace.show_view(workspace.modals.push(view.user, body["view"]), is_new=True)
        elif action == "clear":
            workspace.close_all_views(view.user)
        else:
            workspace.close_view(view)
        return {"ok": True}

    def _show_answer(self, hook: Hook, body: Any) -> Json:
        """A command's answer may carry a message; text alone is one too."""
        message = {"text": body} if isinstance(body, str) else body
        if isinstance(message, dict) and (message.get("text") or message.get("blocks")):
            self._hooks.answer(hook, message)
        return {"ok": True}

    def _response_url(self, hook: Hook, base_url: str) -> str:
        return f"{base_url}/hooks/{self._hooks.new(hook)}"


def _element(blocks: list[Json], action: Json) -> Json:
    element = find_element(
        blocks, block_id=str(action.get("block_id")), action_id=str(action.get("action_id"))
    )
    if element is None:
        raise SlackRefusal("element_not_found")
    return element


def _field_errors(view: View, errors: Any) -> Json:
    """Errors can only stand at input blocks that are there: Slack shows trouble for any other."""
    inputs = {block["block_id"] for block in view.definition["blocks"] if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not set(errors) <= inputs:
        return _failed(_TROUBLE)
    return {"ok": False, "errors": errors}


def _outcome(answer: Answer) -> Json:
    return _failed(answer.error) if answer.error else {"ok": True}


def _failed(error: str) -> Json:
    return {"ok": False, "error": error}
