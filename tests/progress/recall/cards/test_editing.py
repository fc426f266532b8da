from datetime import date
from uuid import UUID, uuid4

import pytest
from django.test import Client

from accounts.models import User
from catalog.models import Article
from catalog.prompts.models import Prompt
from progress.learner import LearnerProgress
from progress.models import Completion
from progress.notes.models import Note
from progress.own_cards import CardTexts
from progress.recall.cards import editing
from progress.recall.deck import Deck
from progress.recall.deck_cards import DeckCard
from progress.recall.faces import CardFace, faces_of
from progress.recall.models import Card, Rating
from progress.recall.reviewing import review_card, undo_review
from tests.progress.recall.conftest import SetDay

MINE = CardTexts("My question?", "My answer.")
DECK = "/me/recall/cards/"


@pytest.fixture
def reader(client: Client, learner: User, finished: Article) -> Client:
    client.force_login(learner)
    return client


def fresh(user: User) -> LearnerProgress:
    return LearnerProgress(User.objects.get(pk=user.pk))


def deck_of(user: User) -> list[tuple[str, bool]]:
    """Return the question of each card, and whether it is dropped."""
    return [(face_of(user, card.key).question, card.is_dropped) for card in Deck(fresh(user)).cards]


def card_of(user: User, key: UUID) -> DeckCard:
    return next(card for card in Deck(fresh(user)).cards if card.key == key)


def face_of(user: User, key: UUID) -> CardFace:
    progress = fresh(user)
    return faces_of(user, progress.snapshot, [card_of(user, key)])[key]


def forget(user: User, key: UUID, times: int, set_day: SetDay) -> UUID:
    """Rate a card good and then again on the following days; return the last operation."""
    review_card(fresh(user), key, Rating.GOOD, uuid4())
    day = 0
    for _ in range(times):
        due_on = card_of(user, key).state.due_on  # type: ignore[union-attr]  # was reviewed
        day += 1
        while Deck(fresh(user)).day < due_on:
            day += 1
            set_day(day)
        operation = uuid4()
        review_card(fresh(user), key, Rating.AGAIN, operation)
    return operation


def version(user: User) -> int:
    return User.objects.values_list("progress_version", flat=True).get(pk=user.pk)


def write(**changed: str) -> dict[str, str]:
    return {"question": MINE.question, "answer": MINE.answer, "operation": str(uuid4())} | changed


def test_a_card_of_ones_own_is_added_once(reader: Client, learner: User, article: Article) -> None:
    path = f"/articles/{article.slug}/cards/add/"
    sent = write(next=article.get_absolute_url())
    before = version(learner)
    response = reader.post(path, sent, follow=True)
    assert response.redirect_chain == [(article.get_absolute_url(), 302)]
    assert "Your card is in the deck." in response.content.decode()
    assert version(learner) > before
    reader.post(path, sent)
    assert [card.question for card in Card.objects.all()] == ["My question?"]
    reader.post(path, sent | {"question": "Another one?"})  # nothing that was written is lost
    assert {card.question for card in Card.objects.all()} == {"My question?", "Another one?"}


def test_a_card_can_be_written_before_the_article_is_finished(
    client: Client, learner: User, playbook: None
) -> None:
    client.force_login(learner)
    response = client.get("/articles/payment-wallet/cards/add/")
    assert response["Cache-Control"] == "private, no-store"
    client.post("/articles/payment-wallet/cards/add/", write())
    assert deck_of(learner) == [("My question?", False)]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"question": " "}, "Fill this in."),
        ({"answer": ""}, "Fill this in."),
        ({"question": "q" * 501}, "This has 501 characters. Shorten it to 500 or fewer"),
        ({"answer": "a\r\n" * 1501}, "This has 3001 characters. Shorten it to 3000 or fewer"),
    ],
)
def test_a_card_that_cannot_be_stored_keeps_what_was_typed(
    reader: Client, article: Article, wrong: dict[str, str], message: str
) -> None:
    response = reader.post(f"/articles/{article.slug}/cards/add/", write(**wrong))
    page = response.content.decode()
    assert response.status_code == 422
    assert message in page
    assert MINE.question in page or MINE.answer in page
    assert not Card.objects.exists()


