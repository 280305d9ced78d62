"""Is one INFO a sample, and are several the sum of a cluster's nodes?"""

from bot.watching.sample import Sample, sample_of
from tests.fixtures.recorded import recorded


def test_one_info_is_one_sample() -> None:
    info = dict(recorded("redis-full").second)
    sample = sample_of([info], at_ms=7)
    assert (sample.at_ms, sample.run_id, sample.used_bytes) == (7, info["run_id"], info["used_memory"])
    assert sample.limit_bytes == info["maxmemory"]
    assert not sample.is_gap
    assert sample.refused > 0


def test_the_nodes_of_a_cluster_are_added_up() -> None:
    nodes = [{"run_id": name, "used_memory": 5, "connected_clients": 2} for name in "ba"]
    sample = sample_of(nodes, at_ms=7)
    assert (sample.run_id, sample.used_bytes, sample.clients, sample.hits) == ("a b", 10, 4, 0)


def test_a_look_that_saw_nothing_is_a_gap() -> None:
    assert Sample(at_ms=7).is_gap
    assert not sample_of([{}], at_ms=7).is_gap  # a service that tells no run_id is no gap
