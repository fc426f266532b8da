"""Generate a catalogue of thousands of entries that contains the one that ships."""

import itertools
import random
from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone

from catalog.history.records import record_untracked
from catalog.models import Alias, Article, Entry, Layer, Section, Status

ENTRIES_IN_SECTION = 100
LISTED_TWICE = 0.1
ADJECTIVES = (
    "Resilient", "Distributed", "Event-Driven", "Multi-Region", "Low-Latency", "Cost-Aware",
    "Idempotent", "Eventually Consistent", "Sharded", "Observable", "Tenant-Aware", "Elastic",
)  # fmt: skip
SYSTEMS = (
    "Order Book", "Search Index", "Rate Limiter", "Notification Service", "Feature Store",
    "Session Store", "Billing Ledger", "Job Scheduler", "Message Broker", "Object Storage",
    "Recommendation Engine", "Metrics Pipeline", "Chat Backend", "Video Transcoder",
    "Inventory Service", "Fraud Detector", "Ad Server", "Leaderboard", "Geo Index", "API Gateway",
)  # fmt: skip
MEANS = (
    "Consistent Hashing", "Write-Ahead Logs", "Quorum Reads", "Saga Coordinators", "Bloom Filters",
    "Change Data Capture", "Circuit Breakers", "Vector Clocks", "Leader Election", "Backpressure",
    "Two-Phase Commit", "Materialised Views", "Token Buckets", "Gossip Protocols", "Tiered Caches",
)  # fmt: skip
GAINS = (
    "keep latency flat while traffic doubles", "lose a zone without losing a write",
    "split hot keys before they hurt", "roll back a bad deploy in seconds",
    "choose between fresh and fast answers", "size queues, pools and timeouts by measurement",
    "replay events without doing anything twice", "move tenants between shards at run time",
)  # fmt: skip


def fill(entries: int) -> None:
    """Add entries until the catalogue has `entries` of them. Existing entries are not changed."""
    chance = random.Random("catalogue")
    missing = entries - Entry.objects.count()
    sections = make_sections(-(-missing // ENTRIES_IN_SECTION))
    articles = make_articles(missing - int(missing * LISTED_TWICE), chance)
    # Articles of the first half are listed twice, so that their entries are far apart.
    half = len(articles) // 2
    places = [*articles, *chance.sample(articles[:half], missing - len(articles))]
    Entry.objects.bulk_create(
        (
            Entry(
                section=sections[index // ENTRIES_IN_SECTION],
                article=article,
                number=index % ENTRIES_IN_SECTION + 1,
                title=article.title,
                what_you_learn=learnt(chance),
            )
            for index, article in enumerate(places)
        ),
        batch_size=1000,
    )
    record_untracked(Section, Article, Entry)


def make_sections(count: int) -> list[Section]:
    layers = itertools.cycle(Layer.objects.all())
    number = Section.objects.count()
    sections = [
        Section(
            slug=f"generated-{index}",
            layer=layer,
            number=number + index + 1,
            title=f"{SYSTEMS[index % len(SYSTEMS)]}: {MEANS[index % len(MEANS)]}, volume {index}",
        )
        for index, layer in zip(range(count), layers, strict=False)
    ]
    return Section.objects.bulk_create(sections)


def make_articles(count: int, chance: random.Random) -> list[Article]:
    status = Status.objects.get(slug="published")
    now = timezone.now()
    articles = [
        Article(
            slug=f"generated-{number}",
            title=title,
            url=f"https://medium.com/@somebody/generated-{number:012x}",
            status=status,
            added_at=now - timedelta(hours=number),
        )
        for number, title in zip(range(count), titles(chance), strict=False)
    ]
    Article.objects.bulk_create(articles, batch_size=1000)
    Alias.objects.bulk_create(
        (Alias(article=article, key=article.key) for article in articles), batch_size=1000
    )
    return articles


def titles(chance: random.Random) -> Iterator[str]:
    while True:
        adjective, system, means = map(chance.choice, (ADJECTIVES, SYSTEMS, MEANS))
        yield f"{adjective} {system} with {means} (part {chance.randint(1, 9)})"


def learnt(chance: random.Random) -> str:
    first, second = chance.sample(GAINS, 2)
    return f"How to {first}, {second}, and what {chance.choice(MEANS)} cost"
