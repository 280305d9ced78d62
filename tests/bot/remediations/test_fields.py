"""Does a call send exactly what its line says?"""

from bot.remediations.fields import nested, shown


def test_a_dot_goes_one_deeper_and_a_number_makes_a_list() -> None:
    fields = (
        ("name", "default"),
        ("rules.0.action", "block"),
        ("rules.0.ratelimit.period", 10),
        ("rules.0.ratelimit.characteristics", ("cf.colo.id", "ip.src")),
        ("rules.1.enabled", True),
    )
    assert nested(fields, lambda value: value) == {
        "name": "default",
        "rules": [
            {"action": "block", "ratelimit": {"period": 10, "characteristics": ("cf.colo.id", "ip.src")}},
            {"enabled": True},
        ],
    }


def test_a_line_shows_every_field_with_its_value() -> None:
    assert shown((("mode", "block"), ("a.b", ("x", "y")), ("n", 3))) == 'mode block, a.b ["x", "y"], n 3'
