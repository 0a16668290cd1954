"""What a private server process on this machine needs: a short socket folder, and a death tied to ours."""

from __future__ import annotations

import hashlib
import os
import pwd
import select
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

POSTGRES_USER = "postgres"


def is_root() -> bool:
    return os.geteuid() == 0


def socket_dir(data: Path, server: str) -> Path:
    """The folder of `server`'s unix socket: the same for the same `data`, another for another.

    A socket's whole path may have 107 bytes, which a data folder easily exceeds; hence /run or /tmp.
    """
    key = hashlib.sha256(str(data.resolve()).encode()).hexdigest()[:12]
    base = Path("/run/zhihui") if is_root() else Path(f"/tmp/zhihui-{os.geteuid()}")  # noqa: S108
    return base / key / server


def make_private(folder: Path, owner: str | None = None) -> Path:
    """`folder` with mode 0700, of `owner`; its parents can be passed through. Another's folder is refused."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    if is_root():
        for parent in (folder.parent.parent, folder.parent):
            parent.chmod(0o755)
    folder.mkdir(mode=0o700, exist_ok=True)
    account = pwd.getpwnam(owner) if owner else None
    if account:
        os.chown(folder, account.pw_uid, account.pw_gid)
    expected = account.pw_uid if account else os.geteuid()
    if folder.lstat().st_uid != expected:
        raise PermissionError(f"{folder} belongs to somebody else")
    return folder


def remove_sockets(folder: Path) -> None:
    """Takes away what `make_private` made; the folder above stays while another server uses it."""
    shutil.rmtree(folder, ignore_errors=True)
    with suppress(OSError):
        folder.parent.rmdir()


def bound_command(arguments: Sequence[str], on_our_death: str, user: str | None = None) -> list[str]:
    """`arguments` such that the kernel sends the process signal `on_our_death` when its parent is gone."""
    identity = [f"--reuid={user}", f"--regid={user}", "--init-groups"] if user else []
    return ["setpriv", *identity, "--pdeathsig", on_our_death, "--", *arguments]


def spawn(
    command: Sequence[str],
    log: IO[bytes] | None = None,
    cwd: Path = Path("/"),
    env: Mapping[str, str] | None = None,
    pass_fds: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """A child in a session of its own, so that Ctrl-C in our terminal does not reach it before we do.

    Without `log` all it says goes to our standard error: our standard output is for answers.
    """
    output = log if log is not None else sys.stderr
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        start_new_session=True,
        cwd=cwd,
        env=env,
        pass_fds=pass_fds,
    )


def is_alive(pid: int, name: str) -> bool:
    """Whether process `pid` runs and is called `name` (a number may have been given to another since)."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip() == name and not _is_zombie(pid)
    except (FileNotFoundError, ProcessLookupError):
        return False


def _is_zombie(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"


def wait_for_death(pids: Iterable[int], timeout_s: float) -> bool:
    """Waits until one of `pids` is gone, at most `timeout_s`; True if one is."""
    descriptors: list[int] = []
    try:
        for pid in pids:
            descriptors.append(os.pidfd_open(pid))
        return bool(select.select(descriptors, [], [], timeout_s)[0])
    except ProcessLookupError:
        return True
    finally:
        for descriptor in descriptors:
            os.close(descriptor)


def end(pid: int, sign: signal.Signals, patience_s: float, then: signal.Signals = signal.SIGKILL) -> None:
    """Asks `pid` to end by `sign`; after `patience_s` tells it to by `then`. Returns when it is gone."""
    for number in (sign, then):
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return
        if wait_for_death([pid], patience_s):
            return
