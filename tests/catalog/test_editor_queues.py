import re

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts.models import User
from catalog.models import Article, Entry, Status

pytestmark = pytest.mark.usefixtures("playbook")


def queues(client: Client) -> dict[str, tuple[int, str]]:
    """Return the count and address of each queue on the front page, by name."""
    page = client.get(reverse("admin:index")).content.decode()
    links = re.findall(
        r'<a href="([^"]+)">\s*<span class="queue-count">(\d+)</span>\s*([^<]+?)\s*</a>', page
    )
    return {name: (int(number), address.replace("&amp;", "&")) for address, number, name in links}


def listed(client: Client, address: str) -> int:
    return int(client.get(address).context["cl"].result_count)


def test_each_queue_count_is_the_length_of_its_list(client: Client, editor: User) -> None:
    client.force_login(editor)
    draft = Status.objects.get(slug="draft")
    first, second, third, fourth = Article.objects.listed()[:4]
    Article.objects.filter(pk__in=[first.pk, second.pk]).update(status=draft)
    Entry.objects.filter(article=third).retire()
    Article.objects.filter(pk=second.pk).retire()
    Article.objects.filter(pk=fourth.pk).retire()
    waiting = queues(client)
    numbers = {name: number for name, (number, _address) in waiting.items()}
    assert {name: number for name, number in numbers.items() if number} == {
        "Drafts": 1,
        "Articles listed nowhere": 1,
    }
    assert {name: listed(client, address) for name, (_n, address) in waiting.items()} == numbers


def test_queues_are_hidden_without_permission(client: Client) -> None:
    user = User.objects.create_user("clerk", "clerk@example.org", "a-clerk's-password")
    user.is_staff = True
    user.save()
    user.user_permissions.add(Permission.objects.get(codename="view_layer"))
    client.force_login(user)
    assert client.get(reverse("admin:index")).status_code == 200
    assert queues(client) == {}
