"""What does an answer of Slack's mean for a letter: has it arrived, and is it worth sending again?

https://docs.slack.dev/reference/methods/chat.postMessage#errors
"""

from collections.abc import Awaitable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.clock import Clock


class Meaning(Enum):
    TAKEN = "Slack did it"
    UNSURE = "Slack may have done it: the answer was lost, or says that Slack itself failed"
    UNREACHED = "Slack was not reached, so it did nothing"
    LIMITED = "Slack did nothing and asks to wait"
    HELD = "Slack did nothing, since the token is not good for it: a person has to mend that"
    OUTSIDE = "Slack did nothing, since Pong is not in the channel"
    REFUSED = "Slack did nothing and never will"
    STRANGE = "Slack did nothing, for a reason that is not known here"


@dataclass(frozen=True)
class Answer:
    """`code` is Slack's own word for why not. `has_answered` is false when nothing came from Slack itself."""

    meaning: Meaning
    code: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    retry_after_s: float = 0.0
    has_answered: bool = True


_SLACK_FAILED = {"internal_error", "fatal_error", "request_timeout", "service_unavailable"}
_LIMITED = {"ratelimited", "rate_limited", "message_limit_exceeded"}
_HELD = {
    "access_denied",
    "accesslimited",
    "account_inactive",
    "ekm_access_denied",
    "enterprise_is_restricted",
    "invalid_auth",
    "missing_scope",
    "no_permission",
    "not_allowed_token_type",
    "not_authed",
    "org_login_required",
    "team_access_not_granted",
    "team_added_to_org",
    "token_expired",
    "token_revoked",
}
_REFUSED = {
    "cannot_reply_to_message",
    "cant_update_message",
    "channel_is_limited_access",
    "channel_not_found",
    "edit_window_closed",
    "file_upload_size_restricted",
    "file_uploads_disabled",
    "file_uploads_except_images_disabled",
    "invalid_arg_name",
    "invalid_arguments",
    "invalid_blocks",
    "invalid_blocks_format",
    "invalid_metadata_format",
    "invalid_metadata_schema",
    "is_archived",
    "is_inactive",
    "malware_detected",
    "message_not_found",
    "messages_tab_disabled",
    "metadata_must_be_sent_from_app",
    "metadata_too_large",
    "method_not_supported_for_channel_type",
    "msg_blocks_too_long",
    "msg_too_long",
    "no_text",
    "restricted_action",
    "restricted_action_non_threadable_channel",
    "restricted_action_read_only_channel",
    "restricted_action_thread_locked",
    "restricted_action_thread_only_channel",
    "storage_limit_reached",
    "thread_not_found",
    "too_many_attachments",
    "too_many_contact_cards",
    "unknown_method",
}


class Calls:
    """Makes calls and remembers when Slack last answered any; None until it did."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.answered_ms: int | None = None

    async def ask(self, call: Awaitable[AsyncSlackResponse]) -> Answer:
        """Make the call. Never raises, save when it is cancelled."""
        try:
            response = await call
        except Exception as error:
            answer = meaning_of(error)
        else:
            data = response.data if isinstance(response.data, dict) else {}
            answer = Answer(Meaning.TAKEN, data=data)
        if answer.has_answered:
            self.answered_ms = self._clock.now_ms()
        return answer


def meaning_of(error: Exception) -> Answer:
    """What an exception of slack_sdk's says. What is not known to be harmless may have arrived."""
    if isinstance(error, aiohttp.ClientConnectorError):
        return Answer(Meaning.UNREACHED, "cannot connect", has_answered=False)
    response = error.response if isinstance(error, SlackApiError) else None
    if not isinstance(response, AsyncSlackResponse):
        return Answer(Meaning.UNSURE, f"no answer ({type(error).__name__})", has_answered=False)
    data = response.data if isinstance(response.data, dict) else {}
    code = str(data.get("error") or "")
    if response.status_code == 429 or code in _LIMITED:
        return Answer(Meaning.LIMITED, "ratelimited", retry_after_s=_retry_after_s(response))
    if response.status_code >= 500 or not code:
        return Answer(Meaning.UNSURE, code or f"HTTP {response.status_code}", has_answered=False)
    return Answer(_meaning_of_code(code), code, data=data)


def _meaning_of_code(code: str) -> Meaning:
    if code in _SLACK_FAILED:
        return Meaning.UNSURE
    if code in _HELD:
        return Meaning.HELD
    if code == "not_in_channel":
        return Meaning.OUTSIDE
    return Meaning.REFUSED if code in _REFUSED else Meaning.STRANGE


def _retry_after_s(response: AsyncSlackResponse) -> float:
    headers = {name.lower(): value for name, value in response.headers.items()}
    try:
        return max(0.0, float(headers.get("retry-after", 1)))
    except ValueError:
        return 1.0
