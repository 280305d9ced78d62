"""Do triggers, stacks and hashes of modals behave as Slack's?"""

from collections.abc import Callable
from typing import Any

from bot.clock import DrivenClock
from bot.playground.local_slack import LocalSlack, Person

Call = Callable[..., Any]


def modal(title: str = "More", **changes: Any) -> dict[str, Any]:
    return {
        "type": "modal",
        "title": {"type": "plain_text", "text": title},
        "blocks": [{"type": "divider"}],
    } | changes


async def opened(call: Call, slack: LocalSlack, **changes: Any) -> dict[str, Any]:
    trigger = slack.workspace.modals.trigger("U0MARIA")
    return dict((await call("views.open", trigger_id=trigger, view=modal(**changes)))["view"])


async def test_trigger_works_once(call: Call, slack: LocalSlack) -> None:
    trigger = slack.workspace.modals.trigger("U0MARIA")
    assert (await call("views.open", trigger_id=trigger, view=modal()))["ok"]
    assert (await call("views.open", trigger_id=trigger, view=modal()))["error"] == "exchanged_trigger_id"


async def test_trigger_lives_three_seconds(call: Call, slack: LocalSlack, clock: DrivenClock) -> None:
    early, late = (slack.workspace.modals.trigger("U0MARIA") for _ in range(2))
    clock.advance(3)
    assert (await call("views.open", trigger_id=early, view=modal()))["ok"]
    clock.advance(0.1)
    assert (await call("views.open", trigger_id=late, view=modal()))["error"] == "expired_trigger_id"


async def test_made_up_trigger_is_refused(call: Call) -> None:
    assert (await call("views.open", trigger_id="1.2.x", view=modal()))["error"] == "invalid_trigger_id"


async def test_refused_view_leaves_the_trigger_usable(call: Call, slack: LocalSlack) -> None:
    trigger = slack.workspace.modals.trigger("U0MARIA")
    assert (await call("views.open", trigger_id=trigger, view=modal("x" * 25)))[
        "error"
    ] == "invalid_arguments"
    assert (await call("views.open", trigger_id=trigger, view=modal()))["ok"]


async def test_update_with_an_old_hash_conflicts(call: Call, slack: LocalSlack, maria: Person) -> None:
    view = await opened(call, slack)
    update = {"view_id": view["id"], "hash": view["hash"]}
    assert (await call("views.update", **update, view=modal("Second")))["ok"]
    assert (await call("views.update", **update, view=modal("Third")))["error"] == "hash_conflict"
    assert (await maria.waits_for_view())["title"]["text"] == "Second"


async def test_view_is_found_by_its_external_id(call: Call, slack: LocalSlack) -> None:
    await opened(call, slack, external_id="plan-1")
    assert (await call("views.update", external_id="plan-1", view=modal("Second", external_id="plan-1")))[
        "ok"
    ]
    assert (await call("views.update", external_id="plan-2", view=modal()))["error"] == "not_found"


async def test_stack_holds_three(call: Call, slack: LocalSlack) -> None:
    await opened(call, slack)
    triggers = [slack.workspace.modals.trigger("U0MARIA") for _ in range(3)]
    answers = [await call("views.push", trigger_id=trigger, view=modal()) for trigger in triggers]
    assert [answer.get("error") for answer in answers] == [None, None, "push_limit_reached"]
    assert answers[1]["view"]["root_view_id"] != answers[1]["view"]["previous_view_id"]


async def test_pushing_onto_nothing_is_refused(call: Call, slack: LocalSlack) -> None:
    trigger = slack.workspace.modals.trigger("U0MARIA")
    assert (await call("views.push", trigger_id=trigger, view=modal()))["error"] == "not_found"
