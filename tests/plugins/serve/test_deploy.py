"""What `configs/deploy` has for containers agrees with the server, with itself, and with Kubernetes."""

from __future__ import annotations

import re
import tomllib
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml

from voicebot_serve.command import command
from voicebot_serve.running.metrics import Metrics

PROJECT = Path(__file__).parents[3]
DEPLOY = PROJECT / "configs" / "deploy"
LAST_LINE = 15
"""Seconds that a server takes after `--drain` for the last line of those who are left."""
KUBERNETES = [
    document
    for file in ("server", "redis", "scaling", "ingress")
    for document in yaml.safe_load_all((DEPLOY / "kubernetes" / f"{file}.yaml").read_text())
]


def of_kind(kind: str, name: str = "voicebot") -> Any:
    return next(each for each in KUBERNETES if (each["kind"], each["metadata"]["name"]) == (kind, name))


def pod() -> Any:
    return of_kind("Deployment")["spec"]["template"]["spec"]


def server() -> Any:
    return pod()["containers"][0]


def compose(name: str = "compose") -> Any:
    return yaml.safe_load((DEPLOY / f"{name}.yaml").read_text())["services"]


def is_in_the_build(path: str) -> bool:
    """Return what `Dockerfile.dockerignore` says of a path: its last line that fits counts."""
    is_in = True
    for line in (DEPLOY / "Dockerfile.dockerignore").read_text().split():
        pattern = line.removeprefix("!").removeprefix("**/")
        parts = path.split("/") if "**/" in line else [path, *map(str, Path(path).parents)]
        if any(fnmatch(each, pattern) for each in parts):
            is_in = line.startswith("!")
    return is_in


def variables_of_the_server() -> set[str]:
    return {str(option.envvar) for option in command.params if getattr(option, "envvar", None)} | {
        "VOICEBOT_SERVE_KEY"
    }


