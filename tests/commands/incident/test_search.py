"""Is an earlier incident found again, with what it was?"""

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
