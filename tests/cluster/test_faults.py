"""Components of the cluster fail under load: a retry is enough, and nothing is lost.

No acknowledged change is lost, and every learner sees their own changes. `browser.py` retries, and
`load.py` compares.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import LiteralString

from tests.cluster.browser import Browser
from tests.cluster.cluster import Cluster, ask
from tests.cluster.load import ENOUGH, READERS, WRITERS, under_load
from tests.cluster.people import People, browser
from tests.cluster.programs import wait_until

OUTAGE = 4
"""Seconds. nginx avoids a node for up to three seconds after a failure (`fail_timeout`)."""

CONFIRMS: LiteralString = "SELECT sync_state = 'sync' FROM pg_stat_replication"

MANY_EVENTS: LiteralString = """
INSERT INTO progress_event (user_id, article_id, from_state, to_state, happened_at)
SELECT (SELECT id FROM accounts_user WHERE username = 'editor'),
       (SELECT min(id) FROM catalog_article), 'todo', 'done', now()
FROM generate_series(1, 200000)
"""


def test_no_request_is_retried_without_a_fault(cluster: Cluster, people: People) -> None:
    with under_load(cluster, people) as load:
        pass
    assert load.faults == []


def test_readers_continue_when_a_node_is_killed(cluster: Cluster, people: People) -> None:
    with under_load(cluster, people) as load:
        cluster.nodes[0].kill()
        time.sleep(OUTAGE)
        cluster.nodes[0].start()
    # nginx sends a request to the other node if this one has sent nothing yet. A response that was
    # being sent is cut off, at most once for each writer and reader.
    assert all("IncompleteRead" in fault for fault in load.faults), load.faults
    assert len(load.faults) <= WRITERS + READERS


def test_readers_continue_while_nodes_restart_in_turn(cluster: Cluster, people: People) -> None:
    with under_load(cluster, people) as load:
        for node in cluster.nodes:
            node.stop()
            node.start()
            cluster.wait_until_used(node)
    assert load.faults == []


def test_a_static_file_of_the_later_version_is_found_while_both_versions_serve(
    cluster: Cluster,
) -> None:
    (cluster.folder / "second" / "static" / "later.css").write_text("/* later */")
    cluster.nodes[1].stop()
    cluster.nodes[1].start()
    cluster.wait_until_used(cluster.nodes[1])
    reader = Browser(cluster.ports["proxy"])
    assert [reader.ask_once("GET", "/static/later.css").status for _ in range(6)] == [200] * 6


def test_readers_continue_while_a_later_version_migrates_the_database(
    cluster: Cluster, people: People
) -> None:
    ask(cluster.primary, MANY_EVENTS)
    with under_load(cluster, people) as load:
        later = "tests.cluster.later_settings"
        cluster.manage("first", "migrate", DJANGO_SETTINGS_MODULE=later)
    assert load.faults == []
    valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'later_weight'::regclass"
    assert ask(cluster.primary, valid) is True


def test_readers_continue_after_postgresql_restarts(cluster: Cluster, people: People) -> None:
    with under_load(cluster, people):
        cluster.primary.stop("fast")
        cluster.primary.start()


def test_readers_continue_after_postgresql_crashes(cluster: Cluster, people: People) -> None:
    with under_load(cluster, people):
        cluster.primary.stop("immediate")
        cluster.primary.start()


def test_readers_wait_in_the_pooler_while_postgresql_restarts(
    cluster: Cluster, people: People
) -> None:
    with under_load(cluster, people) as load:
        cluster.tell_pooler("PAUSE")
        cluster.primary.stop("fast")
        cluster.primary.start()
        cluster.tell_pooler("RESUME")
    assert load.faults == []


def test_readers_continue_after_the_pooler_crashes(cluster: Cluster, people: People) -> None:
    with under_load(cluster, people):
        cluster.pooler.kill()
        cluster.pooler.start()


def test_broken_connections_are_replaced(cluster: Cluster, people: People) -> None:
    (learner,) = people.some(1)

    def ask_from_many_threads() -> list[int]:
        reader = browser(cluster.ports["proxy"], learner.sessions[0])
        with ThreadPoolExecutor(16) as threads:
            answers = [threads.submit(reader.ask_once, "GET", "/me/history/") for _ in range(64)]
        return [answer.result().status for answer in answers]

    assert ask_from_many_threads() == [200] * 64
    cluster.pooler.kill()
    cluster.pooler.start()
    assert ask_from_many_threads() == [200] * 64


def test_readers_continue_while_the_replica_stops_and_returns(
    cluster: Cluster, people: People
) -> None:
    with under_load(cluster, people) as load:
        cluster.replica.stop("immediate")
        load.wait_for_answers(ENOUGH)
        cluster.replica.start()
    assert load.faults == []


def test_sign_in_attempts_are_counted_with_and_without_redis(cluster: Cluster) -> None:
    def attempt() -> str:
        """Try to sign in through nginx, which uses both nodes."""
        wrong = {"login": f"name-{with_redis}", "password": "not-the-password"}
        return Browser(cluster.ports["proxy"]).post("/accounts/login/", wrong).body

    stored: LiteralString = "SELECT count(*) FROM playbook_cache WHERE cache_key LIKE '%sign_in:%'"
    for with_redis in (True, False):
        if not with_redis:
            cluster.redis.kill()
        before = ask(cluster.primary, stored)
        *wrong, refused = [attempt() for _ in range(6)]
        assert all("The user name or the password is wrong" in page for page in wrong)
        assert "Too many failed attempts" in refused
        assert (ask(cluster.primary, stored) > before) is not with_redis


def test_readers_continue_without_redis(cluster: Cluster, people: People) -> None:
    with under_load(cluster, people) as load:
        cluster.redis.kill()
    assert load.faults == []


def test_a_promoted_replica_replaces_a_crashed_primary(cluster: Cluster, people: People) -> None:
    """Run this test last: the two servers are no longer a primary and its replica."""
    # With synchronous replication, the primary acknowledges no change that the replica lacks.
    ask(cluster.primary, "ALTER SYSTEM SET synchronous_standby_names = '*'")
    ask(cluster.primary, "SELECT pg_reload_conf()")
    wait_until(lambda: ask(cluster.primary, CONFIRMS))
    with under_load(cluster, people):
        cluster.fail_over()
