"""`doctor`: what an installation needs, one by one, each with its remedy."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from redis import Redis
from sqlalchemy import Engine, text

from api.ground import chosen
from db import flow, notices
from db.clocks import read_calendar
from db.cluster import programs
from db.engine import make_engine
from db.renewing import differences
from feed.broker import program
from instance.state import is_running, read_run
from settings import ROOT, Settings

CLOCK_TOLERANCE_S = 2.0
SPACE_WANTED_BYTES = 2_000_000_000
UP = "./zhihui up"
HOLIDAYS_AHEAD = timedelta(days=45)
"""So far ahead reach the clocks that count working days."""
_BRING_HOLIDAYS = (
    "./zhihui import workdays FILE  (当年放假调休通知 the year's notice of holidays: day, worked)"
)


@dataclass(frozen=True)
class Check:
    """What was looked at, whether it is well, what was found, what helps."""

    name: str
    ok: bool
    found: str
    remedy: str = ""


def examine(settings: Settings) -> list[Check]:
    """All checks, none stopping another; servers of our own are asked only while we run."""
    python = sys.version.split()[0]
    running = _instance(settings)
    return [
        Check("版本 version", ok=True, found=f"{settings.version}, Python {python}"),
        _attempt("数据库程序 database programs", lambda: _database_programs(settings), "sudo ./zhihui up"),
        _attempt("消息程序 message broker program", lambda: _broker_program(settings), "sudo ./zhihui up"),
        running,
        *(_database(settings) if running.ok or not settings.owns_database else []),
        *(_broker(settings) if running.ok or not settings.owns_redis else []),
        _space(settings),
        _secret(settings),
        _ground(settings),
    ]


def _attempt(name: str, look: Callable[[], str], remedy: str) -> Check:
    try:
        return Check(name, ok=True, found=look())
    except Exception as error:
        return Check(name, ok=False, found=f"{type(error).__name__}: {error}".splitlines()[0], remedy=remedy)


def _database_programs(settings: Settings) -> str:
    return str(programs()) if settings.owns_database else "ZHIHUI_DATABASE_URL"


def _broker_program(settings: Settings) -> str:
    return program() if settings.owns_redis else "ZHIHUI_REDIS_URL"


def _instance(settings: Settings) -> Check:
    run = read_run(settings.data)
    running = is_running(run)
    return Check("运行 running", running, run["url"] if running else "没有运行 not running", UP)


def _database(settings: Settings) -> list[Check]:
    engine = make_engine(settings.database_url, settings.schema, pool_size=1)
    try:
        return [
            _attempt("数据库 database", lambda: _reached(engine), f"{UP}; ZHIHUI_DATABASE_URL"),
            _attempt("表结构 migrations", lambda: _at_head(engine, settings.schema), f"./zhihui down; {UP}"),
            _attempt("时钟 clock", lambda: _clock(engine), "timedatectl set-ntp true"),
            _attempt("规则 rules", lambda: _rules(engine), UP),
            _attempt("节假日 holidays", lambda: _holidays(engine, settings), _BRING_HOLIDAYS),
        ]
    finally:
        engine.dispose()


def _reached(engine: Engine) -> str:
    with engine.connect() as connection:
        postgres = connection.scalar(text("SHOW server_version"))
        postgis = connection.scalar(text("SELECT extversion FROM pg_extension WHERE extname = 'postgis'"))
    return f"PostgreSQL {postgres}, PostGIS {postgis}"


def _at_head(engine: Engine, schema: str) -> str:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "db" / "migrations"))
    wanted = ScriptDirectory.from_config(config).get_current_head()
    with engine.connect() as connection:
        options = {"version_table_schema": schema}
        found = MigrationContext.configure(connection, opts=options).get_current_revision()
    if found != wanted:
        raise LookupError(f"{found}, not {wanted}")
    return str(found)


def _clock(engine: Engine) -> str:
    """A database elsewhere must agree with us on the time."""
    with engine.connect() as connection:
        theirs = connection.scalar(text("SELECT extract(epoch FROM clock_timestamp())::float8"))
    apart = abs(time.time() - float(theirs or 0.0))
    if apart > CLOCK_TOLERANCE_S:
        raise ValueError(f"{apart:.1f} s apart")
    return f"{apart * 1000:.0f} ms"


def _rules(engine: Engine) -> str:
    """Rules that the city has otherwise than they are shipped: its own, and never renewed."""
    with engine.connect() as connection:
        found = {rules.table.name: differences(connection, rules) for rules in (flow.RULES, notices.RULES)}
    told = [f"{name}: {', '.join(keys)}" for name, keys in found.items() if keys]
    return "; ".join(told) or "与出厂一致 as shipped"


def _holidays(engine: Engine, settings: Settings) -> str:
    """Clocks in working time need the holidays of the days to come."""
    zone = ZoneInfo(settings.timezone)
    with engine.connect() as connection:
        calendar = read_calendar(connection, zone)
    today = datetime.now(zone).date()
    for year in {today.year, (today + HOLIDAYS_AHEAD).year}:
        if not calendar.knows(year):
            raise LookupError(
                f"{year} 年放假安排未录入，仅按星期计算 holidays of {year} not known: by weekday"
            )
    return f"{today.year}"


def _broker(settings: Settings) -> list[Check]:
    remedy = f"{UP}; ZHIHUI_REDIS_URL"
    return [_attempt("消息服务 message broker", lambda: _redis(settings), remedy)]


def _redis(settings: Settings) -> str:
    with Redis.from_url(settings.redis_url, socket_timeout=2) as client:
        return f"Redis {client.info('server')['redis_version']}"


def _space(settings: Settings) -> Check:
    place = settings.data if settings.data.exists() else ROOT
    free = shutil.disk_usage(place).free
    remedy = "清理磁盘，或用 --data 换一个位置 free some space, or choose another place by --data"
    return Check("磁盘 disk space", free >= SPACE_WANTED_BYTES, f"{free / 1e9:.1f} GB ({place})", remedy)


def _secret(settings: Settings) -> Check:
    file = settings.secret_file
    if not file.exists():
        return Check("密钥文件 secret file", ok=False, found=f"没有 none: {file}", remedy=UP)
    mode = file.stat().st_mode & 0o777
    return Check("密钥文件 secret file", mode & 0o077 == 0, f"{file} {mode:o}", f"chmod 600 {file}")


def _ground(settings: Settings) -> Check:
    """Which base map the screens draw. 天地图's key is not shown."""
    base = chosen(settings.basemap_url, settings.tianditu_key)
    found = "自有矢量瓦片 our own vector tiles" if base is None else base.name
    usable = base is None or all(part in base.url for part in ("{z}", "{x}", "{y}"))
    remedy = "ZHIHUI_BASEMAP_URL=https://…/{z}/{x}/{y}.png"
    return Check("底图 base map", usable, found, remedy)
