"""What processes hold in memory."""

from __future__ import annotations

from pathlib import Path


def held_mb(pid: int) -> float:
    """A process with its children; what several share is counted once (PSS)."""
    return sum(_pss_kb(one) for one in _tree(pid)) / 1024


def _tree(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:  # it has just ended
        return []
    return [pid, *(one for child in children for one in _tree(int(child)))]


def _pss_kb(pid: int) -> int:
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")), 0)
