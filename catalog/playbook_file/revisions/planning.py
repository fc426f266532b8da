"""Preparing, applying and undoing revisions: what the command and the admin both do."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog import catalog_version, learners
from catalog.models import Article
from catalog.playbook_file.catalog_data import CatalogData, stored
from catalog.playbook_file.matching.decisions import Decisions
from catalog.playbook_file.matching.merge import Merge, merge
from catalog.playbook_file.models import OpenQuestion, Revision, packed
from catalog.playbook_file.reading.file_parser import read
from catalog.playbook_file.revisions.diff import CatalogDiff, difference
from catalog.playbook_file.revisions.store import store


class CatalogueChanged(Exception):
    """Somebody changed the catalogue after the revision was prepared."""


class AlreadyApplied(Exception):
    """The revision is applied, or was by somebody else just now."""


@dataclass(frozen=True)
class Plan:
    """What a revision would do to the catalogue as it is now."""

    merge: Merge

    @cached_property
    def difference(self) -> CatalogDiff:
        return difference(self.merge.before, self.merge.after)

    @cached_property
    def touched(self) -> int:
        """Learners with a state on an article that changes."""
        return learners.counter.touched([changed.uuid for changed in self.difference.articles])

    @cached_property
    def learners(self) -> dict[str, int]:
        """By UUID, of each article that changes or is asked about."""
        asked = {uuid for question in self.merge.questions for uuid in question.candidates}
        uuids = asked | {changed.uuid for changed in self.difference.articles}
        return dict(learners.counter.by_article(sorted(uuids)))

    @property
    def summary(self) -> str:
        """“43 entries, 39 articles; 29 matched, 26 retitled; 212 learners touched; nobody loses a
        state.”"""
        of = self.difference
        entries = ngettext("%d entry", "%d entries", of.entry_count) % of.entry_count
        articles = ngettext("%d article", "%d articles", of.article_count) % of.article_count
        parts = [_("%d matched") % self.merge.matched]
        parts += [words % count for words, count in _counted(of)]
        touched = ngettext("%d learner touched", "%d learners touched", self.touched)
        state = _("nobody loses a state.")
        return f"{entries}, {articles}; {', '.join(parts)}; {touched % self.touched}; {state}"

    def as_json(self) -> dict[str, Any]:
        articles = self.merge.before.articles
        return {
            "summary": self.summary,
            "matched": self.merge.matched,
            "learners_touched": self.touched,
            **self.difference.as_json(),
            "learners": self.learners,
            "questions": [
                {
                    "key": question.key,
                    "title": question.title,
                    "line": question.line,
                    "candidates": [articles[uuid].slug for uuid in question.candidates],
                    "decision": question.decision,
                }
                for question in self.merge.questions
            ],
            "placements": [
                {
                    "key": placement.key,
                    "title": placement.title,
                    "line": placement.line,
                    "layer": placement.layer,
                }
                for placement in self.merge.placements
            ],
            "notes": [{"line": note.line, "text": note.text} for note in self.merge.notes],
        }


def _counted(of: CatalogDiff) -> Iterator[tuple[str, int]]:
    count = of.counts
    addresses = ngettext("%d new address", "%d new addresses", count["address"])
    words = {
        "retitled": _("%d retitled"),
        "address": addresses,
        "joined": _("%d known by one more address"),
        "moved": _("%d moved"),
        "renumbered": _("%d renumbered"),
        "described": _("%d with another description"),
        "status": _("%d with another status"),
        "new": _("%d new"),
        "back": _("%d back again"),
        "retired": _("%d retired"),
    }
    return ((told, count[kind]) for kind, told in words.items() if count[kind])


def prepare(content: bytes, name: str, user: Any, decisions: Decisions | None = None) -> Revision:
    """Neither stored nor read yet: `plan` and `apply` tell whether the file can be."""
    return Revision(
        made_by=user,
        file_name=name[:200],
        file=content,
        decisions=dict(decisions or {}),
        catalog_version=catalog_version.current(),
    )


def prepare_undo(revision: Revision, user: Any) -> Revision:
    """Not stored yet; restores the catalogue as it was before that revision."""
    return Revision(made_by=user, undoes=revision, catalog_version=catalog_version.current())


def plan(revision: Revision) -> Plan:
    """From the catalogue as it is now. Unreadable; Undecidable where a decision does not fit."""
    with _uncollected():
        now = stored()
        if revision.undoes:
            return Plan(restore(now, revision.undoes.before, revision.undoes.after))
        return Plan(merge(now, read(bytes(revision.file)), revision.decisions))


@contextmanager
def _uncollected() -> Iterator[None]:
    """A million small objects that all stay: to look for garbage among them is a waste."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def restore(now: CatalogData, then: CatalogData, made: CatalogData) -> Merge:
    """`made` is what the revision made of the catalogue that was `then`.

    What came since then is retired: learners may have a state on it. What was merged since then
    stays so: their states are the remaining article's. A key that an article got after the
    revision, as by a merge, stays its own.
    """
    then = _with_later_keys(_with_later_merges(then, now), now, made)
    articles = {
        **{uuid: replace(row, is_retired=True) for uuid, row in now.articles.items()},
        **then.articles,
    }
    taken = {key for row in then.articles.values() for key in row.keys}
    for uuid in now.articles.keys() - then.articles.keys():
        kept = tuple(key for key in articles[uuid].keys if key not in taken)
        articles[uuid] = replace(articles[uuid], keys=kept)
    used = {row.status for row in articles.values()}
    after = CatalogData(
        layers={**now.layers, **then.layers},
        sections={
            **{slug: replace(row, is_retired=True) for slug, row in now.sections.items()},
            **then.sections,
        },
        statuses={
            **{slug: row for slug, row in now.statuses.items() if slug in used},
            **then.statuses,
        },
        articles=articles,
        entries={
            **{pk: replace(row, is_retired=True) for pk, row in now.entries.items()},
            **then.entries,
        },
    )
    return Merge(now, after, len(now.listed.keys() & after.listed.keys()))


