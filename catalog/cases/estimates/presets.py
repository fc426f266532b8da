"""Starting points for an estimate: the inputs that the practice cases state."""

from dataclasses import dataclass
from uuid import UUID

from catalog.cases.case_index import CaseIndex
from catalog.cases.estimates.forms import EstimateForm
from catalog.cases.models import Case
from catalog.snapshot import CatalogSnapshot


@dataclass(frozen=True)
class Preset:
    """A set of inputs with a name, by the names of the form's fields."""

    slug: str
    title: str
    inputs: dict[str, str]

    def form(self, practice: UUID | None) -> EstimateForm:
        """Return the form with these inputs, within the same practice session."""
        carried = {"practice": str(practice)} if practice else {}
        return EstimateForm({**self.inputs, **carried})


@dataclass(frozen=True)
class PresetLink:
    title: str
    address: str
    is_current: bool
    """Whether the page shows exactly these inputs."""


def preset_links(snapshot: CatalogSnapshot, form: EstimateForm) -> list[PresetLink]:
    """Return the links to all presets from the page that shows a form."""
    practice = form.cleaned_data.get("practice")
    forms = ((preset, preset.form(practice)) for preset in presets_of(snapshot))
    return [
        PresetLink(preset.title, of_preset.address, of_preset.values == form.values)
        for preset, of_preset in forms
    ]


def presets_of(snapshot: CatalogSnapshot) -> list[Preset]:
    """Return a preset for each current case that states inputs, in the order of the cases."""
    return [
        Preset(case.slug, case.title, inputs)
        for case in CaseIndex.of(snapshot).cases
        if (inputs := _inputs_of(case))
    ]


def _inputs_of(case: Case) -> dict[str, str]:
    """Return the inputs; none if a line, which a file can bring, cannot be read."""
    try:
        return case.estimate_inputs
    except ValueError:
        return {}
