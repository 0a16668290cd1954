"""The ground the other tests stand on."""

from __future__ import annotations

from sqlalchemy import Engine, text

from settings import Settings


def test_a_test_has_an_empty_migrated_database(engine: Engine) -> None:
    with engine.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM event")).scalar_one() == 0
        assert connection.execute(text("SELECT postgis_version()")).scalar_one().startswith("3.")
        connection.execute(text("CREATE TABLE mine (n int)"))


def test_what_one_test_writes_another_does_not_see(engine: Engine) -> None:
    with engine.connect() as connection:
        assert connection.execute(text("SELECT to_regclass('mine')")).scalar_one() is None


def test_the_settings_name_this_tests_servers(settings: Settings, database_url: str) -> None:
    assert settings.database_url == database_url
    assert not settings.owns_database
    assert settings.secret_file.read_text() == "00" * 32
