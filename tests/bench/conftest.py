"""One instance of the product for the benches that neither mark it nor need it untouched."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bench.instance import PLAIN, Target, own_instance


@pytest.fixture(scope="package")
def plain() -> Iterator[Target]:
    """The product as it is."""
    with own_instance(PLAIN) as target:
        yield target
