from django.http import HttpResponse
from django.views.decorators.http import require_safe

from catalog.dependencies import CATALOG
from catalog.prompts.anki import AnkiNote, anki_file, tags_of
from catalog.prompts.models import Prompt
from catalog.prompts.prompt_index import PromptIndex
from catalog.snapshot import CatalogSnapshot
from playbook.http import HttpRequest
from playbook.rendering.pages import shared_file


@require_safe
@shared_file(depends_on=(CATALOG,))
def prompts_anki(request: HttpRequest) -> HttpResponse:
    """Send every prompt of the playbook for Anki, in the order of the journey."""
    prompts = PromptIndex.of(request.snapshot).by_article
    notes = [
        _note(prompt, request.snapshot)
        for article_id in sorted(prompts, key=request.snapshot.place_of)
        for prompt in prompts[article_id]
    ]
    return anki_response(notes, "playbook-prompts.txt")


def anki_response(notes: list[AnkiNote], name: str) -> HttpResponse:
    """Return the file as a download."""
    response = HttpResponse(anki_file(notes), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _note(prompt: Prompt, snapshot: CatalogSnapshot) -> AnkiNote:
    tags = tags_of(snapshot.entries_of(prompt.article_id))
    return AnkiNote(prompt.uuid, prompt.question, prompt.answer, tuple(prompt.sources), tags)
