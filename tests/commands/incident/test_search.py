"""Is an earlier incident found again, with what it was?"""

import json

from tests.fixtures.asking import asked
from tests.fixtures.small_pong import VERA, SmallPong, asks

SAID = {"root_cause": "A leak in the *checkout* <!channel>", "fix": "Restarted checkout"}


async def test_a_word_of_the_cause_finds_it_with_cause_and_fix(open_one: SmallPong) -> None:
    await asked(open_one, asks("resolve", via="modal", ref="1", values=SAID))
    await asked(open_one, asks("search", by=VERA, words=("LEAK", "redis-prod")))
    [answer] = await open_one.posted("1 incident holds")
    told = str(answer["blocks"])
    assert "Restarted checkout" in told
    assert "<!channel>" not in told


async def test_every_word_has_to_stand_in_it(open_one: SmallPong) -> None:
    await asked(open_one, asks("resolve", via="modal", ref="1", values=SAID))
    assert "No incident holds “leak disk”" in await asked(open_one, asks("search", words=("leak", "disk")))


async def test_without_words_it_says_how(open_one: SmallPong) -> None:
    assert "/incident search words" in await asked(open_one, asks("search"))


ZEBRA = {"root_cause": "The zebra cache had no bound at all", "fix": "Bounded the stripes"}


async def test_what_a_reopened_one_was_before_finds_it_open_and_resolved_anew(open_one: SmallPong) -> None:
    await asked(open_one, asks("resolve", via="modal", ref="1", values=ZEBRA))
    await asked(open_one, asks("reopen", words=("1",)))
    await asked(open_one, asks("search", words=("zebra",)))
    await asked(open_one, asks("resolve", via="modal", ref="1", values=SAID))
    await asked(open_one, asks("search", words=("stripes", "leak")))
    [reopened, anew] = await open_one.posted("1 incident holds")
    assert "Cause: not set yet\\nFix: not set yet\\nEarlier, <!date" in json.dumps(reopened["blocks"])
    for answer in (reopened, anew):
        assert "The zebra cache had no bound at all · Fix: Bounded the stripes" in str(answer["blocks"])
    assert "Cause: A leak in the" in str(anew["blocks"])