def test_servers_have_time_to_drain() -> None:
    drain = next(int(each["value"]) for each in server()["env"] if each["name"] == "VOICEBOT_SERVE_DRAIN")
    before = server()["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert pod()["terminationGracePeriodSeconds"] > before + drain + LAST_LINE
    worker, proxy = compose()["worker-1"], compose()["haproxy"]
    drain = int(worker["environment"]["VOICEBOT_SERVE_DRAIN"])
    for each in (worker, proxy):
        assert int(each["stop_grace_period"].removesuffix("s")) > drain + LAST_LINE
    assert "depends_on" not in proxy  # or it would be stopped before the servers, and cut their conversations


def test_the_build_has_what_is_installed_and_no_secrets() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    for path in (*wheel["packages"], *wheel["force-include"], "pyproject.toml", "README.md", "LICENSE"):
        assert (PROJECT / path).exists()
        assert is_in_the_build(path), path
    assert not any((PROJECT / each).is_dir() for each in wheel["force-include"])  # with what git ignores
    assert is_in_the_build("configs/pirate.yaml")
    for path in (
        ".env",
        "configs/.env",
        "configs/deploy/.env",
        "configs/deploy/bots/bot.yaml",
        "tests/conftest.py",
    ):
        assert not is_in_the_build(path), path


def test_https_is_where_compose_publishes_it() -> None:
    proxy, with_tls = compose()["haproxy"], compose("compose.tls")["haproxy"]
    (published,) = proxy["ports"]
    (folder,) = with_tls["volumes"]
    inside = published.rpartition(":")[2]
    assert proxy["environment"]["BIND"] == f":{inside}"
    assert with_tls["environment"]["BIND"].startswith(f":{inside} ssl crt {folder.split(':')[-2]} ")


def test_variables_are_those_that_the_server_and_its_config_read() -> None:
    for config, given in (
        ("kubernetes/bot.yaml", {each["name"] for each in server()["env"]}),
        ("bots/bot.yaml", set(compose()["worker-1"]["environment"])),
    ):
        in_config = set(re.findall(r"\$\{(\w+)", (DEPLOY / config).read_text()))
        assert given <= variables_of_the_server() | in_config
        assert set(re.findall(r"\$\{(\w+):\?", (DEPLOY / config).read_text())) <= given


def test_both_bots_are_the_same_and_a_key_may_have_all_conversations_of_a_server() -> None:
    most = {
        "kubernetes/bot.yaml": next(
            int(e["value"]) for e in server()["env"] if e["name"].endswith("CONVERSATIONS")
        ),
        "bots/bot.yaml": next(option.default for option in command.params if option.name == "most"),
    }
    assert "VOICEBOT_SERVE_MAX_CONVERSATIONS" not in compose()["worker-1"]["environment"]
    configs = {name: yaml.safe_load((DEPLOY / name).read_text()) for name in most}
    serves = {name: config.pop("serve") for name, config in configs.items()}
    assert configs["kubernetes/bot.yaml"] == configs["bots/bot.yaml"]
    for name, serve in serves.items():
        assert serve["limits"]["per_key"] == most[name]
    (trigger,) = of_kind("ScaledObject")["spec"]["triggers"]
    assert int(trigger["metadata"]["threshold"]) < serves["kubernetes/bot.yaml"]["limits"]["per_key"]


def test_compose_mounts_folders_and_waits_until_each_service_is_healthy() -> None:
    services = compose()
    for name, service in services.items():
        for volume in service.get("volumes", ()):
            assert (DEPLOY / volume.split(":")[0]).is_dir(), (
                name
            )  # a file by itself stays the old one when replaced
        if service["image"] != "voicebot":
            assert "healthcheck" in service, name
    assert "HEALTHCHECK" in (DEPLOY / "Dockerfile").read_text()


def test_only_this_machine_reaches_the_port_and_the_servers_trust_the_network_of_compose() -> None:
    (published,) = compose()["haproxy"]["ports"]
    assert published.startswith("${PORT:-127.0.0.1:")
    given = compose()["worker-1"]["environment"]["SUBNET"]
    text = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    assert text["networks"]["default"]["ipam"]["config"] == [{"subnet": given}]
    (trusted,) = yaml.safe_load((DEPLOY / "bots" / "bot.yaml").read_text())["serve"]["trusted_proxies"]
    assert trusted.startswith("${SUBNET:?")


def test_everything_in_kubernetes_finds_what_it_is_for() -> None:
    for name in ("voicebot", "voicebot-redis"):
        labels = of_kind("Deployment", name)["spec"]["template"]["metadata"]["labels"]
        assert of_kind("Service", name)["spec"]["selector"] == labels
    assert of_kind("NetworkPolicy", "voicebot-redis")["spec"]["podSelector"]["matchLabels"] == labels
    assert of_kind("PodDisruptionBudget")["spec"]["selector"]["matchLabels"] == {"app": "voicebot"}
    assert (
        of_kind("ScaledObject")["spec"]["scaleTargetRef"]["name"] == of_kind("Deployment")["metadata"]["name"]
    )
    assert "replicas" not in of_kind("Deployment")["spec"]  # or each `apply` would undo what KEDA did
    listed = yaml.safe_load((DEPLOY / "kubernetes" / "kustomization.yaml").read_text())["resources"]
    assert {file.name for file in (DEPLOY / "kubernetes").iterdir()} == {
        *listed,
        "kustomization.yaml",
        "bot.yaml",
    }
    assert f"USER {pod()['securityContext']['runAsUser']}" in (DEPLOY / "Dockerfile").read_text()


def test_kubernetes_scales_on_a_metric_that_there_is() -> None:
    (trigger,) = of_kind("ScaledObject")["spec"]["triggers"]
    (metric,) = re.findall(r"voicebot_\w+", trigger["metadata"]["query"])
    text = Metrics(lambda: {"bot": 3}, lambda: 0.0, lambda: False).text()
    assert f'{metric}{{bot="bot"}} 3' in text
    most = next(each["value"] for each in server()["env"] if each["name"].endswith("MAX_CONVERSATIONS"))
    assert int(trigger["metadata"]["threshold"]) < int(most)


@pytest.mark.slow
def test_kubernetes_takes_the_manifests() -> None:
    kubernetes_validate = pytest.importorskip(
        "kubernetes_validate", reason="kubernetes-validate (100 MB of schemas) is not installed"
    )
    for each in KUBERNETES:
        if each["kind"] != "ScaledObject":  # it has KEDA's own schema
            kubernetes_validate.validate(each, "1.32", strict=True)
