"""Apply a revision in one transaction."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.db import transaction
from django.utils import timezone

from catalog import catalog_version
from catalog.merging import merge_articles
from catalog.models import Article
from catalog.playbook_file.matching.merge import Merge
from catalog.playbook_file.models import OpenQuestion, Revision, packed
from catalog.playbook_file.revisions.planning import Plan, garbage_collection_suspended, plan
from catalog.playbook_file.revisions.store import store
from catalog.stored_catalog import stored


class CatalogueChanged(Exception):
    """The catalogue was changed after the revision was prepared."""


class AlreadyApplied(Exception):
    """The revision was applied before."""


def apply(revision: Revision) -> Plan:
    """Apply the revision and return its plan; delete the revision if it changes nothing.

    Raise `CatalogueChanged`, `AlreadyApplied`, `Unreadable` or `Undecidable`; then nothing is
    stored.
    """
    _expect_applicable(revision)
    with garbage_collection_suspended():
        # Nobody can write while the catalogue is locked on SQLite, so that everything that can be
        # computed before is. The version that is compared again shows that it still holds.
        made = plan(revision)
        if made.difference:
            revision.plan = made.as_json()
            revision.catalogue_before = packed(made.merge.before)
        with transaction.atomic():
            catalog_version.lock_catalog()
            _expect_applicable(revision)
            return _applied(revision, made)


def _expect_applicable(revision: Revision) -> None:
    if revision.pk and not Revision.objects.filter(pk=revision.pk, applied_at=None).exists():
        raise AlreadyApplied
    if catalog_version.current() != revision.catalog_version:
        raise CatalogueChanged


def _applied(revision: Revision, made: Plan) -> Plan:
    if not made.difference:
        if revision.pk:
            revision.delete()
        return made
    revision.apply_began_at = timezone.now()
    store(made.merge.before, made.merge.after)
    _merge_articles(made.merge)
    revision.catalogue_after = packed(stored())
    # Last, so that a later historical record is a change after the revision.
    revision.applied_at = timezone.now()
    revision.save()
    _ask(revision, made.merge)
    return made


def _merge_articles(made: Merge) -> None:
    """Merge the articles of which the editor decided that they are one."""
    uuids = {uuid for pair in made.merges for uuid in pair}
    articles = {str(a.uuid): a for a in Article.objects.filter(uuid__in=uuids)}
    for kept, duplicate in made.merges:
        merge_articles(articles[kept], articles[duplicate])


def _ask(revision: Revision, made: Merge) -> None:
    """Store the questions that nobody decided; an article has one question."""
    candidates: dict[str, list[str]] = defaultdict(list)
    for asked in made.open_questions:
        candidates[asked.article] += asked.candidates
    uuids = {*candidates, *(uuid for found in candidates.values() for uuid in found)}
    named = Article.objects.filter(uuid__in=uuids).values_list("uuid", "pk")
    pks = {str(uuid): pk for uuid, pk in named}
    articles = [pks[uuid] for uuid in candidates]
    answered = OpenQuestion.objects.filter(article__in=articles).exclude(answered_at=None)
    through: Any = OpenQuestion.candidates.through
    through.objects.filter(openquestion__in=answered).delete()
    answered.update(revision=revision, answered_at=None, answered_by=None)
    OpenQuestion.objects.bulk_create(
        (OpenQuestion(revision=revision, article_id=pk) for pk in articles), ignore_conflicts=True
    )
    questions = dict(OpenQuestion.objects.filter(article__in=articles).values_list("article", "pk"))
    through.objects.bulk_create(
        (
            through(openquestion_id=questions[pks[uuid]], article_id=pks[candidate])
            for uuid, found in candidates.items()
            for candidate in found
        ),
        ignore_conflicts=True,
    )
