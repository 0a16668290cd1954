"""What differs between one installation and the next, read once, when a process starts."""

from __future__ import annotations

import hashlib
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from db.cluster import Cluster
from feed.broker import Broker

ROOT = Path(__file__).resolve().parent
DATA_DEFAULT = ROOT / ".data"
CODE_FOLDERS = ("core", "geo", "db", "layers", "feed", "outbound", "actions", "pages", "callbacks", "api")


@dataclass(frozen=True)
class Settings:
    """Environment before DATA/zhihui.toml before the defaults here."""

    data: Path  # everything this instance writes is below it
    database_url: str
    redis_url: str
    secret_file: Path  # 32 random bytes as hexadecimal digits: signs sessions, encrypts reporters
    owns_database: bool = True  # False: given from outside, we neither start nor stop it
    owns_redis: bool = True
    schema: str = "city"  # PostgreSQL schema of the city
    city: str = "yunyu"  # names the city in Redis channels
    timezone: str = "Asia/Shanghai"
    basemap_url: str | None = None  # tile template {z}/{x}/{y}; None: our own vector tiles
    tianditu_key: str | None = None
    expiring_days: int = 90  # a lot of stock this near its expiry is told as 临期
    cap_sender: str = ""  # who warns, as other systems know it, e.g. 35020000000000; "" = CITY.zhihui
    cap_sender_name: str = ""  # who warns, in the words of the public; "" = by the city's name
    log_format: Literal["text", "json"] = "text"
    version: str = "0"

    @classmethod
    def from_env(cls, data: Path = DATA_DEFAULT, environment: Mapping[str, str] = os.environ) -> Settings:
        data = data.resolve()
        database_url, redis_url = environment.get("ZHIHUI_DATABASE_URL"), environment.get("ZHIHUI_REDIS_URL")
        given = _configured(data) | _from_environment(environment)
        secret_file = Path(given.pop("secret_file", data / "secret"))
        return cls(
            data=data,
            database_url=with_driver(database_url) if database_url else Cluster(data).url,
            redis_url=redis_url or Broker(data).url,
            owns_database=database_url is None,
            owns_redis=redis_url is None,
            secret_file=secret_file,
            version=code_version(),
            **given,
        )


def with_driver(url: str) -> str:
    """`url` naming psycopg, as SQLAlchemy wants it; people write postgresql:// or postgres://."""
    scheme, _, rest = url.partition("://")
    return f"postgresql+psycopg://{rest}" if scheme in ("postgres", "postgresql") else url


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    names = {
        "ZHIHUI_SECRET_FILE": "secret_file",
        "ZHIHUI_BASEMAP_URL": "basemap_url",
        "ZHIHUI_TIANDITU_KEY": "tianditu_key",
        "ZHIHUI_LOG": "log_format",
    }
    return {field: environment[name] for name, field in names.items() if environment.get(name)}


def _configured(data: Path) -> dict[str, Any]:
    """DATA/zhihui.toml: schema, city, timezone, basemap_url, tianditu_key, log_format, secret_file,
    expiring_days, cap_sender, cap_sender_name."""
    file = data / "zhihui.toml"
    return tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


@cache
def code_version() -> str:
    """Release number and a digest of the code and the browser's files: a screen reloads when it changes."""
    release = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    digest = hashlib.sha256()
    for file in _code_files():
        digest.update(file.relative_to(ROOT).as_posix().encode() + b"\0" + file.read_bytes())
    return f"{release}+{digest.hexdigest()[:8]}"


def _code_files() -> list[Path]:
    modules = [file for folder in CODE_FOLDERS for file in (ROOT / folder).rglob("*.py")]
    shown = [file for folder in ("static", "locale") for file in (ROOT / folder).rglob("*") if file.is_file()]
    return sorted([*modules, *shown, ROOT / "app.py"] if (ROOT / "app.py").exists() else [*modules, *shown])
