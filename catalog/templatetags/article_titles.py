"""The titles that a form field for an article completes."""

from django import template

from catalog.admin.article_field import titles
from catalog.models import Article

register = template.Library()


@register.simple_tag
def article_titles() -> list[str]:
    return titles(Article.objects.filter(retired_at=None))
