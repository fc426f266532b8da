"""Import thirty random versions of a playbook and check that no learner loses a state."""

import random
from collections import Counter
from dataclasses import dataclass, field

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from catalog.models import Alias, Article, Entry, Section
from catalog.playbook_file.models import OpenQuestion
from catalog.playbook_file.revisions.applying import apply
from catalog.playbook_file.revisions.planning import plan, prepare
from catalog.snapshot import current
from catalog.stored_catalog import stored
from progress.learner import LearnerProgress
from progress.models import Event, State
from progress.states import StateName

pytestmark = pytest.mark.usefixtures("playbook")

VERSIONS = 30
WORDS = [
    "cache",
    "queue",
    "shard",
    "quorum",
    "ledger",
    "beacon",
    "mutex",
    "lantern",
    "socket",
    "cursor",
    "gossip",
    "vector",
]


@dataclass
class Piece:
    """An article as its author sees it: it stays the same whatever the file says about it."""

    id: int
    title: str
    post: str = ""
    host: str = "medium.com/@author"
    article: int | None = None
    """The primary key of its first import."""

    @property
    def url(self) -> str:
        return f"https://{self.host}/{self.title.lower().replace(' ', '-')}-{self.post}"


@dataclass
class Author:
    """Rewrites a playbook at random, in the ways that authors do."""

    chance: random.Random
    sections: dict[str, list[Piece]] = field(default_factory=dict)
    dropped: list[Piece] = field(default_factory=list)
    count: int = 0

    def piece(self) -> Piece:
        self.count += 1
        # No two titles are similar: questions are tested elsewhere.
        title = f"{self.chance.choice(WORDS)}{self.count} study{self.count}"
        post = f"{self.count:011x}f" if self.chance.random() < 0.7 else ""
        return Piece(self.count, title, post)

    def begin(self) -> None:
        for number in range(6):
            pieces = [self.piece() for _ in range(5)]
            self.sections[f"🏗 Part {WORDS[number]}"] = pieces

    @property
    def pieces(self) -> list[Piece]:
        return list({p.id: p for pieces in self.sections.values() for p in pieces}.values())

    def rewrite(self) -> None:
        for edit in self.chance.sample(
            [
                self.retitle, self.move, self.reorder, self.add, self.drop, self.restore,
                self.link, self.rehost, self.rename, self.split, self.list_twice, self.reorder_all,
            ],
            k=5,
        ):  # fmt: skip
            edit()
        self.sections = {name: pieces for name, pieces in self.sections.items() if pieces}

    def some(self) -> tuple[list[Piece], Piece]:
        pieces = self.chance.choice([pieces for pieces in self.sections.values() if pieces])
        return pieces, self.chance.choice(pieces)

    def retitle(self) -> None:
        """Retitle a linked article: one without a link is identified by its title."""
        _pieces, piece = self.some()
        if piece.post:
            piece.title = f"{self.chance.choice(WORDS)}{piece.id} anew{self.chance.random()}"

    def move(self) -> None:
        pieces, piece = self.some()
        if len(self.pieces) > 5:
            pieces.remove(piece)
            other = self.chance.choice(list(self.sections.values()))
            if piece not in other:
                other.insert(self.chance.randint(0, len(other)), piece)
            elif piece not in self.pieces:
                pieces.append(piece)

    def reorder(self) -> None:
        self.chance.shuffle(self.some()[0])

    def reorder_all(self) -> None:
        names = list(self.sections)
        self.chance.shuffle(names)
        self.sections = {name: self.sections[name] for name in names}

    def add(self) -> None:
        self.some()[0].append(self.piece())

    def drop(self) -> None:
        if len(self.pieces) < 10:
            return
        _pieces, piece = self.some()
        for pieces in self.sections.values():
            if piece in pieces:
                pieces.remove(piece)
        self.dropped.append(piece)

    def restore(self) -> None:
        if self.dropped:
            self.some()[0].append(self.dropped.pop(0))

    def link(self) -> None:
        for piece in self.pieces:
            if not piece.post:
                piece.post = f"{piece.id:011x}e"
                return

    def rehost(self) -> None:
        piece = self.some()[1]
        piece.host = self.chance.choice(["author.medium.com", "levelup.gitconnected.com"])

    def rename(self) -> None:
        name = self.chance.choice(list(self.sections))
        self.sections = {
            (f"⚡ Named {self.chance.random()}" if old == name else old): pieces
            for old, pieces in self.sections.items()
        }

    def split(self) -> None:
        pieces = self.chance.choice(list(self.sections.values()))
        if len(pieces) > 3:
            self.sections[f"Split {self.chance.random()}"] = pieces[2:]
            del pieces[2:]

    def list_twice(self) -> None:
        piece = self.some()[1]
        other = self.chance.choice(list(self.sections.values()))
        if piece not in other:
            other.append(piece)

    def write(self) -> bytes:
        lines = ["# A playbook", ""]
        for name, pieces in self.sections.items():
            lines += [f"## {name}", "", "| Title | Link | Description |", "|---|---|---|"]
            for piece in pieces:
                link = f"[Read]({piece.url})" if piece.post else "Read Here"
                lines.append(f"| **{piece.title}** | {link} | On {piece.title} |")
            lines.append("")
        return "\n".join(lines).encode()


