"""What does a Slack workspace look like from a bot's side, with nothing but this machine?

A server that speaks Slack's Web API, Socket Mode and HTTP delivery, as strict as Slack, in memory.
https://docs.slack.dev/apis
"""

from bot.playground.local_slack.person import Person
from bot.playground.local_slack.server import LocalSlack
from bot.playground.local_slack.world import World, default_world

__all__ = ["LocalSlack", "Person", "World", "default_world"]
