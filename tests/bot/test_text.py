"""Does text from outside lose its teeth, and do planted secrets stay in?"""

import html
import string

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.text import HIDDEN, Redactor, beginning, clean, clip, escape, outside, plain, redact, redacted

CANARY = "hunter2222"
JOINER = "\u2060"
ANYTHING = st.text(max_size=300)
SECRETS = st.text(alphabet=string.ascii_letters + string.digits + "+/=$.*(", min_size=4, max_size=40)


@pytest.mark.parametrize(
    "text",
    [
        f"redis://:{CANARY}@redis-prod:6379/0",
        f"rediss://default:{CANARY}@eu1.upstash.io:6379",
        f"redis://pong:p@{CANARY}@host",
        f"connecting to REDIS://pong:{CANARY}@10.1.2.3 failed",
        f"postgresql://pong:{CANARY}@db/pong",
        f"https://user:{CANARY}@hooks.test/x",
        f"Authorization: Bearer {CANARY}abc",
        f"authorization=token {CANARY}",
        f"Basic {CANARY}==",
        f"password={CANARY}",
        f'"password": "{CANARY}"',
        f"REDIS_PASSWORD: {CANARY}",
        f"api_key={CANARY}&x=1",
        f"X-Api-Key: {CANARY}",
        f"?access_token={CANARY}",
        f"client-secret = '{CANARY}'",
        f"CONFIG SET requirepass {CANARY}",
        f"masterauth {CANARY}",
        f"AUTH {CANARY}",
        f"HELLO 3 AUTH default {CANARY}",
        f"xoxb-12345-{CANARY}",
        f"xapp-1-A0PONG-{CANARY}",
        f"xoxe.xoxp-1-{CANARY}",
        f"eyJhbGciOiJI.{CANARY}.{CANARY}",
        f"GET session:{CANARY}",
        f"sess:{CANARY} is missing",
        f"user:{CANARY}:profile",
        f"WRONGTYPE for 'ratelimit:{CANARY}'",
        f"cart:{{{CANARY}}}",
        f"{CANARY}@example.com",
        f"first.{CANARY}+tag@mail.example.co.uk",
    ],
)
def test_a_planted_secret_is_hidden(text: str) -> None:
    for shown in (redact(text), outside(text), plain(text), outside(f"before {text} after", 500)):
        assert CANARY not in shown
        assert HIDDEN in shown


@pytest.mark.parametrize(
    "text",
    [
        "Memory 97 % of 256 MB (critical over 90 %)",
        "redis-prod refuses connections (4 ms)",
        "rediss://redis-prod:6380/0",
        "token bucket limiter is off",
        "The password is wrong.",
        "<!date^1767229860^{time}|02:11 UTC> <@U0MARIA> <!subteam^S0SRE>",
        "cache keys fill the memory",
        "https://grafana.test/d/abc?orgId=1&from=now-1h",
    ],
)
def test_ordinary_words_stay(text: str) -> None:
    assert redact(text) == text


@settings(deadline=None)
@given(before=ANYTHING, secret=SECRETS, after=ANYTHING)
@example(before="", secret="aaaa", after="a")
def test_a_known_secret_is_hidden_wherever_it_stands(before: str, secret: str, after: str) -> None:
    assert secret not in Redactor([secret])(f"{before}{secret}{after}").replace(HIDDEN, "\n")


@settings(deadline=None)
@given(secrets=st.lists(SECRETS, max_size=5), text=ANYTHING)
def test_no_known_secret_survives_beside_others(secrets: list[str], text: str) -> None:
    shown = Redactor(secrets)(text + " ".join(secrets))
    assert not any(secret in shown for secret in secrets)


def test_a_secret_within_a_secret_is_hidden_whole() -> None:
    assert Redactor(["hunter", "hunter2222"])("x hunter2222 y") == f"x {HIDDEN} y"


def test_short_words_and_nothing_are_no_secrets() -> None:
    assert Redactor(["", "the", "abc"])("the abc of it") == "the abc of it"
    assert Redactor()("plain words") == "plain words"


