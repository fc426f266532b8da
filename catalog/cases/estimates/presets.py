"""Starting points for an estimate: the inputs that the practice cases state."""

from dataclasses import dataclass

from catalog.cases.case_index import CaseIndex
from catalog.cases.estimates.forms import EstimateForm
from catalog.snapshot import CatalogSnapshot


@dataclass(frozen=True)
class Preset:
    """A set of inputs with a name, by the names of the form's fields."""

    slug: str
    title: str
    inputs: dict[str, str]

    @property
    def query_string(self) -> str:
        return EstimateForm(self.inputs).query_string()


def presets_of(snapshot: CatalogSnapshot) -> list[Preset]:
    """Return a preset for each current case that states inputs, in the order of the cases."""
    return [
        Preset(case.slug, case.title, case.estimate_inputs)
        for case in CaseIndex.of(snapshot).cases
        if case.estimate_input_lines.strip()
    ]
