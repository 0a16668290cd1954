"""The digest: known values, order-free, and its incremental form equals the one from scratch."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.board import Board
from core.digest import Digest
from core.envelope import Event
from core.fold import apply
from core.permissions import Scope
from feed import patches
from tests.cast import SCOPES
from tests.core.strategies import examples, logs

features = st.tuples(
    st.sampled_from(["incidents", "units", "links"]), st.text(max_size=12), st.integers(0, 2**53)
)


def digest(items: list[tuple[str, str, int]]) -> Digest:
    made = Digest()
    for item in items:
        made.add(*item)
    return made


def fnv1a(data: bytes, value: int) -> int:
    """The reference: xor, then multiply, modulo 2^32."""
    for byte in data:
        value = (value ^ byte) * 16777619 % 2**32
    return value


def test_nothing_drawn_is_sixteen_zeros() -> None:
    assert Digest().hex() == "0000000000000000"


def test_fnv1a_agrees_with_its_published_values() -> None:
    assert fnv1a(b"", 0x811C9DC5) == 0x811C9DC5
    assert fnv1a(b"a", 0x811C9DC5) == 0xE40C292C
    assert fnv1a(b"foobar", 0x811C9DC5) == 0xBF9CF968


def test_one_feature_gives_the_two_hashes_of_its_layer_id_and_version() -> None:
    data = "incidents\0事件1\x0042".encode()
    expected = f"{fnv1a(data, 0x811C9DC5):08x}{fnv1a(data, 0x01234567):08x}"
    assert digest([("incidents", "事件1", 42)]).hex() == expected


@examples(50)
@given(st.lists(features), st.randoms())
def test_the_order_does_not_matter(items: list[tuple[str, str, int]], random: object) -> None:
    shuffled = list(items)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert digest(items) == digest(shuffled)


@examples(50)
@given(st.lists(features), features)
def test_taking_back_undoes_adding(items: list[tuple[str, str, int]], one: tuple[str, str, int]) -> None:
    made = digest([*items, one])
    made.remove(*one)
    assert made == digest(items)


@examples(60)
@given(logs())
def test_carried_over_every_change_it_equals_the_one_from_scratch(log: list[Event]) -> None:
    board = Board("live")
    scopes = [*map(Scope, SCOPES), Scope(dept="chengguan"), Scope("990102", "gongan")]
    carried = {scope: Digest() for scope in scopes}
    for one in log:
        change = apply(board, one)
        for scope, running in carried.items():
            patches.update_digest(running, change, scope)
            assert running == patches.digest_of(board, scope)
