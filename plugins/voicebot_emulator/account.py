"""The emulated account: its keys, its region, and its deployments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


def _deployments() -> dict[str, str]:
    return {
        "chat": "gpt-5.4-mini",  # the first is what the shipped configs use
        "speech": "gpt-4o-mini-tts",
        "file": "gpt-transcribe",
        "transcribe": "gpt-4o-transcribe",
        "live": "gpt-live-transcribe",
        "tts": "tts-1",
        "whisper": "whisper-1",
    }


@dataclass(frozen=True, slots=True)
class Account:
    """The keys that are accepted, the region, and the deployments with their models."""

    speech_key: str = "emulated-speech-key"
    openai_key: str = "emulated-openai-key"
    region: str = "swedencentral"
    deployments: Mapping[str, str] = field(default_factory=_deployments)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys that are accepted."""
        return self.speech_key, self.openai_key

    def environment(self, port: int) -> dict[str, str]:
        """Return the variables that make the shipped configs talk to an emulator at this port."""
        return {
            "SPEECH_KEY": self.speech_key,
            "SERVICE_REGION": self.region,
            "SPEECH_ENDPOINT": f"ws://127.0.0.1:{port}",
            "OPENAI_API_KEY": self.openai_key,
            "OPENAI_ENDPOINT": f"http://127.0.0.1:{port}",
            "OPENAI_DEPLOYMENT": next(iter(self.deployments)),
        }
