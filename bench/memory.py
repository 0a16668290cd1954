"""What processes with all below them hold in memory and have used of the processor."""

from __future__ import annotations

from pathlib import Path

from bench.cpu import cpu_ms


def held_mb(pid: int) -> float:
    """What several share is counted once (PSS)."""
    return sum(_pss_kb(one) for one in _tree(pid)) / 1024


def spent_ms(pid: int) -> float:
    """By those that still run."""
    return sum(_spent_ms(one) for one in _tree(pid))


def _spent_ms(pid: int) -> float:
    try:
        return cpu_ms(pid)
    except OSError:
        return 0.0


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
