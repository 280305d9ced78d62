"""Are the people and groups those of the rehearsal, with what tells guests, strangers and the departed?"""

from collections.abc import Callable
from typing import Any

import pytest

Call = Callable[..., Any]


@pytest.mark.parametrize(
    ("user", "marks"),
    [
        ("U0MARIA", {"deleted": False, "is_bot": False, "is_restricted": False, "is_stranger": False}),
        ("U0PONG", {"is_bot": True}),
        ("U0GUEST", {"is_restricted": True}),
        ("U0GONE", {"deleted": True}),
        ("U0ELSE", {"is_stranger": True, "team_id": "T0ELSE"}),
    ],
)
async def test_user_carries_what_tells_them_apart(call: Call, user: str, marks: dict[str, Any]) -> None:
    assert marks.items() <= (await call("users.info", user=user))["user"].items()


async def test_unknown_user_is_refused(call: Call) -> None:
    assert (await call("users.info", user="U0NOBODY"))["error"] == "user_not_found"


async def test_list_gives_everybody_by_pages(call: Call) -> None:
    first = await call("users.list", limit=5)
    rest = await call("users.list", limit=5, cursor=first["response_metadata"]["next_cursor"])
    assert len({user["id"] for user in first["members"] + rest["members"]}) == 9


async def test_usergroup_lists_its_users(call: Call) -> None:
    assert (await call("usergroups.users.list", usergroup="S0SRE"))["users"] == ["U0MARIA", "U0DEV"]
    assert (await call("usergroups.users.list", usergroup="S0NONE"))["error"] == "no_such_subteam"
    handles = {group["id"]: group["handle"] for group in (await call("usergroups.list"))["usergroups"]}
    assert handles == {"S0SRE": "sre-oncall", "S0SENIOR": "senior-engineers"}
