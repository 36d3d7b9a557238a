"""voicebot installed from a wheel, an sdist or an editable checkout, with pip or uv."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tarfile
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

OURS = {"audio", "offline", "openai"}
MOST_PACKAGES = 45
MOST_BYTES = 125_000_000


def plugins_of(environment, call, folder):
    plugins = json.loads(call(environment.voicebot, "plugins", "--json", cwd=folder))
    return {plugin["plugin"] for plugin in plugins if plugin["error"] is None}


def top_level(environment):
    return {path.name for path in environment.site_packages.iterdir()}


def the_only(folder, pattern):
    [path] = folder.glob(pattern)
    return path


@pytest.mark.slow
def test_a_wheel_that_is_installed_elsewhere_finds_its_plugins_and_configs(
    environment, release, call, tmp_path
):
    environment.pip_install(the_only(release, "*.whl"))

    assert environment.imported_from("voicebot").is_relative_to(environment.site_packages)
    assert plugins_of(environment, call, tmp_path) >= OURS
    assert not {"core", "plugins", "configs", "tests"} & top_level(environment)

    call(environment.voicebot, "init", "--from", "offline", cwd=tmp_path)
    assert "ok" in call(environment.voicebot, "check", "offline.yaml", cwd=tmp_path)


@pytest.mark.parametrize("name", ["pirate", "alfred", "ollama"])
def test_every_config_that_init_offers_is_in_the_wheel(release, name):
    with zipfile.ZipFile(the_only(release, "*.whl")) as wheel:
        assert f"voicebot/configs/{name}.yaml" in wheel.namelist()


def test_the_page_that_a_failed_check_refers_to_is_in_the_wheel(release):
    with zipfile.ZipFile(the_only(release, "*.whl")) as wheel:
        assert "voicebot/docs/reference/contract.md" in wheel.namelist()


def test_a_wheel_contains_only_packages_with_types_and_configs(release):
    with zipfile.ZipFile(the_only(release, "*.whl")) as wheel:
        names = wheel.namelist()
    kinds = {name.rpartition("/")[2].rpartition(".")[2] for name in names if ".dist-info/" not in name}
    data = {"json", "toml", "tsv", "gz", "yaml", "example", "wav", "template", "md", "LICENSE"}
    data |= {"html", "css", "js", "svg", "cfg", "Dockerfile", "dockerignore"}
    assert kinds == {"py", "typed", *data}
    packages = {name.partition("/")[0] for name in names}
    assert {name for name in names if name.endswith("py.typed")} == {
        f"{package}/py.typed" for package in packages if not package.endswith(".dist-info")
    }


def test_an_sdist_contains_the_sources_of_the_wheel_and_no_ignored_files(release):
    with tarfile.open(the_only(release, "*.tar.gz")) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    assert {"LICENSE", "README.md", "pyproject.toml", "constraints.txt", "configs/question.wav"} <= names
    templates = "core/voicebot/cli/plugin_template/templates/all/pyproject.toml.template"
    assert {templates, "configs/voicebot.schema.json", "configs/env.example"} <= names
    assert not [name for name in names if ".venv" in name or "__pycache__" in name or name.endswith("/.env")]


def test_the_licence_is_in_the_wheel_and_its_metadata(release):
    with zipfile.ZipFile(the_only(release, "voicebot_framework-*.whl")) as wheel:
        names = {name.partition(".dist-info/")[2]: name for name in wheel.namelist()}
        about = wheel.read(names["METADATA"]).decode()
    assert "licenses/LICENSE" in names
    assert "License-Expression: MIT AND BSD-2-Clause" in about.splitlines()


def test_an_editable_install_runs_from_the_checkout(environment, project, call, tmp_path):
    pytest.importorskip("hatchling", reason="hatchling builds the project: pip install hatchling")

    environment.pip_install("--no-build-isolation", "-e", project)

    assert environment.imported_from("voicebot") == project / "core" / "voicebot" / "__init__.py"
    assert plugins_of(environment, call, tmp_path) >= OURS
    assert not {"core", "plugins"} & top_level(environment)
    call(environment.voicebot, "init", "--from", "offline", cwd=tmp_path)


@pytest.mark.parametrize("editable", [False, True])
def test_uv_can_install_it_too(environment, release, project, call, tmp_path, editable):
    uv = shutil.which("uv", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    if uv is None:
        pytest.skip("uv is not installed (pip install uv)")
    what = ["--no-build-isolation", "-e", project] if editable else [the_only(release, "*.whl")]

    call(uv, "pip", "install", "-q", "--no-deps", "--offline", "--python", environment.python, *what)

    assert plugins_of(environment, call, tmp_path) >= OURS


def test_an_install_without_extras_is_small(release):
    sizes = {"voicebot-framework": unpacked(the_only(release, "*.whl"))}
    wanted = needs("voicebot-framework")
    while wanted:
        name, extras = wanted.pop()
        sizes.setdefault(name, installed_size(name))
        wanted |= needs(name, extras)

    assert {"numpy", "pydantic-core", "openai"} <= sizes.keys()
    assert not {"pocketsphinx", "pytest", "websockets"} & sizes.keys()
    assert len(sizes) <= MOST_PACKAGES, sorted(sizes)
    assert sum(sizes.values()) <= MOST_BYTES, sorted(sizes.items(), key=lambda item: -item[1])


def needs(name, extras=frozenset({""})):
    """Return what a distribution with some extras depends on here, each with its extras."""
    requirements = [Requirement(line) for line in metadata.requires(name) or ()]
    return {
        (canonicalize_name(requirement.name), frozenset(requirement.extras) | {""})
        for requirement in requirements
        if requirement.marker is None
        or any(requirement.marker.evaluate({"extra": extra}) for extra in extras)
    }


def installed_size(name):
    files = [file for file in metadata.files(name) or () if file.suffix != ".pyc"]
    assert files, f"{name} does not say what it consists of"
    return sum(file.size or 0 for file in files)


def unpacked(wheel):
    with zipfile.ZipFile(wheel) as archive:
        return sum(entry.file_size for entry in archive.infolist())
