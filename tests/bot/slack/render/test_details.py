"""Are details drawn from what was kept, whatever it holds?"""

from bot.slack.render.details import details_blocks


def test_hostile_words_call_nobody():
    facts = {
        "target": "redis-prod",
        "took_ms": 1_200,
        "outcome": {
            "says": "answers",
            "stages": [{"name": "PING", "state": "ok", "ms": 1.0, "note": "<!here>"}],
        },
        "findings": [{"check": "memory", "severity": "warning", "title": "<!channel>", "threshold": "*x*"}],
        "not_checked": [{"check": "keys", "why": "<@U0DEV>"}],
    }
    words = str(details_blocks(facts, at_ms=0))
    assert "<!" not in words
    assert "<@" not in words
    assert "measured 1970-01-01T00:00:00Z, in 1.2 s" in words
