"""A private PostgreSQL: made, started and stopped by us, reached by a unix socket alone."""

from __future__ import annotations

import secrets
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

import psycopg

from core.errors import Refusal
from db.local import (
    POSTGRES_USER,
    bound_command,
    end,
    is_alive,
    is_root,
    make_private,
    remove_sockets,
    socket_dir,
    spawn,
    wait_for_death,
)

OWNER = "zhihui"  # superuser of the cluster and name of the database
OUTSIDE = Path("/var/lib/zhihui")  # where clusters live whose data folder the postgres user cannot enter
START_PATIENCE_S = 120.0  # crash recovery of a large log takes its time
LOCK_PATIENCE_S = 20.0  # how long a dead server's lock or shared memory may linger
LOG_LIMIT_BYTES = 20_000_000

# Each differs from PostgreSQL's own default for the reason given.
SETTINGS = {
    "listen_addresses": "",  # nobody outside this machine
    "unix_socket_permissions": "0700",
    "max_connections": "200",  # several web processes of two pools each, tests in parallel
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "random_page_cost": "1.1",  # solid-state disks
    "jit": "off",  # our queries are short; compiling costs more than it saves
    "max_locks_per_transaction": "128",  # monthly partitions
    "idle_in_transaction_session_timeout": "60s",  # a hung client must not hold an incident's row
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
}
# For tests alone: what a power cut would destroy is thrown away anyway.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "shared_buffers": "64MB"}


class PostgresMissing(Refusal):
    """No PostgreSQL server with PostGIS and pgRouting on this machine."""

    code = "postgres_missing"


class PostgresFailed(RuntimeError):
    """The server ended instead of becoming ready; carries the last lines of its log."""


