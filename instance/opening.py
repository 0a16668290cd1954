"""What is done before the doors open: migrate, make the first accounts, load the demo city.

Run as a program by the instance; its standard output is one JSON document
`{accounts?: [{name, role, password}], api_token?, wall_token?}`.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from actions import city, derived, grid_versions
from actions.accounts import ALL_VERBS, add_token, ensure_first_accounts
from actions.realms import open_realm
from actions.rebuild import rebuild_outdated
from actions.services import Services
from actions.stock_opening import adopt_unlogged
from core.permissions import SYSTEM
from db.migrate import upgrade
from instance.services import services
from settings import Settings

WALL = "main"


def open_up(settings: Settings, sample: str, scale: float | None, wall_known: bool) -> dict[str, Any]:
    """Brings the database to today's shape and fills an empty one; what was made and is shown only once.

    What an older version derived from the log and from the city is made again.
    """
    upgrade(settings.database_url, settings.schema)
    with services(settings) as parts:
        open_realm(parts, "live")
        opened = _first_accounts(parts, demo=sample != "none")
        rebuild_outdated(parts)
        adopt_unlogged(parts)
        with parts.engine.begin() as conn:
            derived.follow_all(conn)
            grid_versions.keep_beginning(conn, parts.now())
        if sample != "none":
            _sample_city(parts, scale)
        if not wall_known:
            opened["wall_token"] = add_token(parts, SYSTEM, "wall", WALL).secret
    return opened


def _first_accounts(parts: Services, demo: bool) -> dict[str, Any]:
    accounts = ensure_first_accounts(parts, demo=demo)
    if not accounts:
        return {}
    token = add_token(parts, SYSTEM, "api", "first", verbs=[ALL_VERBS])
    return {"accounts": [asdict(account) for account in accounts], "api_token": token.secret}


def _sample_city(parts: Services, scale: float | None) -> None:
    """The demo city, into a database that has no grids yet; one that was broken off is loaded again."""
    if parts.reference.bounds() is not None and not city.about(parts).get("loading"):
        return
    from demo.city import FULL  # heavy, and needed once in an installation's life
    from demo.load import load_city
    from demo.past import live_through
    from demo.rounds import begin

    city.describe(parts, "", sample=True, loading=True)
    loaded = load_city(parts, SYSTEM, scale=scale or FULL)
    live_through(parts, SYSTEM, loaded.city)
    begin(parts, SYSTEM, loaded.city.seed)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path)
    parser.add_argument("--sample", default="none")
    parser.add_argument("--scale", type=float)
    parser.add_argument("--wall-known", action="store_true")
    asked = parser.parse_args()
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    opened = open_up(Settings.from_env(asked.data), asked.sample, asked.scale, asked.wall_known)
    json.dump(opened, sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main()
