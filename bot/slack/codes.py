"""What is Slack's own word for what went wrong? Pure.

https://docs.slack.dev/tools/python-slack-sdk/web/#error-handling
"""

from contextlib import suppress

from slack_sdk.errors import SlackApiError


def code_of(error: SlackApiError) -> str:
    """Slack's word; "" when the answer was not Slack's JSON, as a proxy's 502 is not."""
    answer = getattr(error.response, "data", None)
    return str(answer.get("error", "")) if isinstance(answer, dict) else ""


def retry_after_s(error: SlackApiError) -> float | None:
    """How long Slack asks to wait; None when it does not."""
    headers = getattr(error.response, "headers", None) or {}
    given = {name.lower(): value for name, value in headers.items()}.get("retry-after", "")
    with suppress(ValueError):
        return float(given)
    return None
