"""How does Slack say no?

https://docs.slack.dev/apis/web-api/#responses
"""

from collections.abc import Sequence
from typing import Any

Json = dict[str, Any]


class SlackRefusal(Exception):
    """An answer with ok false; `code` is Slack's own word, `messages` its explanations."""

    def __init__(self, code: str, *, messages: Sequence[str] = (), **extra: Any) -> None:
        super().__init__(": ".join([code, *messages]))
        self.code = code
        self.messages = list(messages)
        self.extra = extra

    def answer(self) -> Json:
        answer: Json = {"ok": False, "error": self.code, **self.extra}
        if self.messages:
            # Slack says it twice: `errors` for blocks, `response_metadata.messages` for everything.
            answer |= {"errors": self.messages, "response_metadata": {"messages": self.messages}}
        return answer


class RateLimited(Exception):
    """HTTP 429; try again after `retry_after_s` whole seconds."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(f"ratelimited: {retry_after_s} s")
        self.retry_after_s = retry_after_s
