"""The page of settings names every setting of every service, with its default."""

import json
import re

import pytest

from deploy.local.process import REPOSITORY
from services.kit.settings import Settings
from tests.deploy.images import SETTINGS, variables

PAGE = (REPOSITORY / "docs" / "operations" / "settings.md").read_text()
ROW = re.compile(r"^\| `(MILEPOST_\w+)` \|(.*?)\|(.+)\|$", re.MULTILINE)


def section(title: str) -> dict[str, str]:
    """The defaults of one section, by setting."""
    [text] = re.findall(rf"^## {title}\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    return {name: default.strip().strip("`") for name, default, _ in ROW.findall(text)}


def default_of(kind: type[Settings], variable: str) -> str:
    """A default as the page writes it: nothing for what is empty."""
    value = kind.model_fields[variable.removeprefix("MILEPOST_").lower()].get_default()
    if isinstance(value, tuple | frozenset):
        return json.dumps(list(value), separators=(",", ":")) if value else ""
    return "" if value is None or value == "" or not str(value).strip("*") else str(value)


def test_the_shared_settings_are_those_of_the_kit() -> None:
    """Each with its default; ports differ, and the row names each."""
    shared = section("All services")
    assert set(shared) == variables(Settings)
    for variable in set(shared) - {"MILEPOST_PORT"}:
        assert shared[variable] == default_of(Settings, variable), variable
    for name, kind in SETTINGS.items():
        assert f"{name} `{default_of(kind, 'MILEPOST_PORT')}`" in PAGE


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_a_services_own_settings_are_in_its_section(name: str) -> None:
    """A service without any has none."""
    own = variables(SETTINGS[name]) - variables(Settings)
    listed = section(name) if own else {}
    assert listed == {variable: default_of(SETTINGS[name], variable) for variable in own}
    assert own or f"## {name}\n" not in PAGE
