"""Does the report say what the public was told, by whom, and what came of it?"""

from bot.public.known import ASKED, DECLINED, DONE, MARKED, PUBLISHED
from bot.report.public import NONE, external
from bot.timeline import Event
from tests.bot.public.test_known import intended


def events(*kinds: str | tuple[str, dict]) -> list[Event]:
    pairs = [kind if isinstance(kind, tuple) else (kind, {}) for kind in kinds]
    return [
        Event(incident_id=1, at_ms=1_767_229_800_000, actor="U0MARIA", kind=kind, data=data)
        for kind, data in pairs
    ]


def written(*kinds: str | tuple[str, dict]) -> str:
    return external(events(*kinds), lambda actor: f"@{actor}").replace("\u2060", "").replace("\\", "")


def test_nothing_is_called_nothing() -> None:
    assert written() == f"## External communication\n\n{NONE}"


def test_why_nobody_was_asked_stands_there() -> None:
    said = "under 30 minutes, and nobody said that users see it: the public was not told"
    assert said in written(("incident.resolved", {"external": said}))


def test_who_decided_stands_there() -> None:
    assert "User-visible, says @U0MARIA. Asked at 2026-01-01T01:10:00Z." in written(MARKED, ASKED)
    assert "Not needed, says @U0MARIA." in written(ASKED, DECLINED)
    assert "Told by hand, the end too, says @U0MARIA" in written(ASKED, DONE, (DONE, {"at_end": True}))


def test_every_text_stands_there_as_text() -> None:
    kind, words = intended(1)
    told = written((kind, words | {"body": "*bold* | <b>"}), (PUBLISHED, {"number": 1}))
    assert "| 2026-01-01T01:10:00Z | investigating | Slow | *bold* | <b> | @U0MARIA | published |" in told
    raw = external(events((kind, words | {"body": "*bold* | <b>"})), str)
    assert "\\*bold\\* \\| \\<b\\>" in raw
    assert "on its way" in raw
