"""Two articles turn out to be the same one: one of them stays, and gets what the other had."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog import catalog_version
from catalog.history import give_reason, record
from catalog.models import Alias, Article, Entry, Section
from catalog.signals import article_merged


def refuse(kept: Article, duplicate: Article) -> None:
    """ValidationError where these two cannot be merged."""
    if kept.pk == duplicate.pk:
        raise ValidationError(_("Choose two different articles."))
    for article in (kept, duplicate):
        if article.merged_into is not None:
            words = _("“%(duplicate)s” was merged into “%(kept)s” already: take that one.")
            raise ValidationError(words % {"duplicate": article, "kept": article.merged_into})
    if kept.is_retired:
        words = _("“%(kept)s” is retired: bring it back first, or let the other one stay.")
        raise ValidationError(words % {"kept": kept})


def listed_already(kept: Article, duplicate: Article) -> set[int]:
    """The places of `duplicate` that would stand beside the same one of `kept`, by primary key."""
    taken = set(kept.entries.filter(retired_at=None).values_list("section_id", "title"))
    entries = duplicate.entries.filter(retired_at=None)
    return {entry.pk for entry in entries if (entry.section_id, entry.title) in taken}


@transaction.atomic
def merge_articles(kept: Article, duplicate: Article) -> None:
    """ValidationError where these two cannot be merged, and nothing is changed."""
    catalog_version.lock_catalog()
    for article in (kept, duplicate):
        article.refresh_from_db()
    refuse(kept, duplicate)
    was_retired, now = duplicate.is_retired, timezone.now()
    # First of all: who marks this article meanwhile waits for it, and then finds the other one.
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
    twice = listed_already(kept, duplicate)
    entries = list(duplicate.entries.select_for_update())
    for entry in entries:
        entry.article = kept
        if not entry.is_retired and (entry.pk in twice or not were_listed):
            entry.retired_at = timezone.now()
    Entry.objects.bulk_update(entries, ["article", "retired_at"])
    record(entries)
    for section in Section.objects.filter(entries__in=entries).distinct():
        section.entries.current().renumber()
