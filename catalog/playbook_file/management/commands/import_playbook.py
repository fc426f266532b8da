import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from catalog.playbook_file.matching.decisions import ALL, NEW, SAME, Undecidable
from catalog.playbook_file.reading.parsed_file import Unreadable
from catalog.playbook_file.revisions.applying import CatalogueChanged, apply
from catalog.playbook_file.revisions.changed_rows import ChangedRow
from catalog.playbook_file.revisions.planning import Plan, plan, prepare


class Command(BaseCommand):
    help = "Import a playbook file (Markdown or JSON) as a new revision of the catalogue."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="- for standard input")
        parser.add_argument(
            "--preview", action="store_true", help="show the changes without applying them"
        )
        parser.add_argument("--json", action="store_true", help="print JSON")
        parser.add_argument(
            "--decide",
            metavar="FILE|new|same",
            help="a JSON object: the slug of the article, or “new”, by the key of each question "
            "(“*” for all others); the slug of the layer by the key of each new section. Instead "
            "of a file, “new” answers every question with a new article, and “same” with the most "
            "similar one",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        name: str = options["file"]
        content = sys.stdin.buffer.read() if name == "-" else _content(name)
        try:
            revision = prepare(content, Path(name).name, None, _decisions(options["decide"]))
            made = plan(revision) if options["preview"] else apply(revision)
        except Unreadable as error:
            reasons = "\n".join(f"  {reason}" for reason in error.reasons)
            raise CommandError(
                _("The file was rejected. Nothing has changed. Reasons, by line:") + f"\n{reasons}"
            ) from error
        except Undecidable as error:
            raise CommandError(f"{error} {_('Nothing has changed.')}") from error
        except CatalogueChanged as error:
            message = _(
                "The catalogue was changed in the meantime. Nothing was applied. Try again."
            )
            raise CommandError(message) from error
        if options["json"]:
            self.stdout.write(json.dumps(made.as_json(), ensure_ascii=False, indent=2))
        else:
            lines = self._lines(made, is_preview=options["preview"], number=revision.pk)
            self.stdout.write("\n".join(lines))

    def _lines(self, made: Plan, *, is_preview: bool, number: int | None) -> Iterator[str]:
        for note in made.merge.notes:
            yield _("line %(line)d: %(text)s") % {"line": note.line, "text": note.text}
        diff = made.difference
        for changed in [*diff.layers, *diff.sections, *diff.articles]:
            yield from lines_of(changed, made.learners.get(changed.uuid, 0))
        articles = made.merge.before.articles
        for question in made.merge.open_questions:
            yield (
                _("line %(line)d: is “%(title)s” one of these? Its key is %(key)s.")
                % {"line": question.line, "title": question.title, "key": question.key}
            )
            for uuid in question.candidates:
                article = articles[uuid]
                yield f"    {article.slug} – {article.title} ({made.learners.get(uuid, 0)})"
            yield f"    {NEW}"
        if len(made.merge.open_questions) > 1:
            yield _("To decide all alike, use --decide new or --decide same.")
        for placement in made.merge.placements:
            yield (
                _("line %(line)d: “%(title)s” is new, in layer %(layer)s. Its key is %(key)s.")
                % {**asdict(placement), "key": placement.key}
            )
            yield from (f"    {slug}" for slug in made.merge.after.layers)
        yield made.summary
        if is_preview:
            yield _("This is a preview. Nothing has changed.")
        elif number:
            yield _("Applied as revision %d.") % number
        else:
            yield _("Already up to date. Nothing has changed.")


def lines_of(changed: ChangedRow, learners: int) -> Iterator[str]:
    yield f"{changed.title} ({learners})" if learners else changed.title
    for change in changed.distinct_changes:
        values = " → ".join(value for value in (change.old, change.new) if value)
        yield f"    {change.kind}" if change.is_whole else f"    {change.kind}: {values}"


def _content(name: str) -> bytes:
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise CommandError(f"{name}: {error.strerror}") from error


def _decisions(name: str | None) -> dict[str, str]:
    if name is None:
        return {}
    if name in {NEW, SAME}:
        return {ALL: name}
    try:
        decisions = json.loads(_content(name))
    except ValueError as error:
        raise CommandError(_("%s is not JSON.") % name) from error
    is_map = isinstance(decisions, dict)
    if not is_map or not all(isinstance(value, str) for value in decisions.values()):
        raise CommandError(_("%s must be a JSON object of keys and slugs.") % name)
    return dict(decisions)
