"""Two nodes act as one site, even if the replica is behind."""

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import LiteralString

import psycopg
import pytest

from tests.cluster.browser import Answer, Form
from tests.cluster.cluster import Cluster, ask
from tests.cluster.people import Learner, People, browser
from tests.cluster.programs import wait_until
from tests.postgres import Server

ARTICLE = "payment-wallet"
VISITORS_WAIT = 1.1

NODES: LiteralString = "FROM pg_stat_activity WHERE usename = 'playbook'"
LOOKUPS: LiteralString = (
    "SELECT seq_scan + idx_scan FROM pg_stat_user_tables WHERE relname = 'progress_event'"
)
LOCKED: LiteralString = "SELECT count(*) = 1 FROM pg_locks WHERE mode = 'AccessExclusiveLock'"
WAITING: LiteralString = f"SELECT count(*) = 1 {NODES} AND wait_event_type = 'Lock'"


@pytest.fixture
def learner(people: People) -> Learner:
    return people.some(1)[0]


def pressed(page: Answer) -> set[str]:
    """Return the states that the roadmap shows for the article, at each of its entries."""
    control = rf'formaction="/articles/{ARTICLE}/state/[^"]*" name="state" value="(\w+)"'
    return set(re.findall(rf'{control} aria-pressed="true"', page.body))


@contextmanager
def replica_behind(cluster: Cluster) -> Iterator[None]:
    """Pause the replica during the block: changes arrive there, but are not visible."""
    ask(cluster.replica, "SELECT pg_wal_replay_pause()")
    try:
        yield
    finally:
        ask(cluster.replica, "SELECT pg_wal_replay_resume()")


def lookups(server: Server) -> int:
    """Return the number of lookups of events on this server so far."""
    ask(server, f"SELECT count(pg_terminate_backend(pid)) {NODES}")
    # A connection reports its statistics when it ends.
    wait_until(lambda: ask(server, f"SELECT count(*) = 0 {NODES}"))
    return int(ask(server, LOOKUPS))


def test_both_nodes_show_a_learners_latest_change(cluster: Cluster, learner: Learner) -> None:
    session, other_session = learner.sessions
    nodes = [cluster.ports["first"], cluster.ports["second"]]
    for number in range(20):
        writing, looking = nodes[number % 2], nodes[(number + 1) % 2]
        state = ["reading", "done", "skipped"][number % 3]
        path = f"/articles/{ARTICLE}/state/"
        assert browser(writing, session).post(path, {"state": state}).status == 302
        seen = [pressed(browser(looking, key).get("/")) for key in (session, other_session)]
        assert seen == [{state}, {state}]


def test_both_nodes_show_a_visitors_states(cluster: Cluster) -> None:
    visitor = browser(cluster.ports["first"])
    visitor.post(f"/articles/{ARTICLE}/state/", {"state": "done"})
    visitor.port = cluster.ports["second"]
    assert pressed(visitor.get("/")) == {"done"}


def test_both_nodes_agree_at_once_on_an_editors_change(
    cluster: Cluster, people: People, learner: Learner
) -> None:
    nodes = [cluster.ports["first"], cluster.ports["second"]]
    layer = ask(cluster.primary, "SELECT min(id) FROM catalog_layer")
    path = f"/admin/catalog/layer/{layer}/change/"
    for number in range(6):
        editor = browser(nodes[number % 2], people.editor)
        tagline = f"Edited {number} times"
        fields = {**Form(editor.get(path).body).values, "tagline": tagline}
        assert editor.post(path, fields).status == 302
        seen = [tagline in browser(port, learner.sessions[0]).get("/").body for port in nodes]
        assert seen == [True, True]
    # An anonymous visitor sees a change up to a second later.
    time.sleep(VISITORS_WAIT)
    assert [tagline in browser(port).get("/").body for port in nodes] == [True, True]


def test_a_learner_reads_their_own_writes_while_the_replica_is_behind(
    cluster: Cluster, learner: Learner
) -> None:
    session, other_session = learner.sessions
    port = cluster.ports["proxy"]
    path = f"/articles/{ARTICLE}/state/"
    browser(port, session).post(path, {"state": "reading"})
    with replica_behind(cluster):
        browser(port, session).post(path, {"state": "done"})
        for key in (session, other_session):
            assert pressed(browser(port, key).get("/")) == {"done"}
            (state,) = [
                row["state"] for row in browser(port, key).get("/me/export.json").json()["states"]
            ]
            assert state == "done"


def test_the_history_shows_an_editors_change_while_the_replica_is_behind(
    cluster: Cluster, people: People, learner: Learner
) -> None:
    port = cluster.ports["proxy"]
    reading = browser(port, learner.sessions[0])
    reading.post(f"/articles/{ARTICLE}/state/", {"state": "done"})
    cluster.wait_for_replica()
    with replica_behind(cluster):
        title = "UPDATE catalog_article SET title = %s WHERE slug = %s RETURNING title"
        ask(cluster.primary, title, "A wallet, edited", ARTICLE)
        assert "A wallet, edited" in reading.get("/me/history/").body


def test_pages_of_a_learner_are_read_from_the_replica(cluster: Cluster, learner: Learner) -> None:
    reading = browser(cluster.ports["first"], learner.sessions[0])
    reading.post(f"/articles/{ARTICLE}/state/", {"state": "done"})
    cluster.wait_for_replica()
    before = lookups(cluster.primary), lookups(cluster.replica)
    for path in ("/me/", "/me/history/", "/me/export.json"):
        assert reading.ask_once("GET", path).status == 200
    after = lookups(cluster.primary), lookups(cluster.replica)
    assert after[0] == before[0]
    assert after[1] >= before[1] + 3


def test_a_page_that_loses_the_replica_comes_from_the_primary(
    cluster: Cluster, learner: Learner
) -> None:
    reading = browser(cluster.ports["first"], learner.sessions[0])
    reading.post(f"/articles/{ARTICLE}/state/", {"state": "done"})
    cluster.wait_for_replica()
    answers: list[Answer] = []
    with psycopg.connect(cluster.direct_url) as connection:
        # The lock is replicated, so the page waits for it in the middle of its queries.
        connection.execute("LOCK TABLE progress_event IN ACCESS EXCLUSIVE MODE")
        ask(cluster.primary, "SELECT pg_switch_wal()")
        wait_until(lambda: ask(cluster.replica, LOCKED))
        page = threading.Thread(target=lambda: answers.append(reading.ask_once("GET", "/me/")))
        page.start()
        wait_until(lambda: ask(cluster.replica, WAITING))
        cluster.replica.stop("immediate")
    page.join(30)
    assert [answer.status for answer in answers] == [200]
