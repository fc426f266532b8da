"""Match the prompts of a file to those of the catalogue, and merge them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from uuid import UUID, uuid5

from catalog.catalog_data import CatalogData
from catalog.catalog_rows import PromptData
from catalog.playbook_file.reading.parsed_file import FilePrompt


class PromptMatcher:
    """Merges the prompts of one article after the other."""

    def __init__(self, before: CatalogData) -> None:
        self._before = before
        self.prompts = None if before.prompts is None else dict(before.prompts)
        """All prompts as they should be, by UUID."""

    def merge(self, article: str, rows: Sequence[FilePrompt]) -> None:
        """Give the article these prompts in this order, and retire its others."""
        stored = self._before.prompts_of.get(article, [])
        self.prompts = {} if self.prompts is None else self.prompts
        matched = _matched(rows, stored)
        listed = []
        for row, known in zip(rows, matched, strict=True):
            old = known or PromptData(self._free_uuid(article, row), article, 0, "", "", "")
            listed.append(
                replace(
                    old,
                    question=row.question,
                    answer=row.answer,
                    source_lines=row.source_lines,
                    is_retired=False,
                )
            )
            self.prompts[old.uuid] = old
        uuids = [prompt.uuid for prompt in listed]
        if uuids != [prompt.uuid for prompt in stored if not prompt.is_retired]:
            listed = [replace(prompt, number=n) for n, prompt in enumerate(listed, start=1)]
        retired = (replace(old, is_retired=True) for old in stored if old.uuid not in uuids)
        self.prompts.update({prompt.uuid: prompt for prompt in (*listed, *retired)})

    def _free_uuid(self, article: str, row: FilePrompt) -> str:
        """Return the file's UUID, unless another prompt has it, else one made of the question."""
        return next(uuid for uuid in _uuids(article, row) if uuid not in (self.prompts or {}))


def _matched(rows: Sequence[FilePrompt], stored: Sequence[PromptData]) -> list[PromptData | None]:
    """Return the stored prompt of each row: the one with its UUID, else with its question."""
    free = {prompt.uuid: prompt for prompt in stored}
    matched = [free.pop(row.uuid, None) for row in rows]
    for place, row in enumerate(rows):
        if matched[place] is None:
            same = (old for old in free.values() if _folded(old.question) == _folded(row.question))
            matched[place] = old = next(same, None)
            if old:
                del free[old.uuid]
    return matched


def _folded(question: str) -> str:
    return " ".join(question.casefold().split())


def _uuids(article: str, row: FilePrompt) -> Iterator[str]:
    if row.uuid:
        yield row.uuid
    name = row.question
    while True:
        yield str(uuid5(UUID(article), name))
        name += "'"
