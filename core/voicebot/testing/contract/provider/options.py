"""Checks of a provider's options and of its plugin."""

from __future__ import annotations

import unittest

from voicebot.testing.contract.check import check
from voicebot.testing.contract.failures import expect
from voicebot.testing.contract.provider import plugin_import
from voicebot.testing.contract.provider.contract_members import ContractMembers
from voicebot.testing.contract.provider.secret_names import bare_secrets
from voicebot.testing.contract.provider.secret_options import full_text, logged, secrets


class OptionChecks(ContractMembers):
    """What a provider's options must be like."""

    @check
    async def test_secrets_are_never_shown(self) -> None:
        """No secret option appears in a repr, in a log line of any level, or in an error."""
        provider = self._new_provider()
        if not (hidden := secrets(provider.options)):
            raise unittest.SkipTest("no option is a secret (a SecretStr with a value)")
        places = {"repr(provider)": repr(provider), "repr(provider.options)": repr(provider.options)}
        with logged() as lines:
            for made in (self.make, self.broken, self.refused):
                try:
                    await self._start_and_use(made())
                except unittest.SkipTest:
                    continue
                except Exception as error:
                    places[f"a {type(error).__name__}"] = full_text(error)
                    hidden |= secrets(self._latest_provider.options)
        places |= {"a line that it logs": "\n".join(lines)}
        for place, text in places.items():
            for name, secret in hidden.items():
                expect(
                    secret not in text,
                    f"the secret of the option `{name}` to appear nowhere",
                    f"it is in {place}",
                )

    @check
    async def test_every_option_is_documented(self) -> None:
        """Every option has a docstring below it, or a description."""
        schema = type(self._new_provider().options).model_json_schema()
        models = [(schema.get("title", ""), schema), *schema.get("$defs", {}).items()]
        bare = [
            f"{model}.{name}"
            for model, described_as in models
            for name, option in described_as.get("properties", {}).items()
            if not option.get("description")
        ]
        expect(not bare, "a docstring below each option", f"none below {', '.join(bare)}")

    @check
    async def test_the_plugin_loads_without_its_sdk(self) -> None:
        """Importing the plugin's modules imports no SDK; `start` does."""
        provider = self._new_provider()
        registration = plugin_import.registration_of(provider)
        sdk = sorted({*self.sdk, *(registration.requires if registration else ())})
        modules = sorted({type(provider).__module__, type(provider.options).__module__})
        if not sdk:
            raise unittest.SkipTest("neither `sdk` nor the registration's `requires` names a module")
        if "__main__" in modules:
            raise unittest.SkipTest("the provider is defined in the program itself")
        wanted, error = await plugin_import.import_without(modules, sdk)
        expected = f"{' and '.join(modules)} to load where {', '.join(sdk)} cannot be imported"
        expect(not error, expected, error)
        expect(not wanted, f"no import of {', '.join(sdk)} before `start`", f"imported: {', '.join(wanted)}")

    @check
    async def test_options_that_are_named_like_a_secret_are_secret(self) -> None:
        """An option named like a key, a token, a secret or a password is a `SecretStr`, not a plain `str`."""
        bare = bare_secrets(type(self._new_provider().options))
        expect(
            not bare, "a SecretStr for each option named like a secret", f"plain text in {', '.join(bare)}"
        )
