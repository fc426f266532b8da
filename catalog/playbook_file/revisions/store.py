"""Write a changed catalogue to the database.

The number of queries depends on the kinds of change, not on how many there are, except for batches.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db import models, transaction
from django.utils import timezone

from catalog.catalog_data import CatalogData
from catalog.catalog_rows import (
    ArticleData,
    CaseData,
    EntryData,
    PrerequisiteData,
    PromptData,
    carried,
    values_of,
)
from catalog.history.records import CHANGED, CREATED, record
from catalog.models import Alias, Article, Entry, Layer, Section, Status
from catalog.stored_catalog import MODELS

BATCH = 500

_Key = TypeVar("_Key")
_Row = TypeVar("_Row")


@transaction.atomic
def store(before: CatalogData, after: CatalogData) -> None:
    """Change the stored catalogue from `before` to `after`.

    Of the rows that `after` does not have, only aliases and statuses are deleted.
    """
    _CatalogWriter(before, after, timezone.now()).write()


@dataclass
class _CatalogWriter:
    before: CatalogData
    after: CatalogData
    now: datetime

    def write(self) -> None:
        self._write_layers()
        self._write_statuses()
        self._write_sections()
        self._write_articles()
        self._write_aliases()
        self._write_entries()
        self._write_prompts()
        self._write_cases()
        self._write_prerequisites()
        self._delete_statuses()

    def _write_layers(self) -> None:
        for row in changed_rows(self.before.layers, self.after.layers):
            Layer.objects.update_or_create(slug=row.slug, defaults=values_of(row))

    def _write_statuses(self) -> None:
        for row in changed_rows(self.before.statuses, self.after.statuses):
            Status.objects.update_or_create(slug=row.slug, defaults=values_of(row))

    def _delete_statuses(self) -> None:
        removed = self.before.statuses.keys() - self.after.statuses.keys()
        Status.objects.filter(slug__in=removed).delete()

    def _write_sections(self) -> None:
        layers = dict(Layer.objects.values_list("slug", "pk"))
        rows = list(changed_rows(self.before.sections, self.after.sections))
        stored = {section.slug: section for section in Section.objects.all()}
        for row in rows:
            section = stored.get(row.slug) or Section(slug=row.slug)
            section.layer_id = layers[row.layer]
            section.number, section.emoji, section.title = row.number, row.emoji, row.title
            section.retired_at = self._retired_at(section.retired_at, row.is_retired)
            section.save()

    def _write_articles(self) -> None:
        statuses = dict(Status.objects.values_list("slug", "pk"))
        rows = list(changed_rows(self.before.articles, self.after.articles))
        stored = self._stored_articles(row.uuid for row in rows)
        articles = [
            self._article(stored.get(row.uuid), row, statuses)
            for row in rows
            if _without_keys(self.before.articles.get(row.uuid)) != _without_keys(row)
        ]
        fields = [*carried(ArticleData), "status", "retired_at", "updated_at"]
        self._save(Article, articles, fields)

    def _stored_articles(self, uuids: Iterable[str]) -> dict[str, Article]:
        wanted = set(uuids)
        return {
            str(article.uuid): article
            for article in Article.objects.all()
            if str(article.uuid) in wanted
        }

    def _article(
        self, article: Article | None, row: ArticleData, statuses: Mapping[str, int]
    ) -> Article:
        article = article or Article(uuid=row.uuid, slug=row.slug, added_at=self.now)
        copy_carried(row, article)
        article.status_id = statuses[row.status]
        article.retired_at = self._retired_at(article.retired_at, row.is_retired)
        article.updated_at = self.now
        return article

    def _write_aliases(self) -> None:
        """Delete old aliases first: a different article may get them."""
        old = {(key, row.uuid) for row in self.before.articles.values() for key in row.keys}
        new = {(key, row.uuid) for row in self.after.articles.values() for key in row.keys}
        removed = sorted(key for key, _article in old - new)
        for start in range(0, len(removed), BATCH):
            Alias.objects.filter(key__in=removed[start : start + BATCH]).delete()
        if added := sorted(new - old):
            pks = {str(uuid): pk for uuid, pk in Article.objects.values_list("uuid", "pk")}
            rows = [Alias(article_id=pks[uuid], key=key) for key, uuid in added]
            Alias.objects.bulk_create(rows, batch_size=BATCH)

    def _write_entries(self) -> None:
        rows = list(changed_rows(self.before.entries, self.after.entries))
        if not rows:
            return
        sections = dict(Section.objects.values_list("slug", "pk"))
        articles = {str(uuid): pk for uuid, pk in Article.objects.values_list("uuid", "pk")}
        wanted = {row.id for row in rows}
        stored = {entry.pk: entry for entry in Entry.objects.all() if entry.pk in wanted}
        self._leave_places(row for row in rows if row.id in stored)
        entries = []
        for row in rows:
            entry = stored.get(row.id) or Entry()
            entry.section_id, entry.article_id = sections[row.section], articles[row.article]
            entry.number = row.number
            copy_carried(row, entry)
            entry.retired_at = self._retired_at(entry.retired_at, row.is_retired)
            entries.append(entry)
        fields = ["section", "article", "number", *carried(EntryData), "retired_at"]
        self._save(Entry, entries, fields)

    def _write_prompts(self) -> None:
        rows = list(changed_rows(self.before.prompts or {}, self.after.prompts or {}))
        if not rows:
            return
        model = MODELS[PromptData]
        articles = {str(uuid): pk for uuid, pk in Article.objects.values_list("uuid", "pk")}
        wanted = {row.uuid for row in rows}
        stored = {str(p.uuid): p for p in _all(model) if str(p.uuid) in wanted}
        prompts = []
        for row in rows:
            prompt: Any = stored.get(row.uuid) or model(uuid=row.uuid, added_at=self.now)
            prompt.article_id = articles[row.article]
            copy_carried(row, prompt)
            prompt.retired_at = self._retired_at(prompt.retired_at, row.is_retired)
            prompts.append(prompt)
        self._save(model, prompts, ["article", *carried(PromptData), "retired_at"])

    def _write_cases(self) -> None:
        rows = list(changed_rows(self.before.cases or {}, self.after.cases or {}))
        if not rows:
            return
        model = MODELS[CaseData]
        wanted = {row.uuid for row in rows}
        stored = {str(c.uuid): c for c in _all(model) if str(c.uuid) in wanted}
        cases = []
        for row in rows:
            new = {"uuid": row.uuid, "slug": row.slug, "added_at": self.now}
            case: Any = stored.get(row.uuid) or model(**new)
            copy_carried(row, case)
            case.retired_at = self._retired_at(case.retired_at, row.is_retired)
            cases.append(case)
        self._save(model, cases, [*carried(CaseData), "retired_at"])

    def _write_prerequisites(self) -> None:
        rows = list(changed_rows(self.before.prerequisites or {}, self.after.prerequisites or {}))
        if not rows:
            return
        model = MODELS[PrerequisiteData]
        articles = {str(uuid): pk for uuid, pk in Article.objects.values_list("uuid", "pk")}
        wanted = {row.uuid for row in rows}
        stored = {str(p.uuid): p for p in _all(model) if str(p.uuid) in wanted}
        prerequisites = []
        for row in rows:
            new = {"uuid": row.uuid, "added_at": self.now}
            prerequisite: Any = stored.get(row.uuid) or model(**new)
            prerequisite.article_id = articles[row.article]
            prerequisite.requires_id = articles[row.requires]
            copy_carried(row, prerequisite)
            prerequisite.retired_at = self._retired_at(prerequisite.retired_at, row.is_retired)
            prerequisites.append(prerequisite)
        fields = ["article", "requires", *carried(PrerequisiteData), "retired_at"]
        self._save(model, prerequisites, fields)

    def _leave_places(self, rows: Iterable[EntryData]) -> None:
        """Retire the entries that move until all are written: two entries may swap places."""
        moving = [row.id for row in rows if _place(self.before.entries[row.id]) != _place(row)]
        for start in range(0, len(moving), BATCH):
            places = Entry.objects.filter(pk__in=moving[start : start + BATCH])
            places.filter(retired_at=None).update(retired_at=self.now)

    def _save(self, model: type[models.Model], rows: list[Any], fields: list[str]) -> None:
        """Save and record the rows. Updates are upserts: `bulk_update` takes ten times as long."""
        stored, new = [row for row in rows if row.pk], [row for row in rows if not row.pk]
        model._default_manager.bulk_create(
            stored, BATCH, update_conflicts=True, unique_fields=["id"], update_fields=fields
        )
        model._default_manager.bulk_create(new, BATCH)
        for saved, kind in ((stored, CHANGED), (new, CREATED)):
            for start in range(0, len(saved), BATCH):
                record(saved[start : start + BATCH], kind)

    def _retired_at(self, was: datetime | None, is_retired: bool) -> datetime | None:
        return (was or self.now) if is_retired else None


def _all(model: type[models.Model]) -> Iterable[Any]:
    return model._default_manager.all()


def copy_carried(
    row: ArticleData | EntryData | PromptData | CaseData | PrerequisiteData, to: models.Model
) -> None:
    """Copy the carried fields of a row to its model instance."""
    for name in carried(type(row)):
        setattr(to, name, getattr(row, name))


def changed_rows(before: Mapping[_Key, _Row], after: Mapping[_Key, _Row]) -> Iterable[_Row]:
    return (row for key, row in after.items() if before.get(key) != row)


def _without_keys(row: ArticleData | None) -> tuple[object, ...] | None:
    return tuple(value for name, value in values_of(row).items() if name != "keys") if row else None


def _place(row: EntryData) -> tuple[str, str, str, bool]:
    return row.section, row.article, row.title, row.is_retired
