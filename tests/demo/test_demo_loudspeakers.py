"""Broadcast points of the demo city answer until none is silent."""

from __future__ import annotations

import random

from demo.loudspeakers import answers, is_broken


def test_every_point_answers_within_a_few_rounds_and_a_few_cannot_speak() -> None:
    points = [{"code": f"GB{n}", "state": "waiting"} for n in range(300)]
    draw, rounds = random.Random(1), 0
    while any(point["state"] == "waiting" for point in points):
        said = {one["code"]: one["state"] for one in answers(points, draw)}
        points = [{**point, "state": said.get(point["code"], point["state"])} for point in points]
        rounds += 1
    assert rounds < 15
    failed = {point["code"] for point in points if point["state"] == "failed"}
    assert failed == {point["code"] for point in points if is_broken(point["code"])}
    assert 0 < len(failed) < 30
