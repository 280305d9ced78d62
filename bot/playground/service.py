"""What stands in for a service manager here? A command that Pong runs, as it would run systemctl or kubectl.

python -m bot.playground.service http://127.0.0.1:8900 restart redis | shop
python -m bot.playground.service http://127.0.0.1:8900 fallback on | off
python -m bot.playground.service http://127.0.0.1:8900 credentials shop   (reads two lines: user, password)
"""

import sys
from collections.abc import Sequence

import httpx

ANSWERS_WITHIN_S = 30.0
USAGE = 2


def main(words: Sequence[str]) -> int:
    """0 when the playground did it."""
    if len(words) != USAGE + 1:
        print(__doc__, file=sys.stderr)
        return USAGE
    address, verb, what = words
    body = {verb: sys.stdin.read().splitlines() if verb == "credentials" else what}
    try:
        answer = httpx.post(f"{address}/panel/service", json=body, timeout=ANSWERS_WITHIN_S)
    except httpx.HTTPError as error:
        print(f"The playground does not answer: {type(error).__name__}.", file=sys.stderr)
        return 1
    return 0 if answer.is_success else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
