from hypothesis import given
from hypothesis import strategies as st

from catalog.cases.case_lines import stages_in
from catalog.cases.stages import Stage, StageOrder
from progress.practice.stage_plan import planned_stages, scaled, twist_minute

CASE = stages_in(
    "Requirements: 5\nCore entities: 3\nInterface: 5\nHigh-level design: 12\nDeep dives: 15\n"
    "Wrap-up: 5"
)


def plan(order: StageOrder, length: int) -> list[tuple[str, int]]:
    return [(stage.value, minutes) for stage, minutes in planned_stages(CASE, order, length)]


def test_the_usual_length_has_the_minutes_of_the_case() -> None:
    assert plan(StageOrder.INTERVIEW, 45) == [
        ("requirements", 5),
        ("estimates", 0),
        ("entities", 3),
        ("interface", 5),
        ("data_flow", 0),
        ("design", 12),
        ("deep_dives", 15),
        ("wrap_up", 5),
    ]


def test_the_classic_order_has_estimates_after_the_requirements() -> None:
    classic = plan(StageOrder.CLASSIC, 45)
    assert [stage for stage, _minutes in classic][:3] == ["requirements", "estimates", "interface"]
    assert dict(classic)["estimates"] > 0
    assert sum(minutes for _stage, minutes in classic) == 45
    assert [stage for stage, minutes in classic if not minutes] == ["data_flow"]
    assert [stage for stage, _minutes in classic][4:6] == ["data_flow", "design"]


def test_other_lengths_keep_the_proportions() -> None:
    assert [minutes for _stage, minutes in plan(StageOrder.INTERVIEW, 20)] == [
        *(2, 0, 2, 2, 0, 5, 7, 2)
    ]
    assert [minutes for _stage, minutes in plan(StageOrder.INTERVIEW, 60)] == [
        *(7, 0, 4, 7, 0, 16, 20, 6)
    ]


@given(st.lists(st.integers(0, 60), min_size=1, max_size=8), st.integers(0, 120))
def test_a_total_is_shared_exactly(weights: list[int], total: int) -> None:
    shares = scaled(weights, total)
    whole = sum(weights)
    assert (len(shares), sum(shares)) == (len(weights), total)
    if whole:
        assert all(
            abs(share - weight * total / whole) < 1
            for share, weight in zip(shares, weights, strict=True)
        )
        assert all(not share for share, weight in zip(shares, weights, strict=True) if not weight)


def test_without_any_weight_everything_goes_to_the_first() -> None:
    assert scaled([0, 0], 20) == [20, 0]


def test_the_twist_is_scaled_and_never_at_the_edge() -> None:
    assert [twist_minute(18, length) for length in (20, 45, 60)] == [8, 18, 24]
    assert (twist_minute(1, 20), twist_minute(44, 20)) == (1, 19)


def test_every_stage_can_be_chosen_in_every_order() -> None:
    for order in StageOrder:
        stages = [stage for stage, _minutes in planned_stages(CASE, order, 45)]
        assert sorted(stages) == sorted(Stage)
