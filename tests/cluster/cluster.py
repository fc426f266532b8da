"""A cluster on one machine: two web nodes, nginx, PgBouncer, PostgreSQL with a replica, Redis."""

import re
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, LiteralString

import psycopg

from tests import prepared
from tests.cluster.browser import Browser
from tests.cluster.programs import Program, answers, fill_in, folder_for, free_ports, wait_until
from tests.machine import program
from tests.playbook.program import KEY, ROOT, environment
from tests.postgres import Server

# Data has to survive a crash of the server but not of the machine, so fsync is not needed.
DATABASE = "-c fsync=off -c full_page_writes=off -c shared_buffers=32MB -c max_connections=60"
ON_SOCKET = "-c listen_addresses=''"
ON_LOOPBACK = "-c listen_addresses=127.0.0.1"


def ask(server: Server, query: LiteralString, *values: object) -> Any:
    """Run a query as the database's superuser, and return the first value of its first row."""
    with psycopg.connect(server.url("postgres", "playbook"), autocommit=True) as connection:
        answer = connection.execute(query, values or None)
        row = answer.fetchone() if answer.description else None
    return row[0] if row else None


def installed(name: str) -> str:
    path = program(name)
    if not path:
        raise FileNotFoundError(name)
    return path


class Cluster:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.password = secrets.token_urlsafe(24)
        names = ("proxy", "first", "second", "pooler", "replica", "redis", "cache")
        self.ports = dict(zip(names, free_ports(len(names)), strict=True))
        self.address = f"http://127.0.0.1:{self.ports['proxy']}"
        self.primary = Server(folder_for(folder, "primary"), f"{DATABASE} {ON_SOCKET}")
        self.replica = Server(
            folder_for(folder, "replica"), f"{DATABASE} {ON_LOOPBACK}", self.ports["replica"]
        )
        self.servers = [self.primary, self.replica]
        self.pooler = self._pooler()
        self.redis = self._redis()
        self.nodes = [self._node("first"), self._node("second")]
        self.proxy = self._proxy()
        self.cache = self._cache()

    @property
    def direct_url(self) -> str:
        """The primary's URL without the pooler, for migrations and checks."""
        return self.primary.url("playbook", "playbook")

    def tcp_url(self, port: int, database: str = "playbook") -> str:
        return f"postgres://playbook:{self.password}@127.0.0.1:{port}/{database}"

    def node_environment(self, name: str) -> dict[str, str]:
        """Return the environment of a node; only its port and folder differ between nodes."""
        return environment(
            SECRET_KEY=KEY,
            SITE_URL=self.address,
            TRUSTED_PROXY_COUNT="1",
            DATABASE_URL=self.tcp_url(self.ports["pooler"]),
            DATABASE_POOLER="true",
            DATABASE_REPLICA_URL=self.tcp_url(self.ports["replica"]),
            REDIS_URL=f"redis://127.0.0.1:{self.ports['redis']}/0",
            WEB_WORKERS="1",
            PORT=str(self.ports[name]),
            STATIC_ROOT=str(self.folder / name / "static"),
        )

    def manage(self, node: str, *arguments: str, **variables: str) -> str:
        """Run a command on a node with a direct connection to PostgreSQL; return its output."""
        direct = {"DATABASE_URL": self.direct_url, "DATABASE_POOLER": "false"}
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env={**self.node_environment(node), **direct, **variables},
            stdout=subprocess.PIPE,
            text=True,
            timeout=600,
            check=True,
        )
        return done.stdout

    def start_primary(self) -> None:
        self.primary.create("--auth-local=trust", "--auth-host=scram-sha-256")
        self.primary.start()
        role = f"CREATE ROLE playbook LOGIN PASSWORD '{self.password}'"
        for statement in (role, "CREATE DATABASE playbook OWNER playbook"):
            self.primary.run(
                "psql", "-qX", "-h", self.primary.folder, "-U", "postgres", "-c", statement
            )

    def start_replica(self) -> None:
        self.primary.run(
            "pg_basebackup", "--pgdata", self.replica.data, "--checkpoint=fast", "--no-sync",
            "--write-recovery-conf", "--create-slot", "--slot=replica",
            "-h", self.primary.folder, "-U", "postgres",
        )  # fmt: skip
        self.replica.start()

    @property
    def programs(self) -> list[Program]:
        return [self.pooler, self.redis, *self.nodes, self.proxy, self.cache]

    def wait_for_replica(self) -> None:
        """Wait until the replica has everything that the primary has now."""
        now = ask(self.primary, "SELECT pg_current_wal_lsn()")
        wait_until(
            lambda: ask(self.replica, "SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", str(now))
        )

    def wait_until_used(self, node: Program) -> None:
        """Wait until nginx sends requests to a node that was restarted.

        nginx avoids a node for two to three seconds after a failure, and then sends it one request.
        Until that one is answered, the node receives no other.
        """
        responded = re.compile(rf" [23]\d\d 127\.0\.0\.1:{node.port}$", re.MULTILINE)
        log = self.proxy.folder / "access.log"
        start = log.stat().st_size
        anonymous = Browser(self.ports["proxy"])

        def is_used() -> bool:
            anonymous.ask_once("GET", "/healthz")
            return bool(responded.search(log.read_bytes()[start:].decode()))

        wait_until(is_used)

    def tell_pooler(self, command: LiteralString) -> None:
        url = self.tcp_url(self.ports["pooler"], "pgbouncer")
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(command)

    def empty_cache(self) -> None:
        shutil.rmtree(self.cache.folder / "cache")

    def mend(self) -> None:
        """Start every stopped component, and wait until nginx uses both nodes."""
        for server in self.servers:
            if not (server.data / "postmaster.pid").exists():
                server.start()
        for part in self.programs:
            if not answers(part.port):
                part.kill()
                part.start()
        for node in self.nodes:
            self.wait_until_used(node)

    def fail_over(self) -> None:
        """Stop the primary, and promote the replica."""
        self.primary.stop("immediate")
        self.replica.run("pg_ctl", "promote", "--wait", "-D", self.replica.data)
        self.primary = self.replica
        self._configure_pooler(self.pooler.folder)
        self.tell_pooler("RELOAD")

    def _pooler(self) -> Program:
        folder = folder_for(self.folder, "pooler")
        settings = self._configure_pooler(folder)
        fill_in("users", folder / "users", password=self.password)
        return Program(folder, self.ports["pooler"], [installed("pgbouncer"), settings])

    def _configure_pooler(self, folder: Path) -> Path:
        return fill_in(
            "pgbouncer.ini",
            folder / "pgbouncer.ini",
            folder=folder,
            port=self.ports["pooler"],
            primary=self.primary.folder,
            primary_port=self.primary.port,
        )

    def _redis(self) -> Program:
        folder, port = folder_for(self.folder, "redis"), self.ports["redis"]
        listening = ("--bind", "127.0.0.1", "--port", str(port), "--save", "")
        return Program(folder, port, [installed("redis-server"), *listening, "--dir", folder])

    def _node(self, name: str) -> Program:
        folder = folder_for(self.folder, name)
        command = [sys.executable, "manage.py", "serve"]
        return Program(
            folder,
            self.ports[name],
            command,
            user=None,
            environment=self.node_environment(name),
        )

    def _proxy(self) -> Program:
        nodes = {"first_node": self.ports["first"], "second_node": self.ports["second"]}
        return self._nginx("proxy", "nginx.conf", **nodes)

    def _cache(self) -> Program:
        return self._nginx("cache", "cache.conf", site=self.ports["proxy"])

    def _nginx(self, name: str, template: str, **values: object) -> Program:
        folder, port = folder_for(self.folder, name), self.ports[name]
        settings = fill_in(template, folder / "nginx.conf", folder=folder, port=port, **values)
        errors = ("-e", folder / "error.log", "-g", "daemon off;")
        return Program(folder, port, [installed("nginx"), "-c", settings, *errors])


@contextmanager
def running() -> Iterator[Cluster]:
    """Run a cluster, and remove all its files afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="playbook-cluster-"))
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder)
        # Programs of the system user have to reach their own folders inside it.
        folder.chmod(0o711)
        cluster = Cluster(folder)
        cluster.start_primary()
        stack.callback(cluster.primary.stop)
        cluster.start_replica()
        stack.callback(cluster.replica.stop)
        prepared.copy_static_files(folder / "first" / "static")
        cluster.manage("first", "prepare")
        # The second node needs the same files, and compressing them takes long.
        shutil.copytree(folder / "first" / "static", folder / "second" / "static")
        cluster.manage("second", "prepare")
        for part in cluster.programs:
            stack.callback(part.kill)
            part.start()
        yield cluster
