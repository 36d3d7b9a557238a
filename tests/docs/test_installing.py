"""What a page installs goes into the environment of that page, whichever command it uses."""

from __future__ import annotations

import importlib.util
import sys
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

WAYS = {
    "pip-console": ("console", "$ pip install {wheel}"),
    "pip-script": ("sh", "set -u\npip install -q {wheel}"),
    "module": ("sh", "python -m pip install {wheel}"),
    "path": ("sh", ". .venv/bin/activate && .venv/bin/pip3 install {wheel}"),
    "uv": ("sh", "uv pip install {wheel}"),
}


def the_test_of_pages() -> ModuleType:
    """Return the module `test_pages.py`, which is not in a package."""
    spec = importlib.util.spec_from_file_location(
        "pages_under_test", Path(__file__).with_name("test_pages.py")
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def wheel_of(name: str, folder: Path) -> Path:
    """Write a wheel that contains one module."""
    path = folder / f"{name}-1.0-py3-none-any.whl"
    info = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr(f"{name}.py", "")
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")
    return path


@pytest.mark.slow
def test_whatever_a_page_installs_stays_in_its_own_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_PREFIX", str(tmp_path / "elsewhere"))  # settings of the person who runs the tests
    pages = the_test_of_pages()
    reader = pages.Reader(tmp_path / "page", {})
    if importlib.util.find_spec("uv") is None:
        WAYS.pop("uv")

    for way, (language, text) in WAYS.items():
        wheel = wheel_of(f"lantern_{way.replace('-', '_')}", tmp_path)
        reader.follow(pages.Block(language, text.format(wheel=wheel) + "\n", "", f"{way}:1"))

    installed = {path.name for path in (tmp_path / "page" / ".venv").rglob("lantern_*.py")}
    assert installed == {f"lantern_{way.replace('-', '_')}.py" for way in WAYS}
    names = [name for name in installed if importlib.util.find_spec(name.removesuffix(".py")) is not None]
    assert names == []
    assert not (tmp_path / "elsewhere").exists()
