"""The options of the `azure-openai` chat model, and advice on them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta

from voicebot import Advice, Field, Finding
from voicebot_openai.azure_server import AzureServer, deployment_advice, endpoint_advice
from voicebot_openai.models import family_of, retirement_of, schedule_read_on, similar_model
from voicebot_openai.options import ChatOptions, effort_advice

_RETIRES_SOON = timedelta(days=60)


class AzureChatOptions(ChatOptions, AzureServer):  # fields are listed from the last base to the first
    """Options of the `azure-openai` chat model."""

    connect_timeout: float = Field(3.0, gt=0, le=60)
    """Seconds that connecting to the service may take."""
    timeout: float = Field(10.0, gt=0, le=600)
    """Seconds that the service may send nothing, before the first chunk of a reply or between two chunks."""
    max_retries: int = Field(2, ge=0, le=5)
    """How often to ask again when the service fails before the first word of a reply."""
    retry_budget: float = Field(4.0, ge=0, le=60)
    """Seconds after the question within which to ask again; if the `retry-after` of the service is longer,
    the reply fails at once."""

    def advice(self, language: str) -> Iterable[Advice]:
        """Warn of mistakes in the endpoint, the deployment, the model and its parameters."""
        yield from endpoint_advice(self, self.endpoint, "`provider: openai`")
        yield from self._parameter_advice()
        yield from deployment_advice(self.deployment)
        if self.model and (similar := similar_model(self.model)):
            yield Advice("model", f"'{self.model}' is not a known model; did you mean '{similar}'?")
        yield from effort_advice(self.reasoning_effort)
        for found in self.diagnose():
            if found.verdict in {"warning", "problem"}:
                yield Advice("model" if self.model else "deployment", f"{found.message}; {found.remedy}")

    def diagnose(self) -> Iterator[Finding]:
        """Report when the model retires, as far as its name or that of the deployment tells."""
        name, today = self.model or self.deployment, datetime.now(UTC).date()
        yield retirement_finding(name, today, is_model=bool(self.model))

    def _parameter_advice(self) -> Iterable[Advice]:
        family = family_of(self.model or self.deployment)
        if family is None:
            return
        name = self.model or self.deployment
        if not family.reasoning:
            if self.reasoning_effort is not None:
                option = "reasoning_effort"
                yield Advice(option, f"`{option}` is not sent: {name} is not a reasoning model")
            return
        for option in ("temperature", "top_p"):
            if getattr(self, option) is not None:
                yield Advice(option, f"`{option}` is not sent: {name} is a reasoning model, which rejects it")
        if self.max_tokens is not None:
            yield Advice(
                "max_tokens",
                f"`max_tokens` includes the reasoning of {name} and may leave nothing for the reply; ask for "
                "short replies in `system` instead",
            )


def retirement_finding(name: str, today: date, *, is_model: bool = False) -> Finding:
    """Return what Microsoft's schedule says about a model.

    Args:
        is_model: whether the name is certainly a model's, and not a deployment's that may contain one.
    """
    source = f"by Microsoft's schedule as read on {schedule_read_on()}"
    retirement = retirement_of(name)
    if retirement is None and is_model:
        return Finding("retirement", "ok", f"{name} has no date of retirement, {source}")
    if retirement is None:
        message = f"the model that '{name}' is cannot be told from its name, or has no date, {source}"
        return Finding("retirement", "skipped", message, "set `model` to the name of the model")
    model, day = retirement
    if day <= today:
        message = f"{model} was retired on {day}, {source}"
        return Finding("retirement", "problem", message, "deploy a newer model in ai.azure.com")
    soon = day - today <= _RETIRES_SOON
    message = f"{model} will be retired on {day}, {source}"
    remedy = "deploy a newer model in ai.azure.com by then" if soon else ""
    return Finding("retirement", "warning" if soon else "ok", message, remedy)
