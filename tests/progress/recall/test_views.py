import re
from uuid import UUID, uuid4

import pytest
from django.test import Client

from accounts.models import User
from catalog.models import Article, Entry
from catalog.prompts.models import Prompt
from progress.models import Completion
from progress.recall.models import ANSWER_MAX_LENGTH, Review
from tests.progress.recall.conftest import SetDay

SESSION = "/me/recall/"
HTMX = {"HX-Request": "true", "HX-Target": "recall"}


@pytest.fixture
def reader(client: Client, learner: User, finished: Article) -> Client:
    client.force_login(learner)
    return client


def question(html: str) -> str:
    found = re.search(r'class="recall-question"[^>]*>([^<]+)<', html)
    assert found
    return found[1]


def rating(key: UUID, value: object = 3, operation: object = None) -> dict[str, str]:
    return {"card": str(key), "operation": str(operation or uuid4()), "rating": str(value)}


def due_in_header(client: Client, path: str) -> str:
    found = re.search(r'id="recall-count"[^>]*>(\d+)<', client.get(path).content.decode())
    assert found
    return found[1]


def test_recall_without_javascript(reader: Client, prompts: list[Prompt]) -> None:
    page = reader.get(SESSION).content.decode()
    assert question(page) == "Why first?"
    assert "Because." not in page
    (operation,) = re.findall(r'name="operation" value="([^"]+)"', page)
    sent = {"card": str(prompts[0].uuid), "operation": operation, "answer": "An <own> answer"}
    answered = reader.post("/me/recall/answer/", sent).content.decode()
    assert "Because." in answered
    assert "An &lt;own&gt; answer" in answered
    assert re.findall(r'rating-days">([^<]+)<', answered) == ["1 day", "1 day", "2 days", "8 days"]
    assert not Review.objects.exists()
    response = reader.post("/me/recall/review/", rating(prompts[0].uuid, 3, operation), follow=True)
    assert response.redirect_chain == [(SESSION, 302)]
    page = response.content.decode()
    assert "Good: back in 2 days, on 4 November." in page
    assert question(page) == "Why next?"
    undone = reader.post(f"/me/recall/reviews/{operation}/undo/", follow=True)
    assert question(undone.content.decode()) == "Why first?"
    assert not Review.objects.lasting().exists()


def test_with_htmx_the_next_card_comes_with_the_count_and_the_undo(
    reader: Client, prompts: list[Prompt]
) -> None:
    operation = uuid4()
    sent = rating(prompts[0].uuid, 1, operation)
    html = reader.post("/me/recall/review/", sent, headers=HTMX).content.decode()
    assert html.lstrip().startswith('<div id="recall"')
    assert question(html) == "Why next?"
    assert 'id="recall-count"' in html
    assert "Again: back tomorrow." in html
    assert f"/me/recall/reviews/{operation}/undo/" in html
    again = reader.post("/me/recall/review/", sent, headers=HTMX).content.decode()
    assert question(again) == "Why next?"
    assert Review.objects.count() == 1


def test_a_card_that_is_no_longer_due_is_not_rated(reader: Client, prompts: list[Prompt]) -> None:
    reader.post("/me/recall/review/", rating(prompts[0].uuid))
    for path in ("/me/recall/review/", "/me/recall/answer/"):
        page = reader.post(path, rating(prompts[0].uuid), follow=True).content.decode()
        assert "That card is no longer due. Nothing was changed." in page
    assert Review.objects.count() == 1


def test_a_second_tab_says_that_its_other_rating_changed_nothing(
    reader: Client, prompts: list[Prompt]
) -> None:
    """A tab that the browser shows from its cache has the operation of the first one."""
    sent = rating(prompts[0].uuid, 3)
    reader.post("/me/recall/review/", sent)
    second = reader.post("/me/recall/review/", sent | {"rating": "1"}, headers=HTMX)
    html = second.content.decode()
    assert "That card is no longer due. Nothing was changed." in html
    assert "back in" not in html
    assert Review.objects.get().rating == 3


def test_a_rating_that_was_undone_or_was_of_another_card_is_not_sent_again(
    reader: Client, prompts: list[Prompt]
) -> None:
    sent = rating(prompts[0].uuid)
    reader.post("/me/recall/review/", sent)
    other_card = sent | {"card": str(prompts[1].uuid)}
    pages = [reader.post("/me/recall/review/", other_card, follow=True)]
    reader.post(f"/me/recall/reviews/{sent['operation']}/undo/")
    pages.append(reader.post("/me/recall/review/", sent, follow=True))
    for page in pages:
        assert "That rating was sent before. Nothing was changed." in page.content.decode()
    assert not Review.objects.lasting().exists()


@pytest.mark.parametrize(
    "wrong",
    [{"card": "x"}, {"card": ""}, {"operation": "1"}, {"rating": "0"}, {"rating": "5"}],
)
def test_a_wrong_review_is_refused_and_changes_nothing(
    reader: Client, prompts: list[Prompt], wrong: dict[str, str]
) -> None:
    sent = rating(prompts[0].uuid) | wrong
    assert reader.post("/me/recall/review/", sent).status_code == 400
    assert not Review.objects.exists()


