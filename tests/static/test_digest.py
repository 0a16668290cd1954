"""The browser's digest is the server's, for any features, after any additions and removals."""

from __future__ import annotations

import random

import pytest

from core.digest import Digest
from tests.static.conftest import Bench

pytestmark = pytest.mark.browser
LETTERS = "abcXYZ0189-_:.火灾消防一中队😀é"


def features(seed: int, count: int) -> list[tuple[str, str, int]]:
    dice = random.Random(seed)
    layers = ("incidents", "units", "links")
    name = lambda: "".join(dice.choice(LETTERS) for _ in range(dice.randrange(1, 30)))  # noqa: E731
    return [(dice.choice(layers), name(), dice.randrange(1, 2**40)) for _ in range(count)]


def of_server(rows: list[tuple[str, str, int]]) -> str:
    digest = Digest()
    for layer, ident, version in rows:
        digest.add(layer, ident, version)
    return digest.hex()


def test_nothing_drawn_is_sixteen_zeros(bench: Bench):
    assert bench("11-digest").evaluate("new zhihui.Digest().text()") == "0" * 16 == Digest().hex()


@pytest.mark.parametrize("seed", range(5))
def test_both_sides_say_the_same(bench: Bench, seed: int):
    rows = features(seed, 400)
    page = bench("11-digest")
    said = page.evaluate(
        "rows => { const d = new zhihui.Digest(); rows.forEach(r => d.add(...r)); return d.text() }", rows
    )
    assert said == of_server(rows)


def test_what_is_taken_away_leaves_no_trace(bench: Bench):
    rows = features(9, 300)
    page = bench("11-digest")
    said = page.evaluate(
        """rows => {
            const d = new zhihui.Digest();
            rows.forEach(r => d.add(...r));
            rows.slice(0, 200).reverse().forEach(r => d.drop(...r));
            return d.text();
        }""",
        rows,
    )
    assert said == of_server(rows[200:])
