"""Prepare a revision and show what it would do; the command and the admin both do."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog import catalog_version, learners
from catalog.playbook_file.catalog_data import stored
from catalog.playbook_file.matching.decisions import Decisions
from catalog.playbook_file.matching.merge import Merge, merge
from catalog.playbook_file.models import Revision
from catalog.playbook_file.reading.file_parser import read
from catalog.playbook_file.revisions.diff import CatalogDiff, difference
from catalog.playbook_file.revisions.restoring import restore


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
    with uncollected():
        now = stored()
        if revision.undoes:
            return Plan(restore(now, revision.undoes.before, revision.undoes.after))
        return Plan(merge(now, read(bytes(revision.file)), revision.decisions))


@contextmanager
def uncollected() -> Iterator[None]:
    """A million small objects that all stay: to look for garbage among them is a waste."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
