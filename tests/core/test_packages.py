"""Install hints name a source that works, or say that a package is not available."""

from __future__ import annotations

import json
import os
import re
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from voicebot import Options, Registry, Synthesizer, install_hint
from voicebot.plugin.packages import install_command, requirement_here, unavailable, upgrade

Install = Callable[..., None]
REQUIRES = (
    "json-of-old>=1; python_version < '3' and extra == 'lamp'",
    "no-such-wick>=2,<3; extra == 'lamp'",
    "pluggy>=1; extra == 'lamp'",
    "no-such-oil",
)


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Install a distribution `lantern` from a given origin, as pip would."""

    def install(origin: dict[str, Any] | None) -> None:
        info = tmp_path / "site" / "lantern-1.2.dist-info"
        info.mkdir(parents=True)
        lines = ["Metadata-Version: 2.1", "Name: lantern", "Version: 1.2", "Provides-Extra: lamp"]
        (info / "METADATA").write_text(
            "\n".join([*lines, *(f"Requires-Dist: {each}" for each in REQUIRES), ""])
        )
        if origin is not None:
            (info / "direct_url.json").write_text(json.dumps(origin))
        monkeypatch.syspath_prepend(str(info.parent))

    return install


def test_missing_packages_and_packages_from_an_index_are_named_by_name(install: Install) -> None:
    install(None)
    assert install_command("nowhere", "lantern[lamp]") == "pip install nowhere 'lantern[lamp]'"


@pytest.mark.parametrize("folder", [".venv", "my own; $HOME's"])
def test_if_pip_belongs_to_another_python_the_hint_names_this_one(
    install: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    install(None)
    python = tmp_path / folder / "bin" / "python"
    other = tmp_path / "elsewhere" / "pip"
    for program in (python, python.with_name("pip"), other):
        program.parent.mkdir(parents=True, exist_ok=True)
        program.touch(mode=0o755)
    monkeypatch.setattr(sys, "executable", str(python))
    monkeypatch.setenv("PATH", str(other.parent))

    begin = [str(python), "-m", "pip", "install"]
    assert shlex.split(install_command("lantern[lamp]")) == [*begin, "lantern[lamp]"]
    assert shlex.split(upgrade("lantern")) == [*begin, "--upgrade", "lantern"]
    assert (
        install_hint("no_such_wick", "nowhere") == f"run: {shlex.quote(str(python))} -m pip install nowhere"
    )

    monkeypatch.setenv("PATH", os.pathsep.join(map(str, (python.parent, other.parent))))  # it is activated
    assert install_command("nowhere") == "pip install nowhere"


@pytest.mark.parametrize("name", ["lantern", "a lamp; rm -rf $HOME", "it's [one]"])
@pytest.mark.parametrize("editable", [True, False])
def test_the_path_of_a_local_folder_is_quoted_as_one_word(
    install: Install, tmp_path: Path, name: str, editable: bool
) -> None:
    folder = tmp_path / name
    folder.mkdir()
    install({"url": folder.as_uri(), "dir_info": {"editable": editable}})

    words = shlex.split(install_command("lantern[lamp]"))

    assert words == ["pip", "install", *["-e"] * editable, f"{folder}[lamp]"]


def test_extras_of_one_distribution_are_combined(install: Install, tmp_path: Path) -> None:
    install({"url": tmp_path.as_uri(), "dir_info": {"editable": True}})

    command = install_command("lantern[lamp]", "nowhere", "lantern[candle]", "nowhere")

    assert command == f"pip install -e '{tmp_path}[candle,lamp]' nowhere"


def test_a_local_wheel_is_named_by_its_file(install: Install, tmp_path: Path) -> None:
    wheel = tmp_path / "lantern-1.2-py3-none-any.whl"
    wheel.touch()
    install({"url": wheel.as_uri(), "archive_info": {}})
    assert install_command("lantern[lamp]") == f"pip install '{wheel}[lamp]'"


@pytest.mark.parametrize(
    ("origin", "url"),
    [
        (
            {"url": "https://git.example/lantern", "vcs_info": {"vcs": "git", "requested_revision": "v1"}},
            "git+https://git.example/lantern@v1",
        ),
        (
            {
                "url": "ssh://git@git.example/all",
                "vcs_info": {"vcs": "git", "commit_id": "abc"},
                "subdirectory": "lantern",
            },
            "git+ssh://git@git.example/all#subdirectory=lantern",
        ),
        ({"url": "https://example.org/lantern.whl", "archive_info": {}}, "https://example.org/lantern.whl"),
    ],
)
def test_a_remote_origin_is_named_by_its_url(install: Install, origin: dict[str, Any], url: str) -> None:
    install(origin)
    assert install_command("lantern[lamp]") == f"pip install 'lantern[lamp] @ {url}'"
    assert requirement_here("lantern", ">=1.2,<2") == f"lantern @ {url}"
    assert upgrade("lantern") == f"pip install --upgrade 'lantern @ {url}'"


@pytest.mark.parametrize(
    "origin",
    [
        {"url": "file:///no/such/folder", "dir_info": {"editable": True}},
        {"url": "https://me:sesame@git.example/lantern", "vcs_info": {"vcs": "git"}},
        {"url": "https://sesame@git.example/lantern", "vcs_info": {"vcs": "git"}},
        {"url": "https://example.org/lantern.whl?key=sesame", "archive_info": {}},
    ],
)
def test_if_the_origin_is_gone_or_secret_the_requirements_of_the_extra_are_named(
    install: Install, origin: dict[str, Any]
) -> None:
    install(origin)
    assert install_command("lantern[lamp]") == "pip install 'no-such-wick<3,>=2' no-such-oil"
    assert install_command("lantern") == "pip install no-such-oil"
    assert requirement_here("lantern", ">=1.2,<2") == "lantern>=1.2,<2"
    assert "sesame" not in upgrade("lantern")


@pytest.mark.parametrize("said", ["", "{", "[]", '{"url": 3}', '"x"'])
def test_damaged_metadata_are_ignored(install: Install, tmp_path: Path, said: str) -> None:
    install({})
    (tmp_path / "site/lantern-1.2.dist-info/direct_url.json").write_text(said)
    assert install_command("lantern[lamp]").startswith("pip install ")


def test_a_package_that_an_extra_excludes_here_is_reported_as_unavailable(
    install: Install,
) -> None:
    install(None)
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    reason = (
        f"json-of-old is not available for Python {python} on {sys.platform}, only where python_version < '3'"
    )

    assert install_hint("json_of_old", "lantern[lamp]") == reason
    assert install_hint("no_such_wick", "lantern[lamp]") == "run: pip install 'lantern[lamp]'"
    assert unavailable("json_of_old", "lantern[candle]") is None


class Voice(Synthesizer[Options]):
    def synthesize(self, utterance: Any) -> Any:
        raise NotImplementedError


def test_a_registration_separates_installable_from_unavailable_packages(install: Install) -> None:
    install(None)
    registry = Registry()
    modules = {"json_of_old": "lantern[lamp]", "no_such_module": "somebody"}
    registry.add("voice", Voice, Options, requires=modules)

    (registration,) = registry

    assert registration.missing == ["lantern[lamp]", "somebody"]
    assert registration.installable == ["somebody"]
    (reason,) = registration.unavailable
    assert reason.startswith("json-of-old is not available for Python ")


def test_the_extra_excludes_pocketsphinx_from_python_3_14_on() -> None:
    from importlib.metadata import requires

    from packaging.requirements import Requirement

    needed = [Requirement(line) for line in requires("voicebot-framework") or ()]
    (marker,) = [each.marker for each in needed if each.name == "pocketsphinx"]
    assert marker is not None
    applies = {
        version: marker.evaluate({"extra": "offline", "python_version": version})
        for version in ("3.11", "3.12", "3.13", "3.14", "3.15")
    }
    assert applies == {"3.11": True, "3.12": True, "3.13": True, "3.14": False, "3.15": False}
    others = [each for each in needed if each.name != "pocketsphinx" and each.marker is not None]
    assert not [str(each) for each in others if re.search("python", str(each.marker))]


def test_no_upper_bound_is_set_for_python() -> None:
    from importlib.metadata import metadata

    assert metadata("voicebot-framework")["Requires-Python"] == ">=3.11"
