"""Settings: what production refuses, where secrets come from, and what is never shown."""

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

import services
from services.kit.settings import LOCAL_SECRET, Settings

SECRET = "s" * 32


@pytest.mark.parametrize("secret", [LOCAL_SECRET, "", "s" * 31])
def test_a_secret_that_is_none_is_refused_outside_local_mode(secret: str) -> None:
    """Whoever knew it could sign in as any department; the sentence names the setting and how to make one."""
    with pytest.raises(ValidationError, match=r"MILEPOST_SESSION_SECRET must be .*openssl rand"):
        Settings(mode="production", session_secret=secret)
    assert Settings(mode="local", session_secret=secret).session_secret == secret


@pytest.mark.parametrize("given", [{}, {"kafka_user": "ingest"}, {"kafka_password": "p"}])
def test_a_password_is_asked_for_where_kafka_asks_for_one(given: dict[str, str]) -> None:
    """A half-given user would be refused by the broker with less to say."""
    with pytest.raises(ValidationError, match=r"SASL_SSL: set MILEPOST_KAFKA_USER and MILEPOST_KAFKA_PASSWORD"):
        Settings(kafka_security="SASL_SSL", **given)  # type: ignore[arg-type]


def test_a_certificate_that_is_not_there_is_named(tmp_path: Path) -> None:
    """Rather than found missing at the first connection."""
    with pytest.raises(ValidationError, match="kafka_ca"):
        Settings(kafka_security="SSL", kafka_ca=tmp_path / "ca.pem")


def test_secrets_are_read_from_files_and_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One file for each, named after its setting; a newline at its end is no part of it."""
    (tmp_path / "milepost_session_secret").write_text(f"{SECRET}\n")
    (tmp_path / "milepost_mongo").write_text("mongodb://ingest:pw@mongo/milepost_ingest\n")
    found = Settings(mode="production", _secrets_dir=tmp_path)
    assert (found.session_secret, found.mongo) == (SECRET, "mongodb://ingest:pw@mongo/milepost_ingest")
    monkeypatch.setenv("MILEPOST_MONGO", "mongodb://elsewhere")
    assert Settings(_secrets_dir=tmp_path).mongo == "mongodb://elsewhere"


def test_no_secret_is_shown() -> None:
    """Neither by what prints settings, nor by what complains about them."""
    secrets = {"session_secret": SECRET, "mongo": "mongodb://u:pw1@mongo", "kafka_user": "u", "kafka_password": "pw2"}
    found = Settings(kafka_security="SASL_SSL", **secrets)  # type: ignore[arg-type]
    with pytest.raises(ValidationError) as refused:
        Settings(mode="production", **{**secrets, "session_secret": "pw3"})  # type: ignore[arg-type]
    for shown in (repr(found), repr(found.kafka_access), str(refused.value)):
        assert not re.search(f"pw[123]|{SECRET}", shown)


def test_links_begin_with_the_one_origin_where_there_is_one() -> None:
    """Else with the service's own address."""
    assert Settings().public("http://127.0.0.1:8001") == "http://127.0.0.1:8001"
    assert Settings(public_url="https://milepost.example/").public("http://ingest:8001") == "https://milepost.example"


def test_no_client_of_kafka_is_made_without_its_security() -> None:
    """`settings.kafka` is the bare address: whoever connects to it alone would do so in the open."""
    code = {path: path.read_text() for path in Path(services.__path__[0]).rglob("*.py")}
    assert [path.name for path, text in code.items() if re.search(r"settings\.kafka\b", text)] == []
