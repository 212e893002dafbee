"""What paid broadcasts cost: against the pretend Telegram's own bill."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.notices.cost import PRICE, at_most, seconds, stars
from simulator.limits import Flow, Limits


@pytest.mark.parametrize(
    ("recipients", "paid", "free", "cost"),
    [
        (100_000, 0, 30, "0"),
        (100_000, 30, 30, "0"),
        (100_000, 60, 30, "5000"),
        (300_000, 1000, 30, "29100"),
        (1, 1000, 30, "0.1"),
        (0, 1000, 30, "0"),
    ],
)
def test_what_is_above_the_free_limit_is_paid(recipients: int, paid: float, free: float, cost: str) -> None:
    assert stars(recipients, paid, free) == Decimal(cost)
    assert stars(recipients, paid, free) <= at_most(recipients, paid, free)


@given(st.integers(0, 10**7), st.floats(0, 1000), st.floats(0.5, 100))
def test_never_less_than_nothing_and_never_more_than_all(recipients: int, paid: float, free: float) -> None:
    found = stars(recipients, paid, free)
    assert 0 <= found <= recipients * PRICE
    assert found % PRICE == 0
    assert stars(recipients + 1, paid, free) >= found
    assert (found == 0) == (recipients == 0 or paid <= free)


@pytest.mark.parametrize("rate", [40, 100, 900])
def test_it_is_what_the_bill_says(rate: int) -> None:
    limits, flow, recipients = Limits(enforce=True), Flow(), 5 * rate
    for number in range(recipients):
        assert limits.wait(flow, number, number / rate + 1e-9, paid=True) == 0
    # The free ones of the last second that began are used up at its beginning.
    assert float(stars(recipients, rate, 30)) == pytest.approx(flow.billed * 0.1, abs=30 * 0.1)
    assert seconds(recipients, rate, 30) == pytest.approx(5.0)