def test_line_breaks_count_once(reader: Client, article: Article) -> None:
    reader.post(f"/articles/{article.slug}/cards/add/", write(answer="a\r\n" * 1499 + "a"))
    assert Card.objects.get().answer == "a\n" * 1499 + "a"


def test_too_many_cards_are_refused(
    reader: Client, article: Article, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(editing, "OWN_CARDS_MAX", 1)
    path = f"/articles/{article.slug}/cards/add/"
    reader.post(path, write())
    response = reader.post(path, write(question="Kept in the form?"))
    assert response.status_code == 422
    assert "You have 1 cards of your own, the limit" in response.content.decode()
    assert "Kept in the form?" in response.content.decode()
    assert Card.objects.count() == 1


def test_a_rewritten_prompt_keeps_its_schedule_and_counts_lapses_anew(
    reader: Client, learner: User, prompts: list[Prompt], set_day: SetDay
) -> None:
    key = prompts[0].uuid
    forget(learner, key, 4, set_day)
    state = card_of(learner, key).state
    assert card_of(learner, key).needs_rewrite
    page = reader.get(f"{DECK}{key}/").content.decode()
    assert "You forgot this card 4 times." in page
    reader.post(f"{DECK}{key}/", write())
    assert face_of(learner, key) == CardFace(
        "My question?", "My answer.", ("My answer.",), (), is_rewritten=True
    )
    assert card_of(learner, key).state == state
    assert not card_of(learner, key).needs_rewrite
    assert Card.objects.get().lapses_before_rewrite == 4
    for _ in range(2):
        reader.post(f"{DECK}{key}/reset/")
        assert face_of(learner, key).question == "Why first?"
    assert card_of(learner, key).state == state


def test_an_unchanged_form_still_follows_the_editors(
    reader: Client, learner: User, prompts: list[Prompt]
) -> None:
    key = prompts[0].uuid
    reader.post(f"{DECK}{key}/", write(question="Why first?", answer="Because."))
    Prompt.objects.filter(pk=prompts[0].pk).change(question="Why, better asked?")
    assert face_of(learner, key).question == "Why, better asked?"


def test_key_points_in_other_words_and_back(
    reader: Client, learner: User, finished: Article
) -> None:
    completion = Completion.objects.create(user=learner, article=finished, key_points="One point")
    reader.post(f"{DECK}{completion.uuid}/", write())
    assert face_of(learner, completion.uuid).question == "My question?"
    reader.post(f"{DECK}{completion.uuid}/reset/")
    assert face_of(learner, completion.uuid).points == ("One point",)


def test_a_card_of_ones_own_has_no_other_text_to_go_back_to(
    reader: Client, learner: User, article: Article
) -> None:
    editing.add_card(fresh(learner), article, MINE, uuid4())
    card = Card.objects.get()
    reader.post(f"{DECK}{card.uuid}/", write(question="Better?"))
    assert Card.objects.get().question == "Better?"
    assert reader.post(f"{DECK}{card.uuid}/reset/").status_code == 404


def test_a_split_card_is_dropped_and_two_new_ones_come_once(
    reader: Client, learner: User, prompts: list[Prompt]
) -> None:
    path = f"{DECK}{prompts[0].uuid}/split/"
    assert "Why first?" in reader.get(path).content.decode()
    sent = write(second_question="Second?", second_answer="Two.")
    for _ in range(2):
        reader.post(path, sent)
        assert deck_of(learner) == [
            ("Why first?", True),
            ("Why next?", False),
            ("My question?", False),
            ("Second?", False),
        ]


def test_an_incomplete_split_changes_nothing(
    reader: Client, learner: User, prompts: list[Prompt]
) -> None:
    response = reader.post(f"{DECK}{prompts[0].uuid}/split/", write(second_question="Second?"))
    assert response.status_code == 422
    assert deck_of(learner) == [("Why first?", False), ("Why next?", False)]


def test_drop_and_restore_keep_the_schedule(
    reader: Client, learner: User, prompts: list[Prompt]
) -> None:
    key = prompts[0].uuid
    review_card(fresh(learner), key, Rating.EASY, uuid4())
    state = card_of(learner, key).state
    page = reader.post(f"{DECK}{key}/drop/", follow=True).content.decode()
    assert "The card is dropped and no longer comes back." in page
    before = version(learner)
    reader.post(f"{DECK}{key}/drop/")
    assert version(learner) == before
    assert card_of(learner, key).is_dropped
    reader.post(f"{DECK}{key}/restore/")
    restored = card_of(learner, key)
    assert (restored.is_dropped, restored.state) == (False, state)


def test_an_undone_lapse_withdraws_the_offer(
    learner: User, finished: Article, prompts: list[Prompt], set_day: SetDay
) -> None:
    key = prompts[0].uuid
    operation = forget(learner, key, 4, set_day)
    assert card_of(learner, key).needs_rewrite
    undo_review(fresh(learner), operation)
    assert not card_of(learner, key).needs_rewrite


def test_the_recall_page_offers_to_rewrite_after_the_answer(
    reader: Client, learner: User, prompts: list[Prompt], set_day: SetDay
) -> None:
    key = prompts[0].uuid
    forget(learner, key, 4, set_day)
    set_day((card_of(learner, key).state.due_on - date(2030, 11, 2)).days)  # type: ignore[union-attr]  # was reviewed
    sent = {"card": str(key), "operation": str(uuid4())}
    assert "Rewrite this card" not in reader.get(f"/me/recall/?card={key}").content.decode()
    page = reader.post("/me/recall/answer/", sent).content.decode()
    assert "You forgot this card 4 times." in page
    assert f'href="{DECK}{key}/?next=/me/recall/%3Fcard={key}">Rewrite this card' in page


def test_the_fourth_lapse_offers_to_rewrite_the_card_at_once(
    reader: Client, learner: User, prompts: list[Prompt], set_day: SetDay
) -> None:
    key = prompts[0].uuid
    forget(learner, key, 3, set_day)
    set_day((card_of(learner, key).state.due_on - date(2030, 11, 2)).days)  # type: ignore[union-attr]  # was reviewed
    sent = {"card": str(key), "operation": str(uuid4()), "rating": "1"}
    for headers in ({"HX-Request": "true"}, {}):  # sent again, without htmx
        response = reader.post("/me/recall/review/", sent, headers=headers, follow=True)
        assert f'href="{DECK}{key}/?next=/me/recall/">Rewrite this card' in response.text


@pytest.mark.parametrize("name", ["", "split/", "reset/", "drop/", "restore/"])
def test_a_card_of_another_learner_does_not_exist(
    reader: Client, learner: User, editor: User, article: Article, name: str
) -> None:
    editing.add_card(fresh(learner), article, MINE, uuid4())
    card = Card.objects.get()
    other = Client()
    assert other.post(f"{DECK}{card.uuid}/{name}").status_code == 302
    other.force_login(editor)
    sent = write(second_question="Two?", second_answer="Two.")
    assert other.post(f"{DECK}{card.uuid}/{name}", sent).status_code == 404
    if name in {"", "split/"}:
        assert other.get(f"{DECK}{card.uuid}/{name}").status_code == 404
    assert deck_of(learner) == [("Why first?", False), ("Why next?", False), MINE_IN_DECK]


MINE_IN_DECK = (MINE.question, False)


def test_a_reader_who_changed_writes_nothing(reader: Client, article: Article) -> None:
    sent = write(reader="99")
    assert reader.post(f"/articles/{article.slug}/cards/add/", sent).status_code == 409
    assert not Card.objects.exists()


def test_the_note_stands_beside_the_form(
    reader: Client, learner: User, article: Article, prompts: list[Prompt]
) -> None:
    path = f"{DECK}{prompts[0].uuid}/"
    assert "note-beside" not in reader.get(path).content.decode()
    Note.objects.create(user=learner, article=article, text="*Mine*", html="<p><em>Mine</em></p>")
    for address in (path, f"{path}split/", f"/articles/{article.slug}/cards/add/"):
        assert "<p><em>Mine</em></p>" in reader.get(address).content.decode()
