"""Does the stand-in for a service manager do what it is told, and fail when it cannot?"""

import json

from bot.playground import service
from bot.playground.ports import free_port
from tests.fixtures.answering import answering


def test_what_it_is_not_told_well_says_how(capsys) -> None:
    assert service.main(["restart"]) == 2
    assert "restart redis | shop" in capsys.readouterr().err


def test_a_playground_that_refuses_is_a_failure() -> None:
    with answering(lambda: json.dumps({"ok": False})) as url:  # it takes no POST
        assert service.main([url.rstrip("/"), "restart", "redis"]) == 1


def test_a_playground_that_is_not_there_is_a_failure() -> None:
    assert service.main([f"http://127.0.0.1:{free_port()}", "restart", "redis"]) == 1
