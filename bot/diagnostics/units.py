"""How are figures written for people?

Bytes are counted as Redis counts them: 1 MB is 2^20, see https://redis.io/docs/latest/operate/oss_and_stack/management/config/
"""


def in_bytes(count: float) -> str:
    """`268435456` as 256 MB."""
    for unit, size in (("GB", 2**30), ("MB", 2**20), ("KB", 2**10)):
        if count >= size:
            value = count / size
            return f"{value:.1f} {unit}" if value < 10 and value % 1 >= 0.05 else f"{value:.0f} {unit}"
    return f"{count:.0f} bytes"


def percent(share: float) -> str:
    """`0.971` as 97 %; never 100 % for what is less, nor 0 % for what is more."""
    value = 100 * share
    if 0 < value < 1:
        return "under 1 %"
    return f"{min(value, 99) if value < 100 else value:.0f} %"


def count(number: float, one: str, many: str) -> str:
    """`1204` as 1,204 keys."""
    return f"{number:,.0f} {one if number == 1 else many}"


def in_minutes(number: float) -> str:
    """A length from pong.toml: `1` as 1 minute, `2.5` as 2.5 minutes."""
    return f"{number:g} {'minute' if number == 1 else 'minutes'}"


def seconds(length_s: float) -> str:
    """`1.02` as 1 s, `712` as 12 min, `86400` as 24 h."""
    for unit, size in (("h", 3600), ("min", 60)):
        if length_s >= 3 * size:
            return f"{length_s / size:.0f} {unit}"
    return f"{length_s:.0f} s" if length_s >= 0.95 else f"{length_s:.1f} s"