def programs(version: str | None = None) -> Path:
    """The folder of the newest (or the given) PostgreSQL that has PostGIS and pgRouting."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda p: int(p.parts[-3]))
    for program in reversed(found):
        extensions = Path("/usr/share/postgresql", program.parts[-3], "extension")
        complete = all((extensions / f"{name}.control").exists() for name in ("postgis", "pgrouting"))
        if complete and version in (None, program.parts[-3]):
            return program.parent
    raise PostgresMissing(version=version or "15")


class Cluster:
    """The cluster of the data folder `data`; `fast` trades all durability for speed (tests)."""

    name = "postgres"

    def __init__(self, data: Path, *, fast: bool = False) -> None:
        self.data = data.resolve()
        self.settings = SETTINGS | (FAST if fast else {})
        self.sockets = socket_dir(self.data, "pg")
        self.user = POSTGRES_USER if is_root() else None
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """For SQLAlchemy with psycopg."""
        return f"postgresql+psycopg://{OWNER}@/{OWNER}?host={quote(str(self.sockets))}"

    @property
    def home(self) -> Path:
        """Where the files of the cluster are: in the data folder, or where its pointer says."""
        pointer = self.data / "postgres.path"
        return Path(pointer.read_text().strip()) if pointer.exists() else self.data / "postgres"

    @property
    def log_file(self) -> Path:
        return self.data / "logs" / "postgres.log"

    @property
    def pid(self) -> int | None:
        """The running server's process, whoever started it."""
        if self._child:
            self._child.poll()  # reaps it, or a zombie would count as alive
        with suppress(FileNotFoundError, ValueError, IndexError):
            pid = int((self.home / "pgdata" / "postmaster.pid").read_text().split()[0])
            return pid if is_alive(pid, "postgres") else None
        return None

    def start(self) -> str:
        """Makes the cluster if there is none, starts it if it does not run, waits till it answers."""
        bin_dir = programs(self._made_by())
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        make_private(self.sockets, self.user)
        if self._made_by() is None:
            self._initialise(bin_dir)
        deadline = time.monotonic() + LOCK_PATIENCE_S
        while not self._start_once(bin_dir):
            if time.monotonic() > deadline or not self._is_lingering():
                raise PostgresFailed(self._last_words())
            time.sleep(0.2)
        self._create_database()
        return self.url

    def stop(self) -> None:
        """Fast shutdown: sessions are broken off, everything committed is on disk."""
        pid = self.pid
        if pid:
            end(pid, signal.SIGINT, patience_s=30, then=signal.SIGQUIT)
        if self._child:
            self._child.wait()
            self._child = None
        remove_sockets(self.sockets)

    def _made_by(self) -> str | None:
        version = self.home / "pgdata" / "PG_VERSION"
        return version.read_text().strip() if version.exists() else None

    def _initialise(self, bin_dir: Path) -> None:
        home = self._settle()
        half_made = home / "pgdata.new"  # renamed when whole, so that an interrupted start can be repeated
        shutil.rmtree(half_made, ignore_errors=True)
        options = ["-U", OWNER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-instructions"]
        self._as_user([str(bin_dir / "initdb"), "-D", str(half_made), *options])
        half_made.rename(home / "pgdata")

    def _settle(self) -> Path:
        """A folder the server's user can write: in the data folder or, below a closed one, in OUTSIDE."""
        inside = make_private(self.data / "postgres", self.user)
        try:
            self._as_user(["test", "-w", str(inside)])
        except PostgresFailed:
            inside.rmdir()
            outside = make_private(OUTSIDE / secrets.token_hex(6) / "postgres", self.user)
            (self.data / "postgres.path").write_text(f"{outside}\n")
            return outside
        return inside

    def _as_user(self, command: list[str]) -> None:
        as_user = ["runuser", "-u", self.user, "--"] if self.user else []
        done = subprocess.run([*as_user, *command], cwd="/", capture_output=True, text=True, check=False)
        if done.returncode:
            raise PostgresFailed(done.stderr.strip() or f"{command[0]}: {done.returncode}")

    def _start_once(self, bin_dir: Path) -> bool:
        """Starts the server unless it runs; False if it ended before it was ready."""
        if self.pid is None:
            options = self.settings | {"unix_socket_directories": str(self.sockets)}
            arguments = [str(bin_dir / "postgres"), "-D", str(self.home / "pgdata")]
            for name, value in options.items():
                arguments += ["-c", f"{name}={value}"]
            with self._open_log() as log:
                self._child = spawn(bound_command(arguments, "INT", self.user), log)
        return self._becomes_ready(time.monotonic() + START_PATIENCE_S)

    def _open_log(self) -> BinaryIO:
        """The log, begun anew when it has grown large; one older part is kept."""
        if self.log_file.exists() and self.log_file.stat().st_size > LOG_LIMIT_BYTES:
            self.log_file.replace(self.log_file.with_suffix(".log.1"))
        return self.log_file.open("ab")

    def _becomes_ready(self, deadline: float) -> bool:
        while time.monotonic() < deadline:
            if self.answers():
                return True
            if self._child and wait_for_death([self._child.pid], 0.05):
                self._child.wait()
                return False
            if not self._child:
                time.sleep(0.05)
                if self.pid is None:
                    return False
        return False

    def answers(self) -> bool:
        """Whether the server takes a connection now."""
        try:
            self._connect("postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    def _connect(self, database: str) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(
            host=str(self.sockets), user=OWNER, dbname=database, autocommit=True, connect_timeout=5
        )

    def _create_database(self) -> None:
        with self._connect("postgres") as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [OWNER]).fetchone()
            if known is None:
                connection.execute(f"CREATE DATABASE {OWNER}")

    def _is_lingering(self) -> bool:
        """A server killed a moment ago: its lock, or a last process holding its memory, stays a while."""
        words = self._last_words()
        return "lock file" in words or "shared memory" in words

    def _last_words(self) -> str:
        if not self.log_file.exists():
            return ""
        return "\n".join(self.log_file.read_text(errors="replace").splitlines()[-8:])
