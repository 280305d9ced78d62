"""Does Pong name every failure that a Redis can give, as real servers give it? The table of docs/outcomes.md.

`DOCS=docs` writes that table from what the rows gave; without it each row has to stand there.
"""

import asyncio
import os
import subprocess
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.playground.ports import free_port
from bot.targets.endpoint import parse_endpoint
from bot.targets.meanings import MEANINGS
from bot.targets.outcome import Kind
from bot.targets.ping import ping
from bot.targets.target import Target
from tests.fixtures import in_namespace
from tests.fixtures.busy import busy_with_a_script
from tests.fixtures.listeners import HTTP_ANSWER, black_hole, speaks
from tests.fixtures.redis_groups import SERVICE, ClusterOfThree, Watched, cluster_of_three, watched
from tests.fixtures.redis_server import RedisServer, binaries

DOCS = Path(__file__).parents[3] / "docs" / "outcomes.md"
NAMES = {"redis": "Redis", "valkey": "Valkey"}


@dataclass
class Scene:
    """What a row makes its failure with; everything ends with the test."""

    binary: Path
    certificates: dict[str, Path]
    stack: ExitStack = field(default_factory=ExitStack)

    def server(self, *args: str) -> RedisServer:
        return self.stack.enter_context(RedisServer(*args, binary=self.binary))

    def tls(self, *args: str, certificate: str = "server.crt") -> RedisServer:
        """Skips where the server was built without TLS."""
        files = self.certificates
        port = str(free_port())
        server = RedisServer(
            "--port", "0", "--tls-port", port, "--tls-auth-clients", "no",
            "--tls-cert-file", str(files[certificate]), "--tls-key-file", str(files["server.key"]),
            "--tls-ca-cert-file", str(files["ca.crt"]), *args, binary=self.binary,
        )  # fmt: skip
        try:
            self.stack.enter_context(server)
        except RuntimeError as error:
            server.close()
            if "tls" in str(error).lower():
                pytest.skip("this server was built without TLS")
            raise
        server.port = int(port)
        return server

    def cluster(self, *options: str) -> ClusterOfThree:
        return self.stack.enter_context(cluster_of_three(*options, binary=self.binary))

    def sentinels(self) -> Watched:
        return self.stack.enter_context(watched(binary=self.binary))

    def secure(self, server: RedisServer, host: str = "127.0.0.1") -> str:
        return f"rediss://{host}:{server.port}?ssl_ca_certs={self.certificates['ca.crt']}"


Makes = Callable[[Scene], str]


@dataclass(frozen=True)
class Row:
    """`failure` in words; `makes` brings it about and gives the address to ask."""

    failure: str
    kind: Kind
    makes: Makes


def row(failure: str, kind: Kind) -> Callable[[Makes], Makes]:
    def keep(makes: Makes) -> Makes:
        ROWS.append(Row(failure, kind, makes))
        return makes

    return keep


ROWS: list[Row] = []


@row("nothing is wrong", Kind.HEALTHY)
def _(scene: Scene) -> str:
    return scene.server().url()


@row("the process was killed", Kind.REFUSED)
def _(scene: Scene) -> str:
    server = scene.server()
    server.kill()
    return server.url()


@row("the process stands still (SIGSTOP)", Kind.FROZEN)
def _(scene: Scene) -> str:
    server = scene.server()
    server.freeze()
    return server.url()


@row("CLIENT PAUSE", Kind.FROZEN)
def _(scene: Scene) -> str:
    server = scene.server()
    server.command("CLIENT", "PAUSE", 60_000, "ALL")
    return server.url()


@row("the queue of connections is full and nobody accepts", Kind.BLACK_HOLE)
def _(scene: Scene) -> str:
    return f"redis://127.0.0.1:{scene.stack.enter_context(black_hole())}"


@row("a proxy without its Redis: it accepts and hangs up", Kind.CLOSED)
def _(scene: Scene) -> str:
    return f"redis://127.0.0.1:{scene.stack.enter_context(speaks(answer=b'', hangs_up=True))}"


@row("HTTP on the port", Kind.NOT_REDIS)
def _(scene: Scene) -> str:
    return f"redis://127.0.0.1:{scene.stack.enter_context(speaks(answer=HTTP_ANSWER, hangs_up=True))}"


@row("SSH on the port", Kind.NOT_REDIS)
def _(scene: Scene) -> str:
    port = scene.stack.enter_context(speaks(first=b"SSH-2.0-OpenSSH_9.6\r\n"))
    return f"redis://127.0.0.1:{port}"


