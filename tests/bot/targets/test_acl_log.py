"""Is the log of refusals read the same in both protocols?"""

from bot.targets.acl_log import entries_of, number_of


def test_either_protocol_gives_the_same_entries() -> None:
    flat = [[b"count", 2, b"reason", b"auth", b"age-seconds", b"4.2"]]
    paired = [{b"count": 2, b"reason": b"auth", b"age-seconds": 4.2}]
    assert entries_of(flat) == [{"count": 2, "reason": "auth", "age-seconds": "4.2"}]
    assert number_of(entries_of(paired)[0]["age-seconds"]) == number_of(entries_of(flat)[0]["age-seconds"])


def test_what_is_no_list_has_no_entries() -> None:
    assert entries_of(b"OK") == []
    assert number_of("soon") == 0.0
