"""Persons at rest and their masks."""

import base64
import os

import pytest
from sqlalchemy import select

from core.errors_accounts import SecretFileInvalid
from core.masking import mask_name, mask_phone, mask_reporter
from db.reporters import reveal_reporter, store_reporter
from db.tables_accounts import reporter
from db.vault import SealBroken, Vault


@pytest.fixture
def vault(tmp_path):
    return Vault(write_secret(tmp_path, os.urandom(32).hex()))


def write_secret(folder, text):
    file = folder / "secret"
    file.write_text(text)
    return file


def test_what_was_sealed_comes_back(vault):
    assert vault.unseal(vault.seal("陈志强".encode(), "live 1"), "live 1").decode() == "陈志强"


def test_the_same_value_never_looks_the_same(vault):
    assert vault.seal(b"x", "c") != vault.seal(b"x", "c")


def test_a_seal_does_not_open_for_another_incident(vault):
    with pytest.raises(SealBroken):
        vault.unseal(vault.seal(b"x", "live\x001"), "live\x002")


def test_a_changed_byte_breaks_the_seal(vault):
    sealed = bytearray(vault.seal(b"x", "c"))
    for place in (0, 5, len(sealed) - 1):
        broken = sealed.copy()
        broken[place] ^= 1
        with pytest.raises(SealBroken):
            vault.unseal(bytes(broken), "c")


def test_an_empty_value_is_no_seal(vault):
    with pytest.raises(SealBroken):
        vault.unseal(b"", "c")


def test_another_key_does_not_open(vault, tmp_path):
    other = Vault(write_secret(tmp_path, os.urandom(32).hex()))
    with pytest.raises(SealBroken):
        other.unseal(vault.seal(b"x", "c"), "c")


def test_the_key_may_be_hexadecimal_or_base64(tmp_path):
    key = os.urandom(32)
    sealed = Vault(write_secret(tmp_path, key.hex() + "\n")).seal(b"x", "c")
    assert Vault(write_secret(tmp_path, base64.b64encode(key).decode())).unseal(sealed, "c") == b"x"


@pytest.mark.parametrize("text", ["", "short", "zz" * 32, base64.b64encode(b"x" * 31).decode(), "密"])
def test_a_file_without_a_key_is_refused_by_name(tmp_path, text):
    file = write_secret(tmp_path, text)
    with pytest.raises(SecretFileInvalid) as refusal:
        Vault(file)
    assert refusal.value.params == {"file": str(file)}


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(SecretFileInvalid):
        Vault(tmp_path / "none")


def test_masks_leave_the_surname_and_the_ends_of_a_number():
    assert mask_name("陈志强") == "陈**"
    assert mask_phone("13812342207") == "138****2207"
    assert mask_phone("138 1234 2207") == "138****2207"


def test_short_names_and_numbers_are_hidden_whole():
    assert (mask_name("陈"), mask_name(""), mask_phone("110"), mask_phone("5551234")) == (
        "*",
        "",
        "***",
        "*****34",
    )


def test_a_reporter_is_one_masked_line():
    assert mask_reporter("陈志强", "13812342207") == "陈** 138****2207"
    assert mask_reporter(None, "13812342207") == "138****2207"
    assert mask_reporter("", None) is None


def test_a_reporter_stands_sealed_in_the_table(engine, vault):
    given = {"name": "陈志强", "phone": "13812342207"}
    with engine.begin() as conn:
        assert store_reporter(conn, vault, "live", "01A", given) == "陈** 138****2207"
        row = conn.execute(select(reporter.c.sealed)).scalar_one()
        assert "陈".encode() not in row and b"2207" not in row
        assert reveal_reporter(conn, vault, "live", "01A") == given
        assert reveal_reporter(conn, vault, "live", "01B") is None


def test_nobody_is_stored_for_an_anonymous_report(engine, vault):
    with engine.begin() as conn:
        assert store_reporter(conn, vault, "live", "01A", {"name": "", "phone": None}) is None
        assert conn.execute(select(reporter)).first() is None