@row("the Unix socket is not there", Kind.SOCKET_MISSING)
def _(scene: Scene) -> str:
    server = scene.server()
    server.stop()
    return f"unix://{server.socket_path}"


@row("no password given", Kind.CREDENTIALS_MISSING)
def _(scene: Scene) -> str:
    return scene.server("--requirepass", "sesame").url()


@row("wrong password", Kind.CREDENTIALS_WRONG)
def _(scene: Scene) -> str:
    return scene.server("--requirepass", "sesame").url(password="simsim")


@row("the user is off", Kind.CREDENTIALS_WRONG)
def _(scene: Scene) -> str:
    server = scene.server()
    server.command("ACL", "SETUSER", "pong", "off", ">sesame", "+@all", "~*")
    return server.url(user="pong", password="sesame")


@row("a password where none is set", Kind.OPEN_TO_ALL)
def _(scene: Scene) -> str:
    return scene.server().url(password="sesame")


@row("the user may not PING", Kind.NO_PERMISSION)
def _(scene: Scene) -> str:
    server = scene.server()
    server.command("ACL", "SETUSER", "pong", "on", ">sesame", "+info", "~*")
    return server.url(user="pong", password="sesame")


@row("-@dangerous after +info takes INFO away", Kind.NO_PERMISSION)
def _(scene: Scene) -> str:
    server = scene.server()
    server.command("ACL", "SETUSER", "pong", "on", ">sesame", "+ping", "+info", "-@dangerous", "~*")
    return server.url(user="pong", password="sesame")


@row("a database that does not exist", Kind.WRONG_DATABASE)
def _(scene: Scene) -> str:
    return f"{scene.server().url()}/99"


@row("all of maxclients are taken", Kind.TOO_MANY_CLIENTS)
def _(scene: Scene) -> str:
    server = scene.server("--maxclients", "2")
    for _ in range(2):
        client = scene.stack.enter_context(server.client())
        client.ping()
    return server.url()


@row("memory is full, policy noeviction", Kind.FULL)
def _(scene: Scene) -> str:
    server = scene.server("--maxmemory", "4mb")
    server.fill()
    return server.url()


@row("memory is full, policy volatile-lru, no key with an expiry", Kind.FULL)
def _(scene: Scene) -> str:
    server = scene.server("--maxmemory", "4mb", "--maxmemory-policy", "volatile-lru")
    server.fill()
    return server.url()


@row("a snapshot failed (MISCONF)", Kind.WRITES_STOPPED)
def _(scene: Scene) -> str:
    server = scene.server("--save", "900 1")
    server.command("SET", "one", "1")
    (server.folder / "dump.rdb").mkdir()  # a snapshot cannot be renamed over a folder
    server.command("BGSAVE")
    server.wait_for("persistence", "rdb_last_bgsave_status", "err")
    return server.url()


@row("the address leads to a replica", Kind.READ_ONLY)
def _(scene: Scene) -> str:
    primary = scene.server("--repl-diskless-sync-delay", "0")
    replica = scene.server("--replicaof", "127.0.0.1", str(primary.port))
    replica.wait_for("replication", "master_link_status", "up")
    return replica.url()


@row("a replica that lost its primary and serves nothing stale (MASTERDOWN)", Kind.REPLICA_CUT_OFF)
def _(scene: Scene) -> str:
    gone = str(free_port())
    return scene.server("--replicaof", "127.0.0.1", gone, "--replica-serve-stale-data", "no").url()


@row("it was restarted and loads its snapshot (LOADING)", Kind.LOADING)
def _(scene: Scene) -> str:
    server = scene.server()
    with server.client() as client, client.pipeline(transaction=False) as pipeline:
        for number in range(20_000):
            pipeline.set(f"cache:{number}", "x" * 20)
        pipeline.execute()
    server.command("SAVE")
    server.stop()
    server.args = ("--key-load-delay", "2000", "--loading-process-events-interval-bytes", "1024")
    server.start()
    return server.url()


@row("a script that does not end (BUSY)", Kind.BUSY)
def _(scene: Scene) -> str:
    server = scene.server("--busy-reply-threshold", "50")
    scene.stack.enter_context(busy_with_a_script(server))
    return server.url()


@row("TLS, and nothing is wrong", Kind.HEALTHY)
def _(scene: Scene) -> str:
    return scene.secure(scene.tls())


@row("rediss:// to a port without TLS", Kind.TLS_TO_PLAIN)
def _(scene: Scene) -> str:
    return scene.secure(scene.server())


@row("redis:// to a port with TLS", Kind.PLAIN_TO_TLS)
def _(scene: Scene) -> str:
    return scene.tls().url()


