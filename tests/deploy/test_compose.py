"""docker-compose.yml: valid by the specification's schema, and as careful as its comments say."""

import json
import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from deploy import make_secrets
from deploy.local.process import REPOSITORY
from tests.deploy.images import COMMANDS, EXACT, SETTINGS, compose, variables

COMPOSE = compose()
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
JOBS = {"topics", "mongo-init"}
OURS = {*SETTINGS, "topics"}

every_service = pytest.mark.parametrize("name", sorted(SERVICES))


def test_it_is_valid() -> None:
    """By the schema of the compose specification."""
    command = [
        sys.executable,
        "-m",
        "check_jsonschema",
        "--builtin-schema",
        "vendor.compose-spec",
        "docker-compose.yml",
    ]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@every_service
def test_images_are_exact_versions(name: str) -> None:
    """Ours is built here under the project's version."""
    image = SERVICES[name]["image"].replace("${MILEPOST_VERSION:-0.1.0}", "0.1.0")
    assert EXACT.match(image), image
    assert ("build" in SERVICES[name]) == (name in OURS)


@every_service
def test_each_has_a_health_check_limits_and_bounded_logs_and_comes_back(name: str) -> None:
    """Jobs end instead: they are tried a few times."""
    service = SERVICES[name]
    limits = service["deploy"]["resources"]["limits"]
    assert set(limits) == {"cpus", "memory", "pids"}
    assert service["logging"]["options"].keys() == {"max-size", "max-file"}
    if name in JOBS:
        assert service["restart"] == "on-failure:5"
    else:
        assert service["restart"] == "unless-stopped"
        assert service["healthcheck"]["test"][0] == "CMD"
        assert service["healthcheck"]["interval"]


@every_service
def test_none_has_more_rights_than_it_needs(name: str) -> None:
    """No capability, no way to new ones; what is ours, the proxy and Prometheus' two cannot write where they run."""
    service = SERVICES[name]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in service
    if name in OURS | {"proxy", "prometheus", "alertmanager", "mongo-init"}:
        assert service["read_only"] is True


@every_service
def test_profiles_are_core_and_full_and_core_is_whole(name: str) -> None:
    """What a part of the core waits for is in the core."""
    service = SERVICES[name]
    assert service["profiles"] in (["core", "full"], ["full"])
    for other in service.get("depends_on", {}):
        assert set(service["profiles"]) <= set(SERVICES[other]["profiles"])


@every_service
def test_ports_are_bound_where_the_operator_says_and_distinct(name: str) -> None:
    """This machine alone, unless told otherwise; Kafka and MongoDB to nobody."""
    for port in SERVICES[name].get("ports", []):
        assert port.startswith("${MILEPOST_BIND:-127.0.0.1}:")
    taken = [port.split(":")[-2] for service in SERVICES.values() for port in service.get("ports", [])]
    assert len(taken) == len(set(taken))
    assert not any("ports" in SERVICES[server] for server in ("kafka", "mongo", *SETTINGS))
    assert COMPOSE["networks"]["data"] == {"internal": True}
    assert SERVICES["kafka"]["networks"] == SERVICES["mongo"]["networks"] == ["data"]


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_a_service_is_given_settings_that_it_has(name: str) -> None:
    """A misspelt one would be ignored; names, ports and addresses fit together."""
    service, kind = SERVICES[name], SETTINGS[name]
    env = service["environment"]
    secrets = [one if isinstance(one, str) else one["target"] for one in service["secrets"]]
    known = {variable for settings in SETTINGS.values() for variable in variables(settings)}
    assert set(env) <= known
    assert {secret.upper() for secret in secrets} <= variables(kind)
    assert service["command"] == COMMANDS[name]
    assert env["MILEPOST_PORT"] == kind.model_fields["port"].default
    assert any(str(value).startswith(f"http://{name}:{env['MILEPOST_PORT']}") for value in env.values())
    given = {key: str(value) for key, value in env.items() if "${" not in str(value)}
    parsed = {key: json.loads(value) if value.startswith("[") else value for key, value in given.items()}
    kind.model_validate({key.removeprefix("MILEPOST_").lower(): value for key, value in parsed.items()})


def test_no_secret_is_in_it_and_every_secret_is_made() -> None:
    """They are files that one command makes; what a service is given is in no environment."""
    files = {name: Path(one["file"]) for name, one in COMPOSE["secrets"].items()}
    assert set(files) == set(make_secrets.wanted())
    assert all(REPOSITORY / path == make_secrets.FOLDER / name for name, path in files.items())
    used = {one if isinstance(one, str) else one["source"] for s in SERVICES.values() for one in s.get("secrets", [])}
    assert used == set(files)
    for service in SERVICES.values():
        for key, value in service.get("environment", {}).items():
            assert not re.search("password|secret", key, re.IGNORECASE) or str(value).startswith("/run/secrets/")


def test_each_service_has_a_user_of_its_own_for_its_own_database(tmp_path: Path) -> None:
    """As the settings name it; made once, and never made again over what is there."""
    folder = tmp_path / "secrets"
    assert make_secrets.make(folder) == sorted(make_secrets.wanted())
    before = {path.name: path.read_text() for path in folder.iterdir()}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for service, database in make_secrets.STORES.items():
        settings = SETTINGS[service.replace("_", "-")](_secrets_dir=None)
        assert settings.database(service) == database
        assert re.fullmatch(
            rf"mongodb://{service}:\w{{48}}@mongo:27017/{database}\?replicaSet=rs0", before[f"{service}_mongo"]
        )
    (folder / "ingest_mongo").unlink()
    assert make_secrets.make(folder) == ["ingest_mongo"]
    assert {p.name: p.read_text() for p in folder.iterdir() if p.name != "ingest_mongo"}.items() <= before.items()
    kept = (REPOSITORY / ".gitignore").read_text().splitlines()
    assert {"deploy/secrets/", ".env"} <= set(kept)


def test_the_example_names_what_the_file_asks_for() -> None:
    """Every variable with the file's own default, or one that fits the profile `full`."""
    asked = dict(re.findall(r"\$\{(\w+):-([^}]*)\}", (REPOSITORY / "docker-compose.yml").read_text()))
    example = dict(
        line.split("=", 1) for line in (REPOSITORY / ".env.example").read_text().splitlines() if line[:1].isupper()
    )
    assert asked.keys() - {"MILEPOST_VERSION"} == example.keys() - {"COMPOSE_PROFILES"}
    assert {name: asked[name] for name in example if name in asked} == {n: v for n, v in example.items() if n in asked}


def test_what_is_mounted_is_there() -> None:
    """A path that is not would be made as an empty folder."""
    mounts = [v for s in SERVICES.values() for v in s.get("volumes", []) if v.startswith("./")]
    assert mounts
    for mount in mounts:
        assert (REPOSITORY / mount.split(":")[0]).exists(), mount
        assert mount.endswith(":ro")
    named = {v.split(":")[0] for s in SERVICES.values() for v in s.get("volumes", []) if not v.startswith("./")}
    assert named == set(COMPOSE["volumes"])
