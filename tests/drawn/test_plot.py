"""The bar chart as a picture: its colours and heights measured in its pixels, whatever it is given."""

from __future__ import annotations

import io
from collections import Counter

import pytest
from PIL import Image, ImageColor

from handlers import plot
from handlers.plot import Bar

MOST = 60_000
"""Bytes: such a picture lies sealed in a row of the outbox."""


def opened(*found: Bar, **size: int) -> Image.Image:
    """The chart of these bars; small enough to be kept until it is sent."""
    content = plot.bars(found, **size)
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    assert len(content) < MOST
    return Image.open(io.BytesIO(content)).convert("RGB")


def near(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    """Whether two colours look the same: a palette may shift them by a little."""
    return all(abs(a - b) <= 6 for a, b in zip(one, other, strict=True))


def area(picture: Image.Image, number: int) -> int:
    """Pixels of the colour of the parts at this place."""
    wanted = ImageColor.getrgb(plot.COLOURS[number])
    counts = Counter(picture.get_flattened_data())
    return sum(count for colour, count in counts.items() if isinstance(colour, tuple) and near(colour, wanted))


def test_a_part_has_its_own_colour_and_an_area_that_fits_its_number() -> None:
    picture = opened(Bar("2026-01", (10, 20, 30)), Bar("2026-02", (10, 0, 30)))
    assert picture.size == (900, 480)
    first, second, third = (area(picture, number) for number in range(3))
    assert second == pytest.approx(first, rel=0.05)
    assert third == pytest.approx(3 * first, rel=0.05)
    assert area(picture, 3) == 0


def test_there_is_a_sign_for_each_colour_and_all_are_drawn() -> None:
    assert len(plot.SIGNS) == len(plot.COLOURS) == len(set(plot.COLOURS))
    picture = opened(Bar("x", (1,) * 6))
    assert all(area(picture, number) > 1_000 for number in range(6))


@pytest.mark.parametrize(
    "bars",
    [
        [],
        [Bar("1", ())],
        [Bar(str(month), (0, 0)) for month in range(1, 13)],
        [Bar(f"03-{day:02d}", (day, 31 - day)) for day in range(1, 32)],
        [Bar(f"{day}", (day * 123_456, 7)) for day in range(1, 32)],
        [Bar("x", (10**18,)), Bar("y", (1,))],
        [Bar(str(number), (number,)) for number in range(400)],
        [Bar("五年级2班\n<b>\u202e", (3,)), Bar("W" * 500, (2,))],
        [Bar("x", (1,) * 40)],
    ],
    ids=["none", "no parts", "zeros", "a month", "a month of big numbers", "huge", "too many", "odd labels", "parts"],
)
def test_anything_gives_a_picture(bars: list[Bar]) -> None:
    assert opened(*bars).size == (900, 480)
    assert opened(*bars, width=320, height=200).size == (320, 200)


def test_the_smallest_part_beside_a_big_one_is_still_seen() -> None:
    assert area(opened(Bar("x", (100_000, 1)), Bar("y", (0, 1))), 1) >= 80


def test_nothing_is_below_zero() -> None:
    with pytest.raises(ValueError, match="zero"):
        plot.bars([Bar("x", (1, -1))])


@pytest.mark.parametrize(
    ("most", "step", "top"),
    [(0, 1, 1), (1, 1, 1), (4, 1, 4), (6, 2, 6), (12, 5, 15), (30, 10, 30), (99, 20, 100), (12_345, 5_000, 15_000)],
)
def test_the_lines_stand_at_whole_round_numbers(most: int, step: int, top: int) -> None:
    assert plot.scale(most) == (step, top)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (999, "999"), (1_000, "1k"), (1_049, "1k"), (12_300, "12.3k"), (617_000, "617k"), (1_200_000, "1.2M")],
)
def test_numbers_without_room_are_shortened(value: int, text: str) -> None:
    assert plot.short(value) == text


def test_the_same_bars_are_the_same_picture() -> None:
    bars = [Bar("1", (3, 4)), Bar("2", (5, 6))]
    assert plot.bars(bars) == plot.bars(bars)


def test_what_nobody_knows_has_a_dash_above_it_and_no_nought() -> None:
    numbers, _ = plot._numbers([Bar("1", (0,), known=False), Bar("2", (0,)), Bar("3", (4,))], 100)
    assert numbers == ["-", "0", "4"]
    assert list(opened(Bar("1", (0,), known=False)).get_flattened_data()) != list(
        opened(Bar("1", (0,))).get_flattened_data()
    )
