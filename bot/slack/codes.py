"""What is Slack's own word for what went wrong? Pure.

https://docs.slack.dev/tools/python-slack-sdk/web/#error-handling
"""

from slack_sdk.errors import SlackApiError


def code_of(error: SlackApiError) -> str:
    """Slack's word; "" when the answer was not Slack's JSON, as a proxy's 502 is not."""
    answer = getattr(error.response, "data", None)
    return str(answer.get("error", "")) if isinstance(answer, dict) else ""
