"""The image: what goes into it, who it runs as, and what the linter of Dockerfiles says."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.process import REPOSITORY
from tests.deploy.images import COMMANDS, EXACT

DOCKERFILE = (REPOSITORY / "deploy" / "Dockerfile").read_text()


def instructions(word: str) -> list[str]:
    """What follows an instruction, each time, continued lines joined."""
    joined = re.sub(r"\\\n\s*", " ", DOCKERFILE)
    return re.findall(rf"^{word} (.*)$", joined, re.MULTILINE)


def test_the_linter_has_nothing_to_say() -> None:
    """Hadolint, with no rule ignored."""
    beside = shutil.which("hadolint", path=str(Path(sys.executable).parent)) or shutil.which("hadolint")
    if beside is None:
        pytest.skip("hadolint is not installed (requirements-dev.txt)")
    done = subprocess.run([beside, "deploy/Dockerfile"], cwd=REPOSITORY, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")
    assert "hadolint ignore" not in DOCKERFILE


def test_the_base_is_an_exact_version_of_what_the_tests_run_on() -> None:
    """One base for both stages; a digest can be given to the build."""
    [base] = (arg.partition("=")[2] for arg in instructions("ARG") if arg.startswith("PYTHON_IMAGE"))
    assert EXACT.match(base)
    assert base.startswith(f"python:{sys.version_info.major}.{sys.version_info.minor}.")
    assert [one.split()[0] for one in instructions("FROM")] == ["${PYTHON_IMAGE}"] * 2


def test_only_the_production_lock_is_installed_by_its_hashes_and_nothing_is_built() -> None:
    """What runs in production is what the lock says, byte for byte."""
    [install] = [run for run in instructions("RUN") if " install " in run]
    for option in ("--require-hashes", "--no-deps", "--only-binary :all:", "--requirement requirements.txt"):
        assert option in install
    assert sorted(instructions("COPY")) == sorted(
        [
            "requirements.txt .",
            "schemas /milepost/schemas",
            "services /milepost/services",
            "--from=build /opt/venv /opt/venv",
            "--from=build /milepost /milepost",
        ]
    )


def test_nothing_but_what_is_copied_goes_to_the_builder() -> None:
    """So no secret and no data of the checkout can get into an image."""
    lines = [line for line in (REPOSITORY / ".dockerignore").read_text().splitlines() if line[:1] not in ("#", "")]
    assert lines == ["*", "!requirements.txt", "!schemas", "!services", "**/__pycache__"]


def test_it_runs_as_a_numbered_user_in_production_mode_and_is_asked_without_curl() -> None:
    """Kubernetes can see that a number is not root; no setting in it is a secret."""
    [user] = instructions("USER")
    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", user)
    [env] = instructions("ENV")
    assert "MILEPOST_MODE=production" in env
    assert not re.search("secret|password|key", env, re.IGNORECASE)
    [health] = instructions("HEALTHCHECK")
    assert '"python", "-m", "services.kit.probe", "healthz"' in health


@pytest.mark.parametrize(
    "module",
    [*sorted({command[0] for command in COMMANDS.values()}), "services.ingest.readers.child", "services.kit.probe"],
)
def test_every_module_that_the_image_is_asked_to_run_is_there(module: str) -> None:
    """`services` and `schemas` are importable from the folder that holds them, uninstalled."""
    path = REPOSITORY / Path(*module.split("."))
    assert (path / "__main__.py").exists() or path.with_suffix(".py").exists()


def test_services_need_nothing_that_is_not_in_the_image() -> None:
    """What is neither of the two packages stays outside."""
    for path in (*REPOSITORY.glob("services/**/*.py"), *REPOSITORY.glob("schemas/**/*.py")):
        assert not re.search(r"^(from|import) (deploy|tests)\b", path.read_text(), re.MULTILINE), path
