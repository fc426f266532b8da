"""Match the layers and sections of a file to those of the catalogue, and merge them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from django.utils.text import slugify
from django.utils.translation import gettext as _

from catalog.catalog_data import CatalogData
from catalog.catalog_rows import LayerData, SectionData
from catalog.identity import folded
from catalog.models import Colour
from catalog.playbook_file.matching.decisions import Decisions, Placement, chosen, placement_key
from catalog.playbook_file.reading.headings import split, split_as
from catalog.playbook_file.reading.parsed_file import FileLayer, FileSection, Note, PlaybookFile
from catalog.slugs import free_slug

SAME_SECTION: list[tuple[Callable[[FileSection], str], Callable[[SectionData], str]]] = [
    (lambda new: new.heading, lambda old: old.heading),
    (lambda new: folded(split(new.heading)[1]), lambda old: folded(old.title)),
    (lambda new: slugify(split(new.heading)[1]), lambda old: old.slug),
]
"""The values by which a new section and an old one are recognised as one, the surest first, unless
they share articles."""


class OutlineMatcher:
    """Matches and merges the outline. Raises `Undecidable` if a decision is not a layer."""

    def __init__(
        self,
        before: CatalogData,
        file: PlaybookFile,
        article_of: Mapping[int, str],
        decisions: Decisions,
    ) -> None:
        self._before, self._file, self._decisions = before, file, decisions
        self.layers = dict(before.layers)
        self.sections = dict(before.sections)
        self.notes: list[Note] = []
        self.placements: list[Placement] = []
        self._layer_of = self._merge_layers()
        self.section_of = self._merge_sections(article_of)
        """The slug of each section by its position in the file."""

    # --- Layers

    def _merge_layers(self) -> dict[FileLayer, str]:
        """Match the layers by number and title, else by title, else by number."""
        found: dict[FileLayer, str] = {}
        for fits in (
            lambda new, old: (new.number, folded(new.title)) == (old.number, folded(old.title)),
            lambda new, old: folded(new.title) == folded(old.title),
            lambda new, old: new.number == old.number,
        ):
            for new in self._file.layers:
                free = [
                    old for old in self._before.layers.values() if old.slug not in found.values()
                ]
                if new not in found and (old := next((o for o in free if fits(new, o)), None)):
                    found[new] = old.slug
        for new in self._file.layers:
            if slug := found.get(new):
                old = self.layers[slug]
                self.layers[slug] = replace(
                    old, number=new.number, title=new.title, tagline=new.tagline
                )
            else:
                found[new] = self._new_layer(new.number, new.title, new.tagline)
        if not self.layers:
            self._new_layer(1, _("Playbook"), "")
        return found

    def _new_layer(self, number: int, title: str, tagline: str) -> str:
        slug = free_slug(slugify(title)[:45] or "layer", self.layers)
        colours = [colour.value for colour in Colour]
        used = Counter(layer.colour for layer in self.layers.values())
        colour = min(colours, key=lambda name: (used[name], colours.index(name)))
        self.layers[slug] = LayerData(slug, number, title, tagline, colour)
        return slug

    # --- Sections

    def _match_sections(self, article_of: Mapping[int, str]) -> dict[int, str]:
        """Return the slugs of the sections that exist, by their position in the file.

        They are matched by the articles they share, else by heading, title and slug.
        """
        found = self._match_by_articles(article_of)
        taken = {*found.values()}
        for of_new, of_old in SAME_SECTION:
            same: dict[str, list[SectionData]] = defaultdict(list)
            for section in self._before.sections.values():
                same[of_old(section)].append(section)
            for place, new in enumerate(self._file.sections):
                if place in found:
                    continue
                likely = self._by_likelihood(same.get(of_new(new), ()), self._named_layer(new))
                if old := next((s for s in likely if s.slug not in taken), None):
                    found[place] = old.slug
                    taken.add(old.slug)
        return found

    def _named_layer(self, section: FileSection) -> str | None:
        return self._layer_of.get(section.layer) if section.layer else None

    @staticmethod
    def _by_likelihood(sections: Iterable[SectionData], layer: str | None) -> list[SectionData]:
        def unlikely(section: SectionData) -> tuple[bool, bool, int, str]:
            other = layer is not None and section.layer != layer
            return section.is_retired, other, section.number, section.slug

        return sorted(sections, key=unlikely)

    def _match_by_articles(self, article_of: Mapping[int, str]) -> dict[int, str]:
        """Match an old and a new section that share at least half of the smaller one's articles.

        Those that share the most come first, then those of the same heading, title or slug.
        """
        old = {
            slug: {entry.article for entry in entries}
            for slug, entries in self._before.current_of.items()
            if not self._before.sections[slug].is_retired
        }
        sections_of: dict[str, list[str]] = defaultdict(list)
        for slug, articles in old.items():
            for article in articles:
                sections_of[article].append(slug)
        shares = []
        for place, section in enumerate(self._file.sections):
            new = {article_of[id(row)] for row in section.rows}
            shared = Counter(slug for article in new for slug in sections_of.get(article, ()))
            shares += [
                (-count, *self._unlikeness(section, slug), place, slug)
                for slug, count in shared.items()
                if 2 * count >= min(len(old[slug]), len(new))
            ]
        found: dict[int, str] = {}
        taken: set[str] = set()
        for *_rank, place, slug in sorted(shares):
            if place not in found and slug not in taken:
                found[place] = slug
                taken.add(slug)
        return found

    def _unlikeness(self, new: FileSection, slug: str) -> tuple[int, bool]:
        """Return how many ways to recognise a section fail, and whether its layer is another."""
        old = self._before.sections[slug]
        same = (
            number
            for number, (of_new, of_old) in enumerate(SAME_SECTION)
            if of_new(new) == of_old(old)
        )
        return next(same, len(SAME_SECTION)), self._named_layer(new) not in {None, old.layer}

    def _merge_sections(self, article_of: Mapping[int, str]) -> dict[int, str]:
        found = self._match_sections(article_of)
        for place, new in enumerate(self._file.sections):
            if slug := found.get(place):
                old = self.sections[slug]
                layer = self._named_layer(new) or old.layer
                emoji, title = split_as(old, new.heading)
                self.sections[slug] = replace(
                    old, layer=layer, emoji=emoji, title=title, is_retired=False
                )
            else:
                found[place] = self._new_section(place, new, found)
        return dict(sorted(found.items()))

    def _new_section(self, place: int, new: FileSection, found: Mapping[int, str]) -> str:
        emoji, title = split(new.heading)
        slug = free_slug(slugify(title)[:90].strip("-") or "section", self.sections)
        layer = self._named_layer(new)
        if layer is None:
            layer = chosen(self._decisions, placement_key(slug), title, self.layers)
            is_decided = layer is not None
            if layer is None:
                layer = self._layer_near(place, found)
                message = _(
                    "The section “%(title)s” is new. It was added to the layer “%(layer)s”."
                )
                context = {"title": title, "layer": self.layers[layer].title}
                self.notes.append(Note(new.line, message % context))
            self.placements.append(Placement(slug, title, new.line, layer, is_decided))
        self.sections[slug] = SectionData(slug, layer, 0, emoji, title)
        return slug

    def _layer_near(self, place: int, found: Mapping[int, str]) -> str:
        """Return the layer of the nearest known section before it, else after it."""
        near = [*range(place - 1, -1, -1), *range(place + 1, len(self._file.sections))]
        known = (self.sections[found[other]].layer for other in near if other in found)
        first = min(self.layers.values(), key=lambda row: (row.number, row.slug)).slug
        return next(known, first)

    # --- After the rows are merged

    def retire(self, without_rows: Iterable[str]) -> None:
        """Retire those of these sections that the file does not have."""
        for slug in {*without_rows} - {*self.section_of.values()}:
            self.sections[slug] = replace(self.sections[slug], is_retired=True)

    def number(self) -> None:
        """Set the numbers of the sections in the order of the file; keep those already in order."""
        listed = list(self.section_of.values())
        now = [section.slug for section in CatalogData(self.layers, self.sections).journey]
        rest = [slug for slug in now if slug not in set(listed)]
        if now == [*listed, *rest] and all(self.sections[slug].number for slug in now):
            return
        for number, slug in enumerate([*listed, *rest], start=1):
            self.sections[slug] = replace(self.sections[slug], number=number)
