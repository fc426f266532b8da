from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils.text import get_text_list

from catalog import shipped
from catalog.history.records import record_untracked
from catalog.models import Article, Entry, Layer, Section, Status

FIXTURES = ("statuses", "layers", "sections", "articles", "aliases", "entries")


class Command(BaseCommand):
    help = (
        "Load the playbook that ships, where the catalogue is empty; else add only what an earlier "
        "release lacked."
    )

    @transaction.atomic
    def handle(self, *args: object, **options: object) -> None:
        say = self.stdout.write if options["verbosity"] else str
        is_empty = not any(model.objects.exists() for model in (Layer, Section, Article))
        if is_empty:
            call_command("loaddata", *FIXTURES, verbosity=0)
            record_untracked(Layer, Section, Status, Article, Entry)
        added = shipped.load_additions()
        if is_empty:
            say(f"The playbook is loaded: {Article.objects.count()} articles.")
        elif added:
            rows = get_text_list([f"{count} {name}" for name, count in added.items()], "and")
            say(f"The catalogue holds a playbook already; {rows} were added to it.")
        else:
            say("The catalogue holds a playbook already; nothing was changed.")
