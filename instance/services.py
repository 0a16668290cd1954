"""The parts behind the verbs: for web processes, for the chores, for the command line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import OperationalError

from actions.services import Services
from core.errors import Refusal
from db.cluster import Cluster
from db.engine import make_engine
from db.migrate import upgrade
from instance.state import ensure_secret, exclusive
from settings import Settings


class DatabaseUnreachable(Refusal):
    """The server that ZHIHUI_DATABASE_URL names does not take us; params: url (no password), detail."""

    code = "database_unreachable"


def check_database(settings: Settings) -> None:
    """Whether a database given from outside is there. Raises DatabaseUnreachable."""
    engine = make_engine(settings.database_url, settings.schema, pool_size=1)
    try:
        engine.connect().close()
    except OperationalError as error:
        url, detail = engine.url.render_as_string(hide_password=True), str(error.orig).splitlines()[0]
        raise DatabaseUnreachable(url=url, detail=detail) from error
    finally:
        engine.dispose()


def parts_of(settings: Settings, pool: int) -> Services:
    """The parts of an instance, with at most `pool` connections; nothing is connected yet."""
    return Services.over(
        make_engine(settings.database_url, settings.schema, pool),
        settings.redis_url,
        settings.secret_file,
        settings.timezone,
        settings.city,
        settings.expiring_days,
        settings.data / "uploads",
        settings.data / "outbound",
        (settings.cap_sender, settings.cap_sender_name),
    )


@contextmanager
def services(settings: Settings) -> Iterator[Services]:
    """Over a database that runs already."""
    parts = parts_of(settings, 4)
    try:
        yield parts
    finally:
        parts.close()


@contextmanager
def borrowed_services(settings: Settings) -> Iterator[Services]:
    """Over the running instance's database; if none runs, over a PostgreSQL started for the while."""
    settings.data.mkdir(parents=True, exist_ok=True)
    ensure_secret(settings.secret_file)
    if not settings.owns_database:
        check_database(settings)
    with exclusive(settings.data) as alone, _running_database(settings, alone), services(settings) as parts:
        yield parts


@contextmanager
def _running_database(settings: Settings, alone: bool) -> Iterator[None]:
    if not alone or not settings.owns_database:
        yield
        return
    cluster = Cluster(settings.data)
    try:
        upgrade(cluster.start(), settings.schema)
        yield
    finally:
        cluster.stop()
