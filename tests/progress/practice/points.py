"""Build the fields of a filled-in rubric."""

from catalog.cases.stages import Criterion

QUOTES = {
    Criterion.REQUIREMENTS: "a seat is held",
    Criterion.DESIGN: "the database decides: unique (event, seat)",
    Criterion.DEEP_DIVE: "",
}


def filled(
    requirements: int = 3, design: int = 2, deep_dive: int = 0, **changed: str
) -> dict[str, str]:
    """Return what a browser sends for these points, each with its quotation."""
    points = {
        Criterion.REQUIREMENTS: requirements,
        Criterion.DESIGN: design,
        Criterion.DEEP_DIVE: deep_dive,
    }
    fields = {f"{criterion}_points": str(given) for criterion, given in points.items()}
    quotes = {f"{criterion}_quote": quote for criterion, quote in QUOTES.items()}
    return {**fields, **quotes, **changed}