def test_recall_is_private(
    reader: Client, editor: User, finished: Article, prompts: list[Prompt]
) -> None:
    Completion.objects.create(user=User.objects.get(username="learner"), article=finished,
                              key_points="My secret point")  # fmt: skip
    operation = uuid4()
    reader.post("/me/recall/review/", rating(prompts[0].uuid, 3, operation))
    other = Client()
    for path in (SESSION, "/me/recall/answer/", "/me/recall/review/"):
        response = other.get(path) if path == SESSION else other.post(path, rating(uuid4()))
        assert response.status_code == 302
        assert response["Location"].startswith("/accounts/login/")
    other.force_login(editor)
    assert other.post(f"/me/recall/reviews/{operation}/undo/").status_code == 404
    key = Completion.objects.get().uuid
    sent = {"card": str(key), "operation": str(uuid4())}
    page = other.post("/me/recall/answer/", sent, follow=True).content.decode()
    assert "secret" not in page
    assert Review.objects.lasting().count() == 1


@pytest.mark.parametrize("path", ["/", "/articles/", "/me/", "/me/recall/", "/changes/"])
def test_every_page_shows_how_many_cards_are_due(
    reader: Client, prompts: list[Prompt], set_day: SetDay, path: str
) -> None:
    assert due_in_header(reader, path) == "2"
    before = reader.get(path)["ETag"]
    reader.post("/me/recall/review/", rating(prompts[0].uuid))
    assert due_in_header(reader, path) == "1"
    assert reader.get(path, headers={"If-None-Match": before}).status_code == 200
    before = reader.get(path)["ETag"]
    Prompt.objects.create(article=prompts[0].article, question="Added?", answer="Yes.", number=3)
    assert reader.get(path, headers={"If-None-Match": before}).status_code == 200
    assert due_in_header(reader, path) == "2"
    before = reader.get(path)["ETag"]
    set_day(2)
    assert reader.get(path, headers={"If-None-Match": before}).status_code == 200
    assert due_in_header(reader, path) == "3"


def test_marking_an_article_as_done_brings_the_new_count(
    reader: Client, article: Article, prompts: list[Prompt]
) -> None:
    headers = {"HX-Request": "true"}
    sent = {"state": "todo", "shown": "recall-count"}
    html = reader.post(f"/articles/{article.slug}/state/", sent, headers=headers).content.decode()
    assert re.search(r'id="recall-count"[^>]*hidden[^>]*>0<', html)


def test_an_empty_deck_says_how_it_fills(client: Client, learner: User, playbook: None) -> None:
    client.force_login(learner)
    page = client.get(SESSION).content.decode()
    assert "Your deck is empty" in page
    assert due_in_header(client, "/") == "0"


def test_what_waits_for_another_day_is_said(
    reader: Client, prompts: list[Prompt], set_day: SetDay
) -> None:
    User.objects.update(daily_new_card_limit=1)
    reader.post("/me/recall/review/", rating(prompts[0].uuid))
    page = reader.get(SESSION).content.decode()
    assert "You reviewed 1 card today." in page
    assert "1 more waits for another day" in page
    assert 'href="/today/">Go to Today<' in page
    assert '<time datetime="2030-11-04">4 November 2030</time>' in page
    assert "That is all for today" in page


def test_the_answer_has_the_topics_of_the_article_and_marks_those_left_out(
    reader: Client, finished: Article, learner: User
) -> None:
    Entry.objects.filter(article=finished).update(what_you_learn="Seat holds, Queues, Payments")
    points = Completion.objects.create(user=learner, article=finished, key_points="Holds expire")
    sent = {"card": points.uuid, "operation": uuid4(), "answer": "Seat holds expire, via a queue"}
    html = reader.post("/me/recall/answer/", sent, headers=HTMX).content.decode()
    answer = html.partition("Answer</h3>")[2]
    assert "Holds expire" in answer
    topics = re.sub(r"\s+", " ", answer.partition("What you’ll learn:")[2].partition("</p>")[0])
    missing = '<u class="missing">Payments<span class="visually-hidden"> (not mentioned)</span></u>'
    assert f"Seat holds, Queues, {missing}" in topics


def test_a_typed_answer_is_counted_as_the_browser_counts_it(
    reader: Client, prompts: list[Prompt]
) -> None:
    answer = "a\r\n" * (ANSWER_MAX_LENGTH // 2)
    sent = {"card": prompts[0].uuid, "operation": uuid4(), "answer": answer}
    assert reader.post("/me/recall/answer/", sent).status_code == 200
    longer = sent | {"answer": f"{answer}a"}
    assert reader.post("/me/recall/answer/", longer).status_code == 400


def test_a_page_that_answers_a_form_is_not_loaded_again_on_the_next_study_day(
    reader: Client, finished: Article
) -> None:
    path = f"/articles/{finished.slug}/cards/add/"
    assert "data-day-ends-at" in reader.get(path).content.decode()
    refused = reader.post(path, {"question": ""})
    assert refused.status_code == 422
    assert "data-day-ends-at" not in refused.content.decode()