def _with_later_keys(then: CatalogData, now: CatalogData, made: CatalogData) -> CatalogData:
    taken = {key for row in then.articles.values() for key in row.keys}
    articles = dict(then.articles)
    for uuid, row in then.articles.items():
        if uuid not in now.articles:
            continue
        given = made.articles[uuid].keys if uuid in made.articles else ()
        later = {*now.articles[uuid].keys} - {*given} - taken
        articles[uuid] = replace(row, keys=tuple(sorted({*row.keys, *later})))
    return replace(then, articles=articles)


def _with_later_merges(then: CatalogData, now: CatalogData) -> CatalogData:
    articles = dict(then.articles)
    became = {
        uuid: now.articles[uuid].merged_into
        for uuid in then.articles
        if now.articles[uuid].merged_into and not then.articles[uuid].merged_into
    }
    for uuid, kept in became.items():
        old, whole = articles[uuid], articles.get(kept) or now.articles[kept]
        articles[uuid] = replace(now.articles[uuid], keys=())
        articles[kept] = replace(
            whole,
            url=whole.url or old.url,
            keys=tuple(sorted({*whole.keys, *old.keys})),
            is_retired=whole.is_retired and old.is_retired,
        )
    entries, places = {}, set()
    for pk, entry in then.entries.items():
        moved = replace(entry, article=became.get(entry.article, entry.article))
        place = moved.section, moved.article, moved.title
        entries[pk] = replace(moved, is_retired=entry.is_retired or place in places)
        if not entry.is_retired:
            places.add(place)
    return replace(then, articles=articles, entries=entries)


@transaction.atomic
def apply(revision: Revision) -> Plan:
    """In one transaction, or not at all. CatalogueChanged, AlreadyApplied, Unreadable, Undecidable.

    Where it changes nothing, no revision is kept.
    """
    catalog_version.lock_catalog()
    if revision.pk and not Revision.objects.filter(pk=revision.pk, applied_at=None).exists():
        raise AlreadyApplied
    if catalog_version.current() != revision.catalog_version:
        raise CatalogueChanged
    with _uncollected():
        return _applied(revision, plan(revision))


def _applied(revision: Revision, made: Plan) -> Plan:
    if not made.difference:
        if revision.pk:
            revision.delete()
        return made
    revision.plan = made.as_json()
    revision.applied_at = timezone.now()
    revision.catalogue_before = packed(made.merge.before)
    store(made.merge.before, made.merge.after)
    revision.catalogue_after = packed(stored())
    revision.save()
    _ask(revision, made.merge)
    return made


def _ask(revision: Revision, made: Merge) -> None:
    """Keeps each question open that nobody decided."""
    uuids = {uuid for asked in made.open_questions for uuid in (asked.article, *asked.candidates)}
    named = Article.objects.filter(uuid__in=uuids).values_list("uuid", "pk")
    pks = {str(uuid): pk for uuid, pk in named}
    questions = OpenQuestion.objects.bulk_create(
        OpenQuestion(revision=revision, article_id=pks[asked.article])
        for asked in made.open_questions
    )
    chosen: Any = OpenQuestion.candidates.through
    chosen.objects.bulk_create(
        chosen(openquestion=question, article_id=pks[uuid])
        for question, asked in zip(questions, made.open_questions, strict=True)
        for uuid in asked.candidates
    )
