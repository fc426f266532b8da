"""Use the admin like an editor: open a form, change fields, send all of it."""

import re
from html import unescape
from typing import Any

from django.db.models import Model
from django.test import Client
from django.urls import reverse


def address(thing: Model | type[Model], page: str) -> str:
    keys = [thing.pk] if isinstance(thing, Model) else []
    return reverse(f"admin:{thing._meta.app_label}_{thing._meta.model_name}_{page}", args=keys)


def filled_in(response: Any) -> dict[str, Any]:
    """Return what a browser would send of the unchanged form."""
    forms = [response.context["adminform"].form]
    for inline in response.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    fields = [field for form in forms for field in form if not field.field.disabled]
    values = {field.html_name: field.value() for field in fields}
    opened = re.findall(r'name="(_opened\w*)" value="([^"]*)"', response.content.decode())
    values |= {name: unescape(value) for name, value in opened}
    return {
        name: value for name, value in values.items() if value is not None and value is not False
    }


def hidden_fields(response: Any) -> dict[str, list[str]]:
    """Return the names and values of a page's hidden inputs."""
    fields: dict[str, list[str]] = {}
    inputs = re.findall(
        r'<input type="hidden" name="([^"]*)" value="([^"]*)">', response.content.decode()
    )
    for name, value in inputs:
        fields.setdefault(unescape(name), []).append(unescape(value))
    return fields


def save(client: Client, thing: Model | type[Model], **changes: Any) -> Any:
    path = address(thing, "change" if isinstance(thing, Model) else "add")
    return client.post(path, {**filled_in(client.get(path)), **changes})


def act(client: Client, action: str, *chosen: Model, **more: Any) -> Any:
    keys = [thing.pk for thing in chosen]
    data = {"action": action, "_selected_action": keys, **more}
    return client.post(f"{address(type(chosen[0]), 'changelist')}?retired=all", data, follow=True)


def listed(response: Any) -> list[str]:
    return [str(thing) for thing in response.context["cl"].result_list]


def messages(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def errors(response: Any) -> list[str]:
    """Return every error of the form and its rows, as HTML."""
    form = response.context["adminform"].form
    texts = [str(error) for field in form.errors.values() for error in field]
    for inline in response.context["inline_admin_formsets"]:
        rows = [
            inline.formset.non_form_errors(),
            *(field for form in inline.formset.forms for field in form.errors.values()),
        ]
        texts += [str(error) for row in rows for error in row]
    return texts


def text_of(response: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())
