"""Does the rehearsal's world hold together?"""

from bot.playground.local_slack.world import default_world


def test_groups_hold_only_people_who_are_there() -> None:
    world = default_world()
    assert {user for group in world.usergroups for user in group.users} <= set(world.by_id)


def test_app_can_be_given_other_secrets() -> None:
    world = default_world().with_app(bot_token="xoxb-other", signing_secret="other")
    assert (world.app.bot_token, world.app.signing_secret) == ("xoxb-other", "other")
    assert world.app.user_id in world.by_id
