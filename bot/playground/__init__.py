"""What stands in for the outside when Pong is tried without any account: a Slack, a page, a shop."""
