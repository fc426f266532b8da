"""Show the prompts of an article to everybody."""

from django import template

from catalog.dependencies import CATALOG
from catalog.models import Article
from catalog.prompts.prompt_index import PromptIndex
from playbook.http import HttpRequest
from playbook.rendering.fragments import cached_fragments, per_user_fragment

register = template.Library()


@per_user_fragment(register, CATALOG)
def article_prompts(request: HttpRequest, article: Article) -> str:
    """Render the article's questions, each with its answer folded; nothing if it has none."""
    prompts = tuple(PromptIndex.of(request.snapshot).of_article(article))
    render = cached_fragments(request, CATALOG)
    return render("prompts/includes/prompt-list.html", prompts=prompts) if prompts else ""
