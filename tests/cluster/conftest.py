from collections.abc import Iterator

import pytest

from tests.cluster import cluster as clusters
from tests.cluster import people as signed_in
from tests.cluster.cluster import Cluster
from tests.cluster.people import People


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    with clusters.running() as running:
        yield running


@pytest.fixture(scope="session")
def people(cluster: Cluster) -> People:
    return signed_in.sign_in(cluster)


@pytest.fixture(autouse=True)
def mended_cluster(cluster: Cluster) -> Iterator[None]:
    """Start again what a test stopped, so that the next test finds a working cluster."""
    yield
    cluster.mend()
