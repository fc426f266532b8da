import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from catalog.playbook_file.matching.decisions import NEW, Undecidable
from catalog.playbook_file.reading.parsed_file import Unreadable
from catalog.playbook_file.revisions.applying import CatalogueChanged, apply
from catalog.playbook_file.revisions.diff import ChangedRow
from catalog.playbook_file.revisions.planning import Plan, plan, prepare


class Command(BaseCommand):
    help = "Brings in a playbook file (Markdown) as a new revision of the catalogue."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="- for standard input")
        parser.add_argument("--preview", action="store_true", help="show it, change nothing")
        parser.add_argument("--json", action="store_true", help="tell it as JSON")
        parser.add_argument(
            "--decide",
            metavar="FILE",
            help="JSON: by the key of each question the slug of the article that it is, or “new”; "
            "by the key of each new section the slug of its layer",
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
                _("The file is refused, nothing has changed. By line:") + f"\n{reasons}"
            ) from error
        except Undecidable as error:
            raise CommandError(f"{error} {_('Nothing has changed.')}") from error
        except CatalogueChanged as error:
            words = _(
                "The catalogue was changed at the same moment. Nothing has changed; try again."
            )
            raise CommandError(words) from error
        if options["json"]:
            self.stdout.write(json.dumps(made.as_json(), ensure_ascii=False, indent=2))
        else:
            told = self._told(made, is_preview=options["preview"], number=revision.pk)
            self.stdout.write("\n".join(told))

    def _told(self, made: Plan, *, is_preview: bool, number: int | None) -> Iterator[str]:
        for note in made.merge.notes:
            yield _("line %(line)d: %(text)s") % {"line": note.line, "text": note.text}
        of = made.difference
        for changed in [*of.layers, *of.sections, *of.articles]:
            yield from told_of(changed, made.learners.get(changed.uuid, 0))
        articles = made.merge.before.articles
        for question in made.merge.open_questions:
            yield (
                _("line %(line)d: is “%(title)s” one of these? Decide by %(key)s:")
                % {"line": question.line, "title": question.title, "key": question.key}
            )
            for uuid in question.candidates:
                article = articles[uuid]
                yield f"    {article.slug} – {article.title} ({made.learners.get(uuid, 0)})"
            yield f"    {NEW}"
        for placement in made.merge.placements:
            yield (
                _("line %(line)d: “%(title)s” is new, in the layer %(layer)s. Decide by %(key)s:")
                % {**asdict(placement), "key": placement.key}
            )
            yield from (f"    {slug}" for slug in made.merge.after.layers)
        yield made.summary
        if is_preview:
            yield _("A preview: nothing has changed.")
        elif number:
            yield _("Applied as revision %d.") % number
        else:
            yield _("The catalogue is so already: nothing has changed.")


def told_of(changed: ChangedRow, learners: int) -> Iterator[str]:
    yield f"{changed.title} ({learners})" if learners else changed.title
    for change in changed.told:
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
    try:
        decisions = json.loads(_content(name))
    except ValueError as error:
        raise CommandError(_("%s is not JSON.") % name) from error
    is_map = isinstance(decisions, dict)
    if not is_map or not all(isinstance(value, str) for value in decisions.values()):
        raise CommandError(_("%s should be one object of keys and slugs.") % name)
    return dict(decisions)
