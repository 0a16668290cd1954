"""screenshots: every picture of README and docs, from a seeded, simulated afternoon."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from console.common import DONE, add_command, answer, say

SEATS = {"officer": "林值班员", "engineer": "陈数据", "leader": "方指挥长"}
SIMULATED = "周值班员"


def add_to(commands: Any) -> None:
    about = "拍下文档所有图片：一个模拟的下午 every picture of the docs, from a simulated afternoon"
    parser = add_command(commands, "screenshots", run_screenshots, about)
    parser.add_argument("into", type=Path, metavar="DIR", help="图片存到哪里 where the pictures go")
    parser.add_argument("--seed", type=int, default=1, help="随机种子 seed of the afternoon")
    parser.add_argument("--scale", type=float, default=1.0, help="示例城市的规模 size of the sample city")


def run_screenshots(asked: argparse.Namespace) -> int:
    from actions.accounts import ALL_VERBS, add_token, add_user
    from bench.instance import PLAIN, own_instance
    from core.permissions import SYSTEM
    from demo.afternoon import Place
    from demo.pictures import Doors, take
    from instance.services import services

    say("生成城市，启动一个临时实例 Making the city and an instance of its own")
    with own_instance(PLAIN, asked.scale) as own, services(own.own_settings) as parts:
        people = {role: add_user(parts, SYSTEM, name, role) for role, name in SEATS.items()}
        say("模拟一个下午、一次联动、一场演练 Living an afternoon, a response, a drill (some eight minutes)")
        token = add_token(parts, SYSTEM, "api", SIMULATED, verbs=[ALL_VERBS])
        place = Place(own.url, token.secret, parts, asked.seed)
        seats = {role: (person.name, person.password) for role, person in people.items()}
        files = take(place, Doors(str(own.wall_url), seats), asked.into)
    answer(asked, {"files": [str(file) for file in files]}, [str(file) for file in files])
    return DONE
