"""Does whoever types something that is no verb learn what to type?"""

import pytest

from bot.request import Verb
from bot.slack.payloads import from_command
from commands import VERBS
from tests.fixtures.asking import asked
from tests.fixtures.small_pong import CHANNEL, MARIA, TEAM, SmallPong, asks


async def test_help_lists_the_command_s_own_verbs(small: SmallPong):
    answer = await asked(small, asks("help", ref="/incident"))
    for verb in (verb for verb in VERBS.values() if verb.command):
        assert (verb.usage in answer) == (verb.command == "/incident")


async def test_help_in_a_thread_lists_everything(small: SmallPong):
    answer = await asked(small, asks("help", via="mention", thread_ts="1.1"))
    assert all(verb.usage in answer for verb in VERBS.values() if verb.command)


async def test_a_mistyped_verb_is_answered_with_the_nearest(small: SmallPong):
    assert 'There is no "triag". Did you mean triage?' in await asked(small, asks("help", words=("triag",)))


async def test_a_verb_of_the_other_command_is_told_how_to_write(small: SmallPong):
    answer = await asked(small, asks("help", words=("ack",), ref="/redis"))
    assert "Write it as /incident ack [number]" in answer


@pytest.mark.parametrize("word", ["approve", "deny", "stop", "preview"])
async def test_words_never_do_what_only_a_button_does(small: SmallPong, word: str):
    answer = await asked(small, asks("help", words=(word, "1:abc"), via="mention"))
    assert f"Words never {word}: only its button in the thread does" in answer


async def test_a_verb_s_own_help_has_an_example(small: SmallPong):
    for ask in (asks("help", words=("triage",)), asks("help", words=("TRIAGE",), via="mention")):
        answer = await asked(small, ask)
        assert "Write it as /redis triage [target]" in answer
        assert "For example /redis triage redis-prod" in answer
        assert "/redis ping" not in answer


@pytest.mark.parametrize(
    "verb", [verb for verb in VERBS.values() if verb.command], ids=lambda verb: verb.name
)
def test_every_example_is_what_its_verb_understands(verb: Verb):
    command, _, text = verb.example.partition(" ")
    body = {"command": command, "text": text, "user_id": "U1", "channel_id": "C1"}
    assert command == verb.command
    assert from_command(body, VERBS, at_ms=0).verb == verb.name
    asked_for_help = from_command(body | {"text": f"{text.split()[0]} help"}, VERBS, at_ms=0)
    assert (asked_for_help.verb, asked_for_help.words) == ("help", (verb.name,))


async def test_either_command_helps_with_one_verb(small: SmallPong):
    for text, usage in (
        ("help hold", "/incident hold"),
        ("help help hold", "/incident hold"),
        ("help clear", "/redis clear"),
    ):
        for command in ("/incident", "/redis"):
            body = {"command": command, "text": text, "user_id": MARIA, "channel_id": CHANNEL}
            answer = await asked(small, from_command(body | {"team_id": TEAM}, VERBS, at_ms=0))
            assert f"Write it as {usage}" in answer
            assert "/redis help [verb]" not in answer


async def test_a_verb_of_both_commands_is_told_as_the_command_has_it(small: SmallPong):
    assert "/incident triage [target]" in await asked(small, asks("help", ref="/incident"))
    answer = await asked(small, asks("help", words=("triage",)))
    assert "Also as /incident triage [target], for an application or a database too." in answer


async def test_what_is_mistyped_gets_two_lines_and_not_the_whole_list(small: SmallPong):
    for words in (("foo",), ("approve", "1:abc"), ("no", "change")):
        answer = await asked(small, asks("help", words=words, via="mention"))
        assert len(answer.splitlines()) == 2
        assert "All there is: /redis help" in answer


async def test_the_words_of_a_button_are_understood_as_its_name(small: SmallPong):
    answer = await asked(small, asks("help", words=("no", "change"), via="mention"))
    assert "Words never no change: only its button in the thread does." in answer
