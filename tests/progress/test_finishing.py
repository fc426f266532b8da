import html
import re

import pytest
from django.test import Client

from accounts.models import User
from catalog.merging import merge_articles
from catalog.models import Article
from progress.finishing import Report, finish
from progress.learner import LearnerProgress
from progress.models import Completion, Event, State
from progress.states import StateName

PATH = "/articles/payment-wallet/finish/"
REPORT = {"key_points": " Ledger first \n\nTwo entries\n", "minutes": "25", "confidence": "4"}


@pytest.fixture
def reader(client: Client, learner: User, playbook: None) -> Client:
    client.force_login(learner)
    return client


@pytest.fixture
def wallet(playbook: None) -> Article:
    return Article.objects.get(slug="payment-wallet")


def test_finishing_marks_the_article_as_done_and_keeps_the_report(reader: Client) -> None:
    response = reader.post(PATH, REPORT, follow=True)
    page = response.content.decode()
    assert response.redirect_chain == [("/articles/payment-wallet/", 302)]
    assert "Payment Wallet: done, and what you wrote is saved." in page
    assert re.findall(r"<li>(Ledger first|Two entries)</li>", page) == [
        "Ledger first",
        "Two entries",
    ]
    assert "It took you 25 minutes" in page
    assert "Confidence 4 of 5" in page
    completion = Completion.objects.get()
    assert (completion.key_points, completion.minutes, completion.confidence) == (
        "Ledger first\nTwo entries", 25, 4
    )  # fmt: skip
    assert State.objects.get().state == "done"


def test_everything_is_optional_and_the_same_report_again_changes_nothing(
    reader: Client, learner: User
) -> None:
    for _time in range(2):
        reader.post(PATH, {"key_points": "", "minutes": ""})
    completion = Completion.objects.get()
    assert (completion.key_points, completion.minutes, completion.confidence) == ("", None, None)
    assert Event.objects.count() == 1


def test_the_page_shows_what_was_reported_before(reader: Client) -> None:
    reader.post(PATH, REPORT)
    page = reader.get(PATH).content.decode()
    assert "Ledger first\nTwo entries</textarea>" in page
    assert 'value="25"' in page
    assert re.findall(r'value="(\d)"[^>]* checked', page) == ["4"]
    reader.post(PATH, REPORT | {"confidence": ""})
    assert Completion.objects.get().confidence is None


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"key_points": "\n".join("12345678")}, "You wrote 8 lines."),
        ({"key_points": "x" * 301}, "has more than 300 characters"),
        ({"minutes": "0"}, "greater than or equal to 1"),
        ({"minutes": "many"}, "Enter a whole number"),
        ({"confidence": "6"}, "not one of the available choices"),
    ],
)
def test_a_wrong_report_is_explained_and_nothing_is_stored(
    reader: Client, wrong: dict[str, str], message: str
) -> None:
    response = reader.post(PATH, REPORT | wrong)
    assert response.status_code == 422
    assert message in response.content.decode()
    assert not Completion.objects.exists()
    assert not Event.objects.exists()


def test_a_report_is_private(reader: Client, editor: User) -> None:
    reader.post(PATH, REPORT)
    other = Client()
    assert other.get(PATH).status_code == 302
    assert other.post(PATH, REPORT).status_code == 302
    other.force_login(editor)
    for path in (PATH, "/articles/payment-wallet/", "/me/"):
        assert "Ledger first" not in other.get(path).content.decode()
    assert Completion.objects.count() == 1


def test_marking_as_done_offers_to_add_key_points(reader: Client) -> None:
    htmx = {"HX-Request": "true"}
    path = "/articles/payment-wallet/state/"
    done = reader.post(path, {"state": "done"}, headers=htmx).content.decode()
    assert f'href="{PATH}"' in done
    assert PATH not in reader.post(path, {"state": "reading"}, headers=htmx).content.decode()
    assert PATH not in Client().post(path, {"state": "done"}, headers=htmx).content.decode()


def test_a_conditional_request_sees_new_key_points(reader: Client) -> None:
    page = "/articles/payment-wallet/"
    reader.post(PATH, REPORT, follow=True)
    before = reader.get(page)["ETag"]
    reader.post(PATH, REPORT | {"key_points": "Other"}, follow=True)
    assert reader.get(page, headers={"If-None-Match": before}).status_code == 200


