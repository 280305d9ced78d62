"""Which ports of this machine's own address are free?"""

import random
import socket

# Linux gives outgoing connections ports from 32768 on: one may be taken between asking and listening.
# A cluster's node listens 10,000 higher too.
BELOW_EPHEMERAL = range(10_000, 22_000)
TRIES = 100


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """One that nobody listens on, and that no outgoing connection will be given."""
    for port in random.sample(BELOW_EPHEMERAL, TRIES):
        if is_free(port):
            return port
    raise OSError(f"none of {TRIES} ports of 127.0.0.1 is free: end what listens on this machine")