def import_file(content: bytes) -> None:
    revision = prepare(content, "playbook.md", None)
    assert plan(revision).merge.questions == []
    apply(revision)


def articles_of(author: Author) -> dict[int, int]:
    """Return the article of each piece, by the entries that the import made."""
    by_title = {entry.title: entry.article_id for entry in Entry.objects.listed()}
    return {piece.id: by_title[piece.title] for piece in author.pieces}


def recount(user: User) -> tuple[int, int, Counter[str]]:
    """Count again: distinct countable articles, those done or not skipped, and done by section."""
    rows = [
        (entry.section.slug, entry.article_id)
        for entry in Entry.objects.select_related("section", "article__status")
        if not (entry.retired_at or entry.article.retired_at or entry.section.retired_at)
        and entry.article.status.is_countable
    ]
    states = dict(State.objects.filter(user=user).values_list("article_id", "state"))
    articles = {article for _section, article in rows}
    done = {article for article in articles if states.get(article) == "done"}
    skipped = {article for article in articles if states.get(article) == "skipped"}
    by_section = Counter(section for section, article in rows if article in done)
    return len(articles - skipped), len(done), by_section


@pytest.mark.parametrize(
    "seed",
    [0, *(pytest.param(seed, marks=pytest.mark.same_everywhere) for seed in (1, 2))],
)
def test_no_learner_loses_a_state_over_thirty_versions(seed: int) -> None:
    chance = random.Random(seed)
    author = Author(chance)
    author.begin()
    import_file(author.write())
    learners = [User.objects.create_user(f"learner-{number}") for number in range(4)]
    articles = articles_of(author)
    for _version in range(VERSIONS):
        for user in learners:
            progress = LearnerProgress(user)
            for article in chance.sample(list(Article.objects.listed()), 3):
                progress.set(article, chance.choice(list(StateName)))
        states = list(State.objects.order_by("pk").values_list())
        events = list(Event.objects.order_by("pk").values_list())

        author.rewrite()
        content = author.write()
        import_file(content)

        assert list(State.objects.order_by("pk").values_list()) == states
        assert list(Event.objects.order_by("pk").values_list()) == events
        now = articles_of(author)
        assert {piece: now[piece] for piece in now if piece in articles} == {
            piece: articles[piece] for piece in now if piece in articles
        }
        articles |= now
        assert len(set(articles.values())) == len(articles), "two pieces became one article"
        assert in_file_order(author)
        after = stored()
        import_file(content)
        assert stored() == after
        snapshot = current(AnonymousUser())
        sections = Section.objects.values_list("slug", flat=True)
        for user in learners:
            progress = LearnerProgress(user)
            progress.snapshot = snapshot
            totals = progress.totals
            required, done, by_section = recount(user)
            assert (totals.overall.required, totals.overall["done"]) == (required, done)
            assert by_section == Counter(
                {slug: n for slug in sections if (n := totals.of_section(slug).finished)}
            )
    assert Alias.objects.count() >= len(articles)
    assert not OpenQuestion.objects.exists()


def in_file_order(author: Author) -> bool:
    """Return whether sections and rows are numbered from 1 in the order of the file."""
    headings = [s.heading for s in stored().journey]
    listed = [name for name in author.sections if name in headings]
    sections = {
        f"{section.emoji} {section.title}".strip(): section for section in Section.objects.listed()
    }
    for name, pieces in author.sections.items():
        rows = list(sections[name].entries.current().order_by("number"))
        if [row.title for row in rows] != [piece.title for piece in pieces]:
            return False
        if [row.number for row in rows] != list(range(1, len(rows) + 1)):
            return False
    return len(listed) == len(author.sections) == len(headings)
