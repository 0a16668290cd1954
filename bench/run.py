"""Which benches there are, and what each runs on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from functools import partial
from typing import Any

from bench import (
    activation,
    advice,
    click_to_wall,
    coverage,
    fan_out,
    first_map,
    load,
    map,
    policy,
    positions,
    replay,
    reports,
    soak,
    tiles,
)
from bench.figures import Row
from bench.instance import MARKED, PLAIN, Target, own_instance
from core.errors import InvalidInput
from demo.city import SMALL


@dataclass(frozen=True, slots=True)
class Bench:
    """`app` is what its own instance serves, None: it needs no instance; `elsewhere`: it can also measure
    somebody else's."""

    run: Callable[[Any], list[Row]]
    app: str | None
    elsewhere: bool
    scale: float = SMALL
    """Of the city of its own instance."""


BENCHES = {
    activation.NAME: Bench(activation.bench, PLAIN, elsewhere=False, scale=activation.SCALE),
    advice.NAME: Bench(advice.bench, PLAIN, elsewhere=False),
    click_to_wall.NAME: Bench(click_to_wall.bench, MARKED, elsewhere=True),
    coverage.NAME: Bench(coverage.bench, PLAIN, elsewhere=False),
    fan_out.NAME: Bench(fan_out.bench, PLAIN, elsewhere=False),
    first_map.NAME: Bench(first_map.bench, PLAIN, elsewhere=False, scale=first_map.SCALE),
    load.NAME: Bench(load.bench, PLAIN, elsewhere=False),
    map.NAME: Bench(map.bench, PLAIN, elsewhere=True, scale=map.SCALE),
    policy.NAME: Bench(policy.bench, None, elsewhere=False),
    replay.NAME: Bench(replay.bench, PLAIN, elsewhere=False, scale=replay.SCALE),
    reports.NAME: Bench(reports.bench, PLAIN, elsewhere=False, scale=reports.SCALE),
    positions.NAME: Bench(positions.bench, PLAIN, elsewhere=False),
    soak.NAME: Bench(soak.bench, PLAIN, elsewhere=False, scale=soak.SCALE),
    tiles.NAME: Bench(tiles.bench, PLAIN, elsewhere=False, scale=tiles.SCALE),
}


def run(name: str, target: Target | None, size: Mapping[str, Any] | None = None) -> list[Row]:
    """One bench on `target`, or on an instance of its own; `size` are fields of `load.Size` and `soak.Size`
    other than usual, for those; `past` is also how much the reports have behind them. Raises InvalidInput."""
    bench = BENCHES[name]
    if bench.app is None:
        return bench.run(None)
    if target is None:
        work = _sized(name, size or {})
        with own_instance(bench.app, bench.scale) as own:
            return work(own)
    if not bench.elsewhere:
        raise InvalidInput(pointer="--url", detail=name)
    if target.wall_url is None:
        raise InvalidInput(pointer="--wall-url", detail=name)
    return bench.run(target)


def _sized(name: str, given: Mapping[str, Any]) -> Callable[[Any], list[Row]]:
    sizes: dict[str, tuple[Callable[..., list[Row]], type[Any]]] = {
        load.NAME: (load.bench, load.Size), soak.NAME: (soak.bench, soak.Size),
    }  # fmt: skip
    if name in sizes:
        bench, size = sizes[name]
        known = {one.name for one in fields(size)}
        return partial(bench, size=size(**{key: value for key, value in given.items() if key in known}))
    if name == reports.NAME and "past" in given:
        return partial(reports.bench, past=given["past"])
    return BENCHES[name].run
