"""How does it read that people were called elsewhere while Slack was away? Pure."""

from bot.slack.render.blocks import Message, date, section


def was_away(*, since_ms: int, called_ms: int, back_ms: int) -> Message:
    text = (
        f"📟 Slack was away from {date(since_ms)} to {date(back_ms)}. PagerDuty was told of this incident at "
        f"{date(called_ms)}; whoever was called there reads here how it goes on."
    )
    return Message(text, (section(text),))
