"""How does a message that Slack took late say when it was written? Pure."""

from typing import Any

from bot.clock import clock_time
from bot.timers import late_by_ms

BLOCKS_MOST = 50  # of one message


def dated(payload: dict[str, Any], *, written_ms: int, now_ms: int) -> dict[str, Any]:
    """`payload` with the time at which it was written, where that is over a minute ago: after an outage
    people read it as news of now."""
    blocks = payload.get("blocks")
    if not blocks or len(blocks) >= BLOCKS_MOST or not late_by_ms(written_ms, now_ms):
        return payload
    when = f"<!date^{written_ms // 1000}^{{date_short_pretty}} {{time}}|{clock_time(written_ms)}>"
    line = f"Late: written {when}, and Slack has taken it only now."
    note = {"type": "context", "elements": [{"type": "mrkdwn", "text": line}]}
    return payload | {"text": f"{payload.get('text', '')}\n{line}".strip(), "blocks": [*blocks, note]}