def test_merging_articles_keeps_the_key_points_of_both(
    learner: User, editor: User, wallet: Article
) -> None:
    duplicate = Article.objects.get(slug="ticket-booking-system")
    for article, report in (
        (wallet, Report("Ledger\nBoth", 20, 5)),
        (duplicate, Report("Both\nSeats", 10, 2)),
    ):
        finish(LearnerProgress(learner), article, report)
    finish(LearnerProgress(editor), duplicate, Report("Only here"))
    LearnerProgress(editor).set(duplicate, StateName.TODO)
    merge_articles(wallet, duplicate)
    merged = Completion.objects.get(user=learner)
    assert (merged.article, merged.key_points, merged.minutes, merged.confidence) == (
        wallet, "Ledger\nBoth\nSeats", 30, 2
    )  # fmt: skip
    assert Completion.objects.get(user=editor).article == wallet


def test_a_page_that_is_out_of_date_removes_no_key_point_that_it_did_not_show(
    reader: Client,
) -> None:
    for page in (
        {"key_points": "One", "seen": ""},
        {"key_points": "Two", "seen": ""},
        {"key_points": "", "seen": "Two"},
        {"key_points": "Three", "seen": "Two\r\nZero"},
    ):
        reader.post(PATH, page)
    assert Completion.objects.get().key_points == "Three\nOne"
    assert 'name="seen" value="Three\nOne"' in reader.get(PATH).content.decode()


def test_key_points_that_were_saved_since_the_form_was_opened_are_told(reader: Client) -> None:
    def send(points: str, *, seen: str = "") -> str:
        data = {"key_points": points, "seen": seen}
        return reader.post(PATH, data, follow=True).content.decode()

    assert "since you opened" not in send("One\nTwo")
    assert "2 key points that were saved since you opened the form stay, too." in send("Three")
    assert "1 key point that was saved since you opened the form stays, too." in send(
        "Three\nThree\nOne", seen="Three\nOne"
    )
    assert "since you opened" not in send("Four\nFour", seen="Three\nOne\nTwo")
    assert Completion.objects.get().points == ["Four"]


def test_what_two_merged_articles_have_together_can_stay_but_not_grow(
    reader: Client, learner: User, wallet: Article
) -> None:
    duplicate = Article.objects.get(slug="ticket-booking-system")
    for article, points in ((wallet, "1234567"), (duplicate, "abc")):
        finish(LearnerProgress(learner), article, Report("\n".join(points), 900))
    merge_articles(wallet, duplicate)
    stored = {"key_points": "\n".join("1234567abc"), "minutes": "1800", "confidence": "2"}
    for more in ({"minutes": "1801"}, {"key_points": "\n".join("1234567abcd")}):
        assert reader.post(PATH, stored | more).status_code == 422
    reader.post(PATH, stored)
    assert Completion.objects.get().confidence == 2


def test_a_report_at_the_address_of_a_merged_article_goes_to_the_one_that_is_kept(
    reader: Client, wallet: Article
) -> None:
    duplicate = Article.objects.get(slug="ticket-booking-system")
    merge_articles(wallet, duplicate)
    path = f"/articles/{duplicate.slug}/finish/"
    assert reader.get(path)["Location"] == PATH
    reader.post(path, REPORT)
    assert Completion.objects.get().article == wallet


def numbers_shown(page: str) -> list[tuple[str, str]]:
    shown = re.findall(r'href="(/articles/\?confidence=\d)">\d: [^:]+: (\d+) article', page)
    return [(html.unescape(href), number) for href, number in shown]


def test_the_table_is_filtered_by_confidence_and_my_progress_counts_the_same(
    reader: Client, learner: User, wallet: Article
) -> None:
    listed_twice = Article.objects.get(slug="distributed-task-scheduling-service")
    for article, confidence in ((wallet, 2), (listed_twice, 5)):
        finish(LearnerProgress(learner), article, Report(confidence=confidence))
    links = numbers_shown(reader.get("/me/").content.decode())
    assert [number for _href, number in links] == ["0", "1", "0", "0", "1"]
    for href, number in links:
        page = reader.get(href).content.decode()
        slugs = set(re.findall(r'id="title-\d+" href="/articles/([^/]+)/"', page))
        assert len(slugs) == int(number)
    assert slugs == {listed_twice.slug}
    both = reader.get("/articles/?confidence=2&confidence=5&confidence=9").content.decode()
    assert "payment-wallet" in both
    assert "“9”" in both


def test_visitors_are_not_offered_the_filter_by_confidence(client: Client, reader: Client) -> None:
    assert 'id="choices-confidence"' in reader.get("/articles/").content.decode()
    page = Client().get("/articles/").content.decode()
    assert 'id="choices-state"' in page
    assert 'id="choices-confidence"' not in page
