"""What every verb needs to do its work; made once by `create_app` or the command line."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from actions.movers import Movers
from actions.reference import Reference
from core.clock import real_now
from db.vault import Vault
from feed.announce import Announcer
from feed.film import Stills
from feed.positions import Positions
from feed.trace import Trace

TEMPORARY = Path(tempfile.gettempdir()) / "zhihui-uploads"
TEMPORARY_OUTBOX = Path(tempfile.gettempdir()) / "zhihui-outbox"


@dataclass(frozen=True)
class Services:
    """The parts behind the verbs. `now` is the machine's time; realms have clocks of their own."""

    engine: Engine
    announcer: Announcer
    positions: Positions
    reference: Reference
    vault: Vault
    zone: ZoneInfo
    city: str
    expiring_days: int = 90
    """A lot this near its expiry is told as 临期."""
    cap_sender: tuple[str, str] = ("", "")
    """Who warns the public: the id that other systems know, and the name; "" = made of the city's."""
    uploads: Path = TEMPORARY
    """Where files handed in for import wait, one folder for all processes of an instance."""
    outbox: Path = TEMPORARY_OUTBOX
    """Where the file gateway writes what leaves the building."""
    trace: Trace = field(default_factory=Trace)
    movers: Movers = field(default_factory=Movers)
    stills: Stills = field(default_factory=Stills)
    """Boards of the past that were looked at lately."""
    now: Callable[[], datetime] = field(default=real_now)

    @classmethod
    def over(
        cls,
        engine: Engine,
        redis_url: str,
        secret_file: Path,
        timezone: str,
        city: str,
        expiring_days: int = 90,
        uploads: Path = TEMPORARY,
        outbox: Path = TEMPORARY_OUTBOX,
        cap_sender: tuple[str, str] = ("", ""),
    ) -> Services:
        """The parts over one database and one Redis; nothing is connected yet."""
        zone = ZoneInfo(timezone)
        return cls(
            engine=engine,
            announcer=Announcer(redis_url, city),
            positions=Positions(),
            reference=Reference(engine, zone),
            vault=Vault(secret_file),
            zone=zone,
            city=city,
            expiring_days=expiring_days,
            uploads=uploads,
            outbox=outbox,
            cap_sender=cap_sender,
        )

    def close(self) -> None:
        """End all connections to the database; they open again when they are wanted."""
        self.reference.close()
        self.engine.dispose()

    def now_in(self, realm: str) -> datetime:
        """The realm's time now, for what is not a verb. Raises RealmUnknown."""
        return self.reference.clock(realm).now(self.now())
