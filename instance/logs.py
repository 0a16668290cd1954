"""Logs go to standard error, a line an entry: for people, or as JSON for those who collect them."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

LIMIT_BYTES = 20_000_000


class JsonLines(logging.Formatter):
    """`{at, level, logger, message, error?}`"""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"at": at, "level": record.levelname, "logger": record.name, "message": record.getMessage()}
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def configuration(log_format: str) -> dict[str, Any]:
    """For logging.config.dictConfig; `log_format` is text or json."""
    text = {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"text": text, "json": {"()": JsonLines}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": log_format}},
        "loggers": {"httpx": {"level": "WARNING"}},  # it would tell whole addresses, with the keys in them
        "root": {"handlers": ["stderr"], "level": "INFO"},
    }


def begin_anew_when_large(file: Path) -> None:
    """One older part is kept; asked when a log is opened."""
    if file.exists() and file.stat().st_size > LIMIT_BYTES:
        file.replace(file.with_name(f"{file.name}.1"))
