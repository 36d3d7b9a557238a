"""The check of the format of the sound that a provider takes or gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voicebot.audio import AudioFormat
from voicebot.testing.contract.check import check
from voicebot.testing.contract.failures import expect
from voicebot.testing.contract.provider.contract_members import ContractMembers

if TYPE_CHECKING:
    from typing import ClassVar

    class Base(ContractMembers):
        """What this check needs in addition."""

        _format_name: ClassVar[str]

else:
    Base = ContractMembers


class AudioFormatChecks(Base):
    """What a provider must do whose start decides the format of its sound."""

    @check
    async def test_its_format_is_known_after_its_start(self) -> None:
        """After `start`, its `input_format` or `output_format` is an `AudioFormat` of 8,000 to 192,000 Hz."""
        async with self._started() as provider:
            form = getattr(provider, self._format_name, None)
            expect(
                is_usable(form),
                f"an AudioFormat with a rate from 8,000 to 192,000 Hz as `{self._format_name}`",
                repr(form),
            )


def is_usable(form: object) -> bool:
    """Return whether the engine can work with a format."""
    return isinstance(form, AudioFormat) and 8_000 <= form.rate <= 192_000