@row("a certificate by an authority that Pong does not know", Kind.CERTIFICATE)
def _(scene: Scene) -> str:
    return f"rediss://127.0.0.1:{scene.tls().port}"


@row("a certificate for another name", Kind.CERTIFICATE)
def _(scene: Scene) -> str:
    return scene.secure(scene.tls(), host="localhost")


@row("an expired certificate", Kind.CERTIFICATE)
def _(scene: Scene) -> str:
    return scene.secure(scene.tls(certificate="expired.crt"))


@row("it wants a client certificate", Kind.CERTIFICATE_NEEDED)
def _(scene: Scene) -> str:
    return scene.secure(scene.tls("--tls-auth-clients", "yes"))


@row("it speaks only an old version of TLS", Kind.TLS_VERSION)
def _(scene: Scene) -> str:
    return scene.secure(scene.tls("--tls-protocols", "TLSv1.1", "--tls-ciphers", "ALL:@SECLEVEL=0"))


@row("it stands still behind TLS", Kind.TLS_STALLED)
def _(scene: Scene) -> str:
    server = scene.tls()
    server.freeze()
    return scene.secure(server)


@row("the CA file of Pong's own settings is missing", Kind.OWN_TLS_FILES)
def _(scene: Scene) -> str:
    return f"rediss://127.0.0.1:{scene.server().port}?ssl_ca_certs=/nowhere/ca.crt"


@row("a cluster, and nothing is wrong", Kind.HEALTHY)
def _(scene: Scene) -> str:
    return scene.cluster().url


@row("a node of the cluster died, and its slots are gone (CLUSTERDOWN)", Kind.CLUSTER_DOWN)
def _(scene: Scene) -> str:
    cluster = scene.cluster()
    cluster.nodes[2].kill()
    cluster.awaits_state("fail")
    return cluster.url


@row("one node of a cluster that is down, asked by itself: it says PONG", Kind.CLUSTER_DOWN)
def _(scene: Scene) -> str:
    cluster = scene.cluster()
    cluster.nodes[2].kill()
    cluster.awaits_state("fail")
    return cluster.nodes[0].url()


@row("a node of the cluster stands still, and the others do not know yet", Kind.CLUSTER_IN_PART)
def _(scene: Scene) -> str:
    cluster = scene.cluster("--cluster-node-timeout", "60000")
    cluster.nodes[1].freeze()
    return cluster.url


@row("all nodes of the cluster were killed", Kind.REFUSED)
def _(scene: Scene) -> str:
    cluster = scene.cluster()
    for node in cluster.nodes:
        node.kill()
    return cluster.url


@row("redis+cluster:// to a single server", Kind.NOT_A_CLUSTER)
def _(scene: Scene) -> str:
    return scene.server().url().replace("redis://", "redis+cluster://")


@row("Sentinels, and nothing is wrong", Kind.HEALTHY)
def _(scene: Scene) -> str:
    return scene.sentinels().url


@row("the Sentinels failed over to the replica", Kind.HEALTHY)
def _(scene: Scene) -> str:
    group = scene.sentinels()
    group.primary.kill()
    group.awaits_failover()
    return group.url


@row("the primary stands still, and the Sentinels still name it", Kind.FROZEN)
def _(scene: Scene) -> str:
    group = scene.sentinels()
    for sentinel in group.sentinels:
        sentinel.command("SENTINEL", "SET", SERVICE, "down-after-milliseconds", "60000")
    group.primary.freeze()
    return group.url


@row("no Sentinel answers", Kind.SENTINELS_SILENT)
def _(scene: Scene) -> str:
    group = scene.sentinels()
    for sentinel in group.sentinels:
        sentinel.kill()
    return group.url


@row("the Sentinels watch no service of that name", Kind.SENTINEL_WITHOUT_SERVICE)
def _(scene: Scene) -> str:
    return scene.sentinels().url.replace(f"/{SERVICE}", "/another")


@row("the Sentinels name different primaries", Kind.SENTINELS_DISAGREE)
def _(scene: Scene) -> str:
    group = scene.sentinels()
    other = scene.server()
    group.sentinels[2].command("SENTINEL", "REMOVE", SERVICE)
    group.sentinels[2].command("SENTINEL", "MONITOR", SERVICE, "127.0.0.1", other.port, 2)
    return group.url


@row("redis:// to a Sentinel", Kind.IS_SENTINEL)
def _(scene: Scene) -> str:
    return scene.sentinels().sentinels[0].url()


@dataclass(frozen=True)
class Inside:
    """A row in a network of its own: what is set up there, and the address to ask."""

    failure: str
    kind: Kind
    scene: str
    url: str


