"""Merge a duplicate article into the article that is kept."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog import catalog_version
from catalog.history.records import give_reason, record
from catalog.models import Alias, Article, Entry, Section
from catalog.signals import article_merged


def check_mergeable(kept: Article, duplicate: Article) -> None:
    """Raise `ValidationError` if these two articles cannot be merged."""
    if kept.pk == duplicate.pk:
        raise ValidationError(_("Choose two different articles."))
    for article in (kept, duplicate):
        if article.merged_into is not None:
            message = _("“%(duplicate)s” is already merged into “%(kept)s”. Choose that article.")
            raise ValidationError(message % {"duplicate": article, "kept": article.merged_into})
    if kept.is_retired:
        message = _("“%(kept)s” is retired. Restore it first, or keep the other article.")
        raise ValidationError(message % {"kept": kept})


def repeated_entries(kept: Article, duplicate: Article) -> set[int]:
    """Return the keys of the entries of `duplicate` in sections that list `kept` already."""
    taken = set(kept.entries.filter(retired_at=None).values_list("section_id", flat=True))
    entries = duplicate.entries.filter(retired_at=None)
    return {entry.pk for entry in entries if entry.section_id in taken}


@transaction.atomic
def merge_articles(kept: Article, duplicate: Article) -> None:
    """Merge `duplicate` into `kept`.

    Raise `ValidationError`, and change nothing, if they cannot be merged.
    """
    catalog_version.lock_catalog()
    for article in (kept, duplicate):
        article.refresh_from_db()
    check_mergeable(kept, duplicate)
    was_retired, now = duplicate.is_retired, timezone.now()
    # This comes first. A learner who sets a state at the same time waits for this row, and
    # then finds the article that is kept.
    duplicate.retired_at, duplicate.merged_into = duplicate.retired_at or now, kept
    give_reason(duplicate, _("Merged into “%(kept)s”.") % {"kept": kept.title[:60]})
    duplicate.save(update_fields=["retired_at", "merged_into"])
    earlier = list(Article.objects.filter(merged_into=duplicate))
    for article in earlier:
        article.merged_into = kept
    Article.objects.bulk_update(earlier, ["merged_into"])
    record(earlier)
    Alias.objects.filter(article=duplicate).update(article=kept)
    if duplicate.url and not kept.url:
        kept.url = duplicate.url
        give_reason(
            kept, _("With the link of “%(duplicate)s”.") % {"duplicate": duplicate.title[:60]}
        )
        kept.save()
    move_entries(kept, duplicate, were_listed=not was_retired)
    article_merged.send(Article, kept=kept, duplicate=duplicate)


def move_entries(kept: Article, duplicate: Article, *, were_listed: bool) -> None:
    """Give the entries of `duplicate` to `kept`, and retire those that it has already."""
    repeated = repeated_entries(kept, duplicate)
    entries = list(duplicate.entries.select_for_update())
    for entry in entries:
        entry.article = kept
        if not entry.is_retired and (entry.pk in repeated or not were_listed):
            entry.retired_at = timezone.now()
    Entry.objects.bulk_update(entries, ["article", "retired_at"])
    record(entries)
    for section in Section.objects.filter(entries__in=entries).distinct():
        section.entries.current().renumber()
