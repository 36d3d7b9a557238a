"""What a bot makes of its own voice and of a user's, through a virtual sound card, in real time.

    python tests/benchmarks/echo_card.py [--modes none mute cancel] [--levels -30 -20 -12 -6 0]

The offline bot tells a story while its voice is looped back to its microphone, so many dB fainter than it is
played; after eight seconds a user asks something over it. Printed is what it says, is asked, and takes for
its own. The figures depend on what else the machine does: a busy one leaves gaps in what a card plays. What
does not depend on it is tested in virtual time (tests/end_to_end/test_echo.py). Needs PulseAudio and flite.
"""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2]))
from tests.conftest import SoundServer

RATE = 16_000
QUESTION = "where is the treasure"
STORY = (
    "One night the moon fell into the sea. We pulled it up with a net, and hung it back. Not one soul "
    "thanked us. But look: to this day it has marks where the cook held it with his greasy thumbs. I once "
    "met a whale who was afraid of the dark. So we sailed beside him with a lantern, all the way to morning."
)
CARD = f"""\
recognizer: {{provider: pocketsphinx}}
synthesizer: {{provider: espeak, rate: 150}}
chat:
  provider: script
  rules: [{{patterns: [{QUESTION}], answers: [Under the palm tree.]}}]
  default: [Pardon.]
greeting: "{STORY}"
"""


def converse(server: SoundServer, folder: Path, mode: str, decibels: int, question: bytes) -> list[str]:
    """Return the lines of one conversation, warnings last."""
    (folder / "card.yaml").write_text(f"{CARD}echo: {mode}\n")
    command = [sys.executable, "-m", "voicebot", "run", "card.yaml"]
    with (
        server.echo(decibels),
        server.recording() as heard,
        subprocess.Popen(
            command, cwd=folder, env=server.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True,
        ) as bot,
    ):  # fmt: skip
        server.wait_for_sound(heard)
        server.wait_for_growth(heard, 2 * RATE * 8)
        server.play(question)
        server.wait_for_growth(heard, 2 * RATE * 20)
        bot.send_signal(signal.SIGINT)
        return bot.communicate()[0].splitlines()


def main() -> None:
    """Print what was said at each level in each mode."""
    parser = argparse.ArgumentParser(description="Measure echo through a virtual sound card.")
    parser.add_argument("--modes", nargs="+", default=["none", "mute", "cancel"])
    parser.add_argument("--levels", nargs="+", type=int, default=[-30, -20, -12, -6, 0], help="dB")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="vb") as name:
        folder = Path(name)
        subprocess.run(["flite", "-voice", "rms", "-t", QUESTION, "-o", folder / "question.wav"], check=True)
        question = (folder / "question.wav").read_bytes()[44:] + bytes(RATE)
        server = SoundServer(folder)
        try:
            for mode in asked.modes:
                for decibels in asked.levels:
                    print(f"{mode}, {decibels} dB:", flush=True)
                    for line in converse(server, folder, mode, decibels, question):
                        print(f"    {line}")
        finally:
            server.stop()


if __name__ == "__main__":
    main()
