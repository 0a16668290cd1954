"""The demo city as the tests know it: made once a session, at its small size."""

from __future__ import annotations

import pytest

from demo.city import City, make_city


@pytest.fixture(scope="session")
def city() -> City:
    return make_city()
