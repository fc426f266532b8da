"""Send a learner's cards as Anki's text import."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalog.prompts.anki import AnkiNote, tags_of
from catalog.prompts.views import anki_response
from playbook.http import sign_in_required
from progress.recall.deck import Deck
from progress.recall.faces import CardFace, faces_of
from progress.recall.views import RecallRequest


@require_safe
@sign_in_required
def cards_anki(request: RecallRequest) -> HttpResponse:
    """Send the cards that were not dropped, with the texts that the learner sees."""
    return anki_response(_notes(request.progress.derive(Deck)), "playbook-cards.txt")


def _answer(face: CardFace) -> str:
    """Return the answer; that of key points names the topics as the page does."""
    if not face.topics:
        return face.answer
    topics = f"{_('What you’ll learn:')} {', '.join(face.topics)}"
    return "\n".join([*face.points, topics])


def _notes(deck: Deck) -> list[AnkiNote]:
    faces = faces_of(deck.user, deck.snapshot, deck.active)
    return [
        AnkiNote(
            card.key,
            faces[card.key].question,
            _answer(faces[card.key]),
            faces[card.key].sources,
            tags_of(deck.snapshot.entries_of(card.article.pk)),
        )
        for card in deck.active
    ]
