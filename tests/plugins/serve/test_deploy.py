"""What `configs/deploy` has for containers agrees with the server, with itself, and with Kubernetes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from voicebot_serve.command import command
from voicebot_serve.running.metrics import Metrics

DEPLOY = Path(__file__).parents[3] / "configs" / "deploy"
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


def variables_of_the_server() -> set[str]:
    return {str(option.envvar) for option in command.params if getattr(option, "envvar", None)} | {
        "VOICEBOT_SERVE_KEY"
    }


def test_servers_have_time_to_drain() -> None:
    drain = next(int(each["value"]) for each in server()["env"] if each["name"] == "VOICEBOT_SERVE_DRAIN")
    before = server()["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert pod()["terminationGracePeriodSeconds"] > before + drain + LAST_LINE
    worker = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]["worker-1"]
    drain = int(worker["environment"]["VOICEBOT_SERVE_DRAIN"])
    assert int(worker["stop_grace_period"].removesuffix("s")) > drain + LAST_LINE


def test_variables_are_those_that_the_server_and_its_config_read() -> None:
    in_config = set(re.findall(r"\$\{(\w+)", (DEPLOY / "kubernetes" / "bot.yaml").read_text()))
    assert {each["name"] for each in server()["env"]} <= variables_of_the_server() | in_config
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    assert set(compose["services"]["worker-1"]["environment"]) <= variables_of_the_server() | in_config


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
