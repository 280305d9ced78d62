"""What do the outcomes of Sentinels and of clusters mean to a person, and what is the next step?

A part of the table in meanings.py. https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/
"""

from bot.targets.outcome import Kind, Meaning

OF_GROUPS: dict[Kind, Meaning] = {
    Kind.MOVED: Meaning(
        says="answers, but the key lives on another node of its cluster",
        meaning="The address names one node of a cluster. An application needs a cluster client for it.",
        next="Write redis+cluster:// in the target's address.",
        is_reachable=True,
    ),
    Kind.CLUSTER_DOWN: Meaning(
        says="is a cluster that is down",
        meaning="Its nodes say PONG, and refuse commands: some slots are served by nobody.",
        next="Bring back the nodes that failed, or fail over to their replicas.",
        is_reachable=True,
    ),
    Kind.CLUSTER_IN_PART: Meaning(
        says="is a cluster of which a node does not answer",
        meaning="What lies on that node fails; the rest works.",
        next="Look at that node; a replica takes over by itself where there is one.",
        is_reachable=True,
    ),
    Kind.NOT_A_CLUSTER: Meaning(
        says="is no cluster",
        meaning="A single server answers there; the address in Pong's settings says cluster.",
        next="Write redis:// in the target's address.",
    ),
    Kind.IS_SENTINEL: Meaning(
        says="is a Sentinel and holds no data",
        meaning="The address in Pong's settings names a Sentinel where a Redis belongs.",
        next="Write redis+sentinel://host:port/SERVICE in the target's address.",
        is_reachable=True,
    ),
    Kind.SENTINELS_SILENT: Meaning(
        says="cannot be found: no Sentinel answers",
        meaning="Nobody can say which server is the primary; nothing is known about Redis itself.",
        next="Look at the Sentinels' hosts and at the network (step 7).",
    ),
    Kind.SENTINEL_WITHOUT_SERVICE: Meaning(
        says="is not known to its Sentinels",
        meaning="The Sentinels answer, and watch no service of this name.",
        next="Correct the service's name in the target's address.",
    ),
    Kind.SENTINELS_DISAGREE: Meaning(
        says="answers, but its Sentinels name different primaries",
        meaning="A failover is going on, or the Sentinels are cut off from each other: writes may be lost.",
        next="Look at the network between the Sentinels; write nothing by hand until they agree.",
        is_reachable=True,
    ),
}
