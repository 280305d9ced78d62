"""How does what Pong knows look in Slack? Pure functions: a fact goes in, a Message comes out."""
