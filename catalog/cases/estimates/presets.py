"""Starting points for an estimate: the inputs that the practice cases state."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from catalog.cases.case_index import CaseIndex
from catalog.cases.estimates.forms import EstimateForm, address
from catalog.cases.models import Case
from catalog.snapshot import CatalogSnapshot


@dataclass(frozen=True)
class Preset:
    """A case with the inputs that it states."""

    slug: str
    title: str
    pairs: Mapping[str, str]
    """The parameters of the address, canonical."""
    values: Mapping[str, Fraction]


@dataclass(frozen=True)
class PresetLink:
    """A preset as a page links to it."""

    title: str
    address: str
    is_current: bool
    """True if the page shows exactly these inputs."""


def preset_links(snapshot: CatalogSnapshot, form: EstimateForm) -> list[PresetLink]:
    """Return the links to all presets, within the same practice session as the page."""
    return [
        PresetLink(
            preset.title, address({**preset.pairs, **form.carried}), preset.values == form.values
        )
        for preset in presets_of(snapshot)
    ]


def presets_of(snapshot: CatalogSnapshot) -> list[Preset]:
    """Return a preset for each current case that states inputs, in the order of the cases."""
    return snapshot.derive("estimate presets", _read_presets)


def _read_presets(snapshot: CatalogSnapshot) -> list[Preset]:
    return [
        Preset(case.slug, case.title, form.pairs, form.values)
        for case in CaseIndex.of(snapshot).cases
        if (inputs := _inputs_of(case))
        for form in [EstimateForm(inputs)]
    ]


def _inputs_of(case: Case) -> dict[str, str]:
    """Return the inputs; none if a line, which a file can bring, cannot be read."""
    try:
        return case.estimate_inputs
    except ValueError:
        return {}
