"""Which benches there are, and what each runs on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bench import click_to_wall, coverage, fan_out, first_map, map, tiles
from bench.figures import Row
from bench.instance import MARKED, PLAIN, Target, own_instance
from core.errors import InvalidInput
from demo.city import SMALL


@dataclass(frozen=True, slots=True)
class Bench:
    """`app` is what its own instance serves; `elsewhere`: it can also measure somebody else's."""

    run: Callable[[Target], list[Row]]
    app: str
    elsewhere: bool
    scale: float = SMALL
    """Of the city of its own instance."""


BENCHES = {
    click_to_wall.NAME: Bench(click_to_wall.bench, MARKED, elsewhere=True),
    coverage.NAME: Bench(coverage.bench, PLAIN, elsewhere=False),
    fan_out.NAME: Bench(fan_out.bench, PLAIN, elsewhere=False),
    first_map.NAME: Bench(first_map.bench, PLAIN, elsewhere=False, scale=first_map.SCALE),
    map.NAME: Bench(map.bench, PLAIN, elsewhere=True, scale=map.SCALE),
    tiles.NAME: Bench(tiles.bench, PLAIN, elsewhere=False, scale=tiles.SCALE),
}


def run(name: str, target: Target | None) -> list[Row]:
    """One bench on `target`, or on an instance of its own. Raises InvalidInput."""
    bench = BENCHES[name]
    if target is None:
        with own_instance(bench.app, bench.scale) as own:
            return bench.run(own)
    if not bench.elsewhere:
        raise InvalidInput(pointer="--url", detail=name)
    if target.wall_url is None:
        raise InvalidInput(pointer="--wall-url", detail=name)
    return bench.run(target)
