"""What is done before the doors open: migrate, make the first accounts, load the demo city.

Run as a program by the instance; its standard output is one JSON document
`{accounts?: [{name, role, password}], api_token?, wall_token?}`.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
from pathlib import Path
from typing import Any

from db.migrate import upgrade
from settings import Settings

log = logging.getLogger("zhihui.opening")


def open_up(settings: Settings, sample: str, scale: float, wall_known: bool) -> dict[str, Any]:
    """Brings the database to today's shape and fills an empty one; what was made and is shown only once."""
    upgrade(settings.database_url, settings.schema)
    return {}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path)
    parser.add_argument("--sample", default="none")
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--wall-known", action="store_true")
    asked = parser.parse_args()
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    opened = open_up(Settings.from_env(asked.data), asked.sample, asked.scale, asked.wall_known)
    json.dump(opened, sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main()
