from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from catalog.admin.article_forms import ArticleForm
from catalog.links.models import BrokenLink
from catalog.links.results import URL_MAX_LENGTH


class NewAddressForm(ArticleForm):
    """A new address for an article, with the validation of every article."""

    instance: BrokenLink

    url = forms.URLField(
        label=_("New address"),
        max_length=URL_MAX_LENGTH,
        # Needed to accept an address, and not to dismiss the reports.
        required=False,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"class": "vURLField"}),
        help_text=_("Open it first, and check that it is the same article."),
    )

    class Meta:
        model = BrokenLink
        fields = ["url"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial["url"] = self.instance.suggested_url

    def clean_url(self) -> str:
        url = super().clean_url()
        if not url:
            raise ValidationError(_("Enter the new address."))
        if url == self.instance.old_url:
            raise ValidationError(
                _("The article already has that address. If it works, dismiss the reports.")
            )
        return url