def test_what_pong_wrote_itself_keeps_its_classes_of_keys_and_loses_its_secrets() -> None:
    known = Redactor([CANARY]).known
    assert known("SCAN MATCH cache:* COUNT 500") == "SCAN MATCH cache:* COUNT 500"
    assert CANARY not in known(f"{CANARY} redis://u:{CANARY}x@h xoxb-123456-{CANARY}")


@settings(deadline=None)
@given(ANYTHING)
@example("<!channel> <@U0MARIA> <https://evil.test|bank> &lt;!here&gt;")
@example("*bold* _it_ ~gone~ `code` ```block``` @here #general")
def test_escaped_text_holds_no_mention_link_or_format(text: str) -> None:
    shown = escape(text)
    assert "<" not in shown
    assert ">" not in shown
    assert all(
        shown[place + 1 :].startswith(("amp;", "lt;", "gt;"))
        for place, sign in enumerate(shown)
        if sign == "&"
    )
    for place, sign in enumerate(shown):
        if sign in "*_~`@#":
            assert shown[place - 1] == JOINER
            assert shown[place + 1] == JOINER


@settings(deadline=None)
@given(ANYTHING)
def test_a_reader_sees_escaped_text_letter_by_letter(text: str) -> None:
    shown = escape(text)
    back = shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert back.replace(JOINER, "") == text.replace(JOINER, "")


@settings(deadline=None)
@given(ANYTHING)
@example("a\nb\tc\x00d\u202ee\u200bf")
def test_cleaned_text_is_one_line_without_signs_that_nobody_sees(text: str) -> None:
    shown = clean(text)
    assert len(shown.splitlines()) <= 1
    assert shown == shown.strip()
    assert "  " not in shown
    assert not set(shown) & {chr(code) for code in (*range(32), 0x7F, 0x200B, 0x202E, 0x2066, 0xFEFF)}
    assert clean(shown) == shown


@settings(deadline=None)
@given(ANYTHING, st.integers(0, 400))
def test_clipped_text_is_as_long_as_allowed_and_says_where_it_was_cut(text: str, most: int) -> None:
    shown = clip(text, most)
    assert len(shown) <= max(1, most)
    assert shown == text or shown.endswith("…")


@settings(deadline=None)
@given(st.text(max_size=2_000), st.integers(1, 300))
def test_text_from_outside_is_short_and_toothless(text: str, most: int) -> None:
    shown = outside(text, most)
    assert "<" not in shown
    assert len(html.unescape(shown).replace(JOINER, "")) <= most
    assert len(plain(text, most)) <= most


def test_a_secret_is_hidden_before_the_cut_not_after() -> None:
    """A cut in the middle of `password=hunter2222` would leave a piece that no pattern knows."""
    for most in range(1, 60):
        assert "hunt" not in outside(f"redis://pong:{CANARY}@h password={CANARY}", most)


def test_whatever_comes_is_made_text() -> None:
    assert outside(None) == "None"
    assert plain(ValueError("no\nway")) == "no way"


def test_a_beginning_holds_whole_words_only() -> None:
    assert beginning("short", 10) == "short"
    assert beginning("redis://app:s3cret@host is down", 12) == "redis://app:"
    assert beginning("a word password=hunter2", 20) == "a word"


def test_half_a_token_is_hidden_too() -> None:
    assert redact("seen eyJhbGciOiJIUzI1NiJ9.eyJzdW") == "seen ••••"
    assert redact("seen eyJhbGciOiJI") == "seen ••••"


def test_each_text_within_is_redacted_and_all_else_stays():
    given = {"a": ["x", ("x", 1, None)], "encoding": "base64", "content": "x", "x": {"b": True}}
    assert redacted(given, lambda text: text.replace("x", "y")) == {
        "a": ["y", ["y", 1, None]],
        "encoding": "base64",
        "content": "y",
        "x": {"b": True},
    }