INSIDE = [
    Inside(
        "the name does not exist (NXDOMAIN)", Kind.NAME_UNKNOWN, "nxdomain", f"redis://{in_namespace.NAME}"
    ),
    Inside("the name has no address", Kind.NAME_UNKNOWN, "no-address", f"redis://{in_namespace.NAME}"),
    Inside(
        "the name server fails (SERVFAIL)",
        Kind.NAME_SERVER_FAILED,
        "servfail",
        f"redis://{in_namespace.NAME}",
    ),
    Inside("the name server is silent", Kind.NAME_SERVER_SILENT, "silent", f"redis://{in_namespace.NAME}"),
    Inside("the network is unreachable", Kind.NO_ROUTE, "", f"redis://{in_namespace.NOWHERE}"),
    Inside("the host is unreachable", Kind.NO_ROUTE, "", f"redis://{in_namespace.UNREACHABLE}"),
    Inside("packets are dropped on the way", Kind.BLACK_HOLE, "", f"redis://{in_namespace.DROPPED}"),
    Inside("protected mode, asked from another host", Kind.PROTECTED_MODE, "server", ""),
]

GAVE: dict[str, dict[str, Kind]] = {}  # failure: {flavour: kind}


@pytest.mark.parametrize("flavour", list(NAMES))
@pytest.mark.parametrize("wanted", ROWS, ids=lambda one: one.failure)
async def test_a_failure_has_its_name(wanted: Row, flavour: str, certificates: dict[str, Path]) -> None:
    binary = binaries()[flavour]
    if binary is None:
        pytest.skip(f"there is no server of the flavour {flavour} on this machine")
    scene = Scene(binary, certificates)
    with scene.stack:
        url = await asyncio.to_thread(wanted.makes, scene)
        outcome = await ping(Target(name="redis-prod", address=parse_endpoint(url)), SystemClock())
    GAVE.setdefault(wanted.failure, {})[flavour] = outcome.kind
    assert outcome.kind is wanted.kind, outcome


@pytest.mark.parametrize("wanted", INSIDE, ids=lambda one: one.failure)
def test_a_failure_of_the_network_has_its_name(wanted: Inside) -> None:
    if not in_namespace.is_allowed():
        pytest.skip("this machine allows no network namespace")
    flavours = list(NAMES) if wanted.scene == "server" else [""]
    for flavour in flavours:
        binary = binaries().get(flavour)
        if flavour and binary is None:
            continue
        gave = in_namespace.kind_inside(wanted.scene, wanted.url, binary=binary)
        GAVE.setdefault(wanted.failure, {})[flavour] = Kind(gave["kind"])
        assert gave["kind"] == wanted.kind, gave


def test_the_table_of_the_documents_is_what_the_rows_gave() -> None:
    lines = [_line(failure, flavours) for failure, flavours in GAVE.items()]
    everything = len(ROWS) + len(INSIDE)
    if os.environ.get("DOCS") and len(lines) == everything:
        DOCS.write_text(_page(lines), "utf-8")
    if not lines:
        pytest.skip("no row ran")
    kept = DOCS.read_text("utf-8")
    missing = [line for line in lines if line.partition(" | *")[0] not in kept]
    assert not missing, "run `DOCS=docs make test ARGS=tests/bot/targets/test_matrix.py`"
    assert everything >= 30


def _line(failure: str, flavours: dict[str, Kind]) -> str:
    words = MEANINGS[next(iter(flavours.values()))]
    sure = "" if not words.could_be else f" It could be: {', '.join(words.could_be)}."
    step = "`/redis " + words.verb + "`" if words.verb else words.next
    on = ", ".join(NAMES.get(flavour, "") for flavour in flavours).strip(", ")
    return f"| {failure} | redis-prod {words.says}.{sure} | {step} | *{on or 'any'}* |"


def _page(lines: list[str]) -> str:
    versions = ", ".join(_version(path) for path in binaries().values() if path)
    return "\n".join(
        [
            "# What a ping comes to",
            "",
            f"Written by the tests, from {len(lines)} failures made on real servers: {versions}.",
            "The last column says on which of them; *any* is a failure that no server has a part in.",
            "",
            "| What is wrong | What Pong says | Its next step | On |",
            "|---|---|---|---|",
            *lines,
            "",
        ]
    )


def _version(binary: Path) -> str:
    said = subprocess.run([str(binary), "--version"], capture_output=True, text=True, check=True).stdout
    words = dict(word.partition("=")[::2] for word in said.split())
    return f"{'Valkey' if 'valkey' in said.lower() else 'Redis'} {words.get('v', '')}"
