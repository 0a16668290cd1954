"""Connections to the city's schema."""

from __future__ import annotations

import re

from sqlalchemy import Engine, create_engine


def make_engine(database_url: str, schema: str = "city", pool_size: int = 10) -> Engine:
    """An engine whose connections see the city's schema first, then PostGIS in `public`; UTC throughout.

    Raises ValueError when the schema's name is not a plain identifier.
    """
    if not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", schema):
        raise ValueError(f"not a plain schema name: {schema!r}")
    return create_engine(
        database_url,
        pool_size=pool_size,
        max_overflow=0,
        pool_pre_ping=True,
        pool_recycle=1800,
        connect_args={
            "options": f"-c search_path={schema},public -c timezone=UTC",
            "connect_timeout": 5,
            "application_name": "zhihui",
        },
    )
