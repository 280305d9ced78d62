"""Is everybody told who uses the password, and looked at who can be?"""

from functools import partial

import pytest

from bot.applications.health import Application
from bot.errors import BadInput
from bot.remediations.consumers import Way, connected, consumers_of, named, told
from bot.remediations.plan import ConfiguredCommand, Repeat
from bot.remediations.secret import HIDDEN, ReadSecret
from bot.targets.address import parse
from bot.targets.target import Target

SHOP = Application(name="shop", credentials_command=("tell-shop",), health_url="http://127.0.0.1:1/")
WORKER = Application(name="worker", credentials_command=("tell-worker",))


def target(*consumers: Application) -> Target:
    return Target(name="redis-prod", address=parse("redis://127.0.0.1:1"), consumers=consumers)


def test_each_has_to_be_tellable_and_there_has_to_be_one() -> None:
    assert consumers_of(target(SHOP, WORKER)) == (SHOP, WORKER)
    with pytest.raises(BadInput, match=r"set application or consumers in \[targets.redis-prod\]"):
        consumers_of(target())
    with pytest.raises(BadInput, match=r"How old is told .* set credentials_command in \[applications.old\]"):
        consumers_of(target(SHOP, Application(name="old")))


def test_all_are_named_and_those_with_a_health_address_are_looked_at() -> None:
    assert named((SHOP, WORKER)) == "Whoever is told the new password: shop, worker. Is that all of them"
    assert [step.line() for step in connected((SHOP, WORKER))] == [
        "wait at most 180 s until shop says that Redis is connected"
    ]


def test_what_it_reads_is_hidden_and_told_again_without_harm() -> None:
    [step] = told((Way(consumer=WORKER),), "default", partial(ReadSecret, "password"), undo=lambda _: "None.")
    assert isinstance(step, ConfiguredCommand)
    assert step.line() == f"tell-worker   (it reads: default {HIDDEN})"
    assert step.repeat is Repeat.HARMLESS
