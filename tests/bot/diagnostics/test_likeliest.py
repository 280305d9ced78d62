"""Is a cause only named on evidence?"""

from bot.diagnostics.finding import Finding, Severity
from bot.diagnostics.likeliest import Evidence, likeliest
from bot.targets.meanings import outcome
from bot.targets.outcome import Kind


def evidence(*sick: str, **figures: float) -> Evidence:
    findings = [Finding(check=check, severity=Severity.CRITICAL, title=check, figure=check) for check in sick]
    return Evidence(outcome(Kind.HEALTHY, "redis-prod"), findings, figures)


def test_a_class_that_fills_the_memory_is_named_with_its_share() -> None:
    said = likeliest(evidence("memory", memory_share_cache_percent=71, oom_errors=412, window_s=10))
    assert said == "cache keys fill the memory (they hold 71 %, 412 OOM errors in 10 s)"


def test_without_a_biggest_class_only_the_errors_speak() -> None:
    figures = {
        "memory_share_cache_percent": 40.0,
        "memory_share_other_percent": 60.0,
        "oom_errors": 1.0,
        "window_s": 1.0,
    }
    assert likeliest(evidence("writes", **figures)) == "more data than memory (1 OOM error in 1 s)"


def test_clients_turned_away_point_to_a_leak() -> None:
    said = likeliest(evidence(rejected_connections=6, connected_clients=10, maxclients=10, window_s=1))
    assert said == "connections are opened and not closed (10 of 10 taken, 6 turned away in 1 s)"


def test_a_failed_snapshot_points_to_the_disk() -> None:
    assert "disk" in str(likeliest(evidence("persistence")))


def test_evictions_alone_point_to_too_little_memory() -> None:
    assert "too little memory" in str(likeliest(evidence(evicted_keys=5, window_s=1)))


def test_nothing_is_said_of_a_healthy_server_or_without_evidence() -> None:
    assert likeliest(evidence(memory_share_cache_percent=99)) is None
    assert likeliest(evidence("memory")) is None
