"""Metric math and alarm states, held against the tables of AWS's own pages."""

from __future__ import annotations

import pytest

from cicdgen.proof.alarm_math import Rule, Series, State, Unmodelled, evaluated, read, states

_: None = None
M1, M2, M3 = (1.0, 1.0, 0.0, 0.0, _), (30.0, _, 0.0, 0.0, 30.0), (0.0, 0.0, 20.0, _, 20.0)
ONE, TWO = (30.0, 20.0, 0.0, 0.0), (20.0, _, 20.0, _)

# monitoring/using-metric-math: comparison operators, and "Using IF expressions".
EXPRESSIONS: dict[str, tuple[dict[str, Series], Series]] = {
    "(metric1 < metric2)": ({"metric1": ONE, "metric2": TWO}, (0, 0, 1, 0)),
    "(metric1 >= 30)": ({"metric1": ONE}, (1, 0, 0, 0)),
    "(metric1 > 15 AND metric2 > 15)": ({"metric1": ONE, "metric2": TWO}, (1, 0, 0, 0)),
    "IF(metric1, metric2, metric3)": (
        {"metric1": M1, "metric2": M2, "metric3": M3},
        (30, 0, 20, _, _),
    ),
    "IF(metric1, 5, metric3)": ({"metric1": M1, "metric3": M3}, (5, 5, 20, _, _)),
    "IF(metric1, metric2, 5)": ({"metric1": M1, "metric2": M2}, (30, 0, 5, 5, _)),
    "IF(1, metric2, metric3)": ({"metric2": M2, "metric3": M3}, M2),
    "IF(metric1<400, metric1)": ({"metric1": (1.0, 500.0)}, (1, _)),
    "IF(metric1<400, 10, 2)": ({"metric1": (1.0, 500.0)}, (10, 2)),
    "5 * m1": ({"m1": (1.0, _)}, (5, _)),
    "m1 - m2": ({"m1": (3.0, _, _), "m2": (1.0, 1.0, _)}, (2, -1, _)),
    "100 / m1": ({"m1": (0.0, 4.0)}, (_, 25)),
    "AVG([m1,m2]/m3)": ({"m1": (2.0,), "m2": (4.0,), "m3": (2.0,)}, (1.5,)),
    "SUM([m1, m2])": ({"m1": (2.0, _), "m2": (4.0, _)}, (6, _)),
    "MIN(ABS([m1, m2]))": ({"m1": (-2.0,), "m2": (4.0,)}, (2,)),
    "FILL(m1, 0) + 2 ^ 3": ({"m1": (_, 1.0)}, (8, 9)),
    "FILL(m1, REPEAT)": ({"m1": (1.0, _, 2.0, _)}, (1, 1, 2, 2)),
    "-m1 * 2 - 1": ({"m1": (1.0,)}, (-3,)),
    "m1 > 0 && m1 < 2 || m1 == 9": ({"m1": (1.0, 5.0, 9.0)}, (1, 0, 1)),
}

# monitoring/alarms-and-missing-data. Datapoints; then M, and the states for each treatment.
K, A, I, O = State.OK, State.ALARM, State.INSUFFICIENT_DATA, State.OK  # noqa: E741
KEPT = State.INSUFFICIENT_DATA  # "retain current state", and this is the state that it has here
TABLES = {
    "3 of 3: 0 - X - X": (3, (K, K, K, K)),
    "3 of 3: - - - - 0": (3, (K, K, K, K)),
    "3 of 3: 0 - - - -": (3, (K, K, K, K)),
    "3 of 3: - - - - -": (3, (I, KEPT, A, K)),
    "3 of 3: 0 X X - X": (3, (A, A, A, A)),
    "3 of 3: - - X - -": (3, (A, KEPT, A, K)),
    "3 of 3: X - - - -": (3, (A, KEPT, A, K)),
    "2 of 3: 0 - X - X": (2, (A, A, A, A)),
    "2 of 3: 0 0 X 0 X": (2, (A, A, A, A)),
    "2 of 3: 0 - X - -": (2, (K, K, A, K)),
    "2 of 3: - - - - 0": (2, (K, K, A, K)),
    "2 of 3: - - - X -": (2, (A, KEPT, A, K)),
    # “Avoiding premature transitions to alarm state”: not at once, since the next may be fine.
    "3 of 3: - - - - X": (3, (KEPT, KEPT, A, K)),
    "3 of 3: - - - X -": (3, (KEPT, KEPT, A, K)),
    "3 of 3: - - - X 0": (3, (K, K, K, K)),
    "3 of 3: - - X - 0": (3, (K, K, K, K)),
}


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_documented_expressions(text: str) -> None:
    """Each expression gives the datapoints that AWS's page shows."""
    series, expected = EXPRESSIONS[text]

    assert expected == read(text).evaluate(dict(series))


@pytest.mark.parametrize("text", ["m1 +", "SEARCH('x', 'Sum')", "IF(m1)", "m1 # 2", "(m1", "AVG()"])
def test_what_is_not_modelled_is_said(text: str) -> None:
    """An expression that cannot be read is an error, and never a value."""
    with pytest.raises(Unmodelled, match=r"."):
        read(text)


@pytest.mark.parametrize("text", ["nobody * 2", "AVG(m1)", "1 / 0"])
def test_what_has_no_value_is_said(text: str) -> None:
    """So is one that reads well, and whose value here depends on something else."""
    with pytest.raises(Unmodelled, match=r"."):
        read(text).evaluate({"m1": (1.0,)})


@pytest.mark.parametrize("row", TABLES)
def test_missing_data(row: str) -> None:
    """The tables of AWS's page on missing data, row by row and treatment by treatment."""
    datapoints, expected = TABLES[row]
    points = [{"0": 0.0, "X": 9.0, "-": None}[each] for each in row.partition(": ")[2].split()]
    found = tuple(
        evaluated(
            Rule(
                comparison="GreaterThanThreshold",
                threshold=5,
                datapoints=datapoints,
                periods=3,
                missing=missing,
            ),
            points,
            before=State.INSUFFICIENT_DATA,
        )
        for missing in ("missing", "ignore", "breaching", "notBreaching")
    )

    assert expected == found


def test_an_alarm_fires_with_the_last_datapoint_it_needs() -> None:
    """Two of three: the second bad minute fires it, and the second good one ends it."""
    rule = Rule(comparison="GreaterThanThreshold", threshold=1, datapoints=2, periods=3)

    assert [K, K, A, A, K] == states(rule, [0, 2, 2, 0, 0])
