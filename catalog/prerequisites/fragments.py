"""Render the map of prerequisites, with the reader's states."""

from collections.abc import Iterable

from django import template
from django.utils.safestring import SafeString

from catalog.dependencies import CATALOG
from catalog.models import Article
from catalog.prerequisites.map_layout import Column, Node, PlaybookMap
from catalog.prerequisites.prerequisite_index import PrerequisiteIndex, Related
from playbook.http import HttpRequest
from playbook.rendering.dependencies import READER
from playbook.rendering.fragments import cached_fragments, fill, gap, per_user_fragment

register = template.Library()

INCLUDES = "prerequisites/includes"
OPENS_MAX = 3
"""The most articles that the map names after the current one; the others are only counted."""


@per_user_fragment(register, READER, CATALOG)
def map_nodes(request: HttpRequest, column: Column, only_next: bool) -> str:
    """Render the articles of a layer in the drawing, each with its state."""
    render, progress = cached_fragments(request, CATALOG), request.progress
    current = progress.current_article
    nodes = (
        render(
            f"{INCLUDES}/map-node.html",
            node=node,
            state=progress.state_of(node.article.pk),
            is_current=node.article == current,
            is_dim=only_next and not progress.is_next(node.article.pk),
        )
        for node in column.nodes
    )
    return SafeString("".join(nodes))


@per_user_fragment(register, READER, CATALOG)
def map_current_paths(request: HttpRequest, playbook_map: PlaybookMap) -> str:
    """Render the curves from the reader's current article once more, above the others."""
    current = request.progress.current_article
    paths = playbook_map.paths_from(current.pk) if current else ()
    return cached_fragments(request, CATALOG)(f"{INCLUDES}/map-paths.html", paths=paths)


@per_user_fragment(register, READER, CATALOG)
def map_place(request: HttpRequest) -> str:
    """Say where the reader is, and what their current article opens."""
    current, index = request.progress.current_article, PrerequisiteIndex.of(request.snapshot)
    opens = tuple(index.leads_to(current.pk)) if current else ()
    shown = opens if len(opens) <= OPENS_MAX + 1 else opens[:OPENS_MAX]
    return cached_fragments(request, CATALOG)(
        f"{INCLUDES}/map-place.html",
        article=current,
        is_begun=current is not None and _stage_of(request, current) != "NOT_STARTED",
        opens=shown,
        more=len(opens) - len(shown),
    )


@per_user_fragment(register, READER, CATALOG)
def map_layers(request: HttpRequest, playbook_map: PlaybookMap, only_next: bool) -> str:
    """Render each layer as a list that folds; the reader's current one is open."""
    current = request.progress.current_article
    nodes = [{node.article for node in column.nodes} for column in playbook_map.columns]
    place = next((number for number, articles in enumerate(nodes) if current in articles), 0)
    return SafeString("").join(
        _map_layer(request, column, only_next, is_open=only_next or number == place)
        for number, column in enumerate(playbook_map.columns)
    )


def _map_layer(
    request: HttpRequest, column: Column, only_next: bool, *, is_open: bool
) -> SafeString:
    stages = [_stage_of(request, node.article) for node in column.nodes]
    frame = cached_fragments(request, CATALOG)(
        f"{INCLUDES}/map-layer.html",
        layer=column.layer,
        is_open=is_open,
        done=stages.count("FINISHED"),
        articles=len(stages),
        items=gap("items"),
    )
    return fill(frame, items=_map_items(request, column, only_next))


def _map_items(request: HttpRequest, column: Column, only_next: bool) -> SafeString:
    """Render the articles of a layer, each with those before and after it."""
    render, progress = cached_fragments(request, CATALOG), request.progress
    index, current = PrerequisiteIndex.of(request.snapshot), progress.current_article

    def item(node: Node) -> str:
        return render(
            f"{INCLUDES}/map-item.html",
            article=node.article,
            state=progress.state_of(node.article.pk),
            is_current=node.article == current,
            before=_with_states(request, index.before(node.article.pk)),
            after=_with_states(request, index.after(node.article.pk)),
        )

    nodes = [node for node in column.nodes if not only_next or progress.is_next(node.article.pk)]
    if not nodes:
        return render(f"{INCLUDES}/map-no-item.html")
    return SafeString("".join(map(item, nodes)))


def _stage_of(request: HttpRequest, article: Article) -> str:
    """Return the name of the stage that the reader's state of an article belongs to."""
    return request.progress.state_of(article.pk).stage.name


@per_user_fragment(register, READER, CATALOG)
def article_prerequisites(request: HttpRequest, article: Article) -> str:
    """Render what to read before an article and what it leads to; nothing if there is neither."""
    index = PrerequisiteIndex.of(request.snapshot)
    before, after = index.before(article.pk), index.after(article.pk)
    if not before and not after:
        return ""
    return cached_fragments(request, CATALOG)(
        f"{INCLUDES}/article-prerequisites.html",
        before=_with_states(request, before),
        after=_with_states(request, after),
    )


def _with_states(
    request: HttpRequest, related: Iterable[Related]
) -> tuple[tuple[Related, str], ...]:
    """Return each article with the reader's state of it."""
    state_of = request.progress.state_of
    return tuple((each, state_of(each.article.pk)) for each in related)
