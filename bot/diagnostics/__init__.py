"""Which read-only questions does Pong ask, and what do the answers mean? One file each: read, then judge."""
