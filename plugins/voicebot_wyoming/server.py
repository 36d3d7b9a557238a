"""A server at an address: what it offers, and connections to it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from difflib import get_close_matches

from voicebot import ProviderError
from voicebot_wyoming.address import Address, parse_address
from voicebot_wyoming.connection import Connection, open_connection
from voicebot_wyoming.failures import shown
from voicebot_wyoming.options import ServerOptions
from voicebot_wyoming.service_info import Model, Program, ServiceInfo, service_info


class Server:
    """Opens a connection for each request, so that a server that was restarted is found again.

    Args:
        program: the program to ask for; None for the server's first.
    """

    def __init__(self, options: ServerOptions, program: str | None = None) -> None:
        self.address: Address = parse_address(options.uri)
        self.timeout = options.timeout
        self._connect_timeout = options.connect_timeout
        self._program = program

    async def open(self) -> Connection:
        """Open a connection for one request.

        Raises:
            ProviderError: the server cannot be reached.
        """
        from wyoming.info import SelectProgram

        connection = await open_connection(self.address, self._connect_timeout)
        if self._program is not None:
            try:
                await connection.send(SelectProgram(self._program))
            except BaseException:
                await connection.close()
                raise
        return connection

    @asynccontextmanager
    async def connect(self) -> AsyncGenerator[Connection, None]:
        """Open a connection for one request, and close it afterwards."""
        connection = await self.open()
        try:
            yield connection
        finally:
            await connection.close()

    async def describe(self) -> ServiceInfo:
        """Ask the server what it offers.

        Raises:
            ProviderError: it cannot be reached, does not answer, or is not a Wyoming server.
        """
        from wyoming.info import Describe

        async with self.connect() as connection:
            connection.expect_answer(self.timeout)
            await connection.send(Describe())
            while (event := await connection.receive()).type != "info":
                pass  # a server may send other events first
            return service_info(event.data)


def choose_program(
    address: Address,
    programs: Sequence[Program],
    options: ServerOptions,
    model: str | None,
    kind: str,
) -> tuple[Program, Model | None]:
    """Return the program to use, and its model or voice if one was asked for.

    Args:
        programs: at least one; those with no list of models are taken to have any.
        kind: what the models are called in messages, such as "voice".

    Raises:
        ProviderError: the server does not have what the options name.
    """
    if options.program is not None:
        named = [program for program in programs if program.name == options.program]
        if not named:
            raise _lacks(address, "program", options.program, [program.name for program in programs])
        programs = named
    if model is None:
        return programs[0], None
    for program in programs:
        if (found := program.model(model)) is not None:
            return program, found
    for program in programs:
        if not program.models:
            return program, Model(model)
    raise _lacks(address, kind, model, [each.name for program in programs for each in program.models])


def check_speaker(address: Address, voice: Model, speaker: str) -> None:
    """Raise `ProviderError` if a voice lists its speakers, and this is none of them."""
    if voice.speakers and speaker not in voice.speakers:
        raise _lacks(address, "speaker", speaker, voice.speakers)


def _lacks(address: Address, kind: str, name: str, known: Sequence[str]) -> ProviderError:
    near = (
        get_close_matches(name, known, 3) or [other for other in known if name.lower() in other.lower()][:3]
    )
    listed = f"did you mean {_listed(near)}?" if near else f"it has {_listed(known[:8])}"
    more = f" and {len(known) - 8} more" if not near and len(known) > 8 else ""
    return ProviderError(f"the Wyoming server at {address} has no {kind} {name!r}; {listed}{more}")


def _listed(names: Sequence[str]) -> str:
    return ", ".join(repr(shown(name)) for name in names)
