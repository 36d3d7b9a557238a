"""configuration.md: the rules of a config file, and every setting beside the providers' own options."""

from __future__ import annotations

import inspect

from generator.markdown import code, joined, table
from generator.optionwords import option_table
from voicebot.config.load import DEFAULTS
from voicebot.config.schema import Settings
from voicebot.config.shipped import shipped_configs
from voicebot.plugin.registry import LISTED, SELECTED_ONCE, interface

_INTRO = """
# Configuration

A config is one YAML file: it says which providers a bot is made of, and who the bot is.
`voicebot check FILE` reports everything that is wrong with one, each problem as
`file:line:column: message`, without starting anything.

```yaml
# bot.yaml
extends: offline.yaml
name: Robin
greeting: Hello, I am Robin.
synthesizer:
  provider: espeak
  voice: en-gb
turns:
  patience: 1.0
```
"""
_LISTS = """
One section is a list, of which each item selects a provider in the same way:

```yaml
# watched.yaml
extends: offline.yaml
observers:
  - provider: transcript
    file: talks/{started}.md
```
"""
_EXTENDS = """
## extends

`extends: FILE` lays this config over another one. The file is looked for beside the file that says so,
then among the configs that come with voicebot: {shipped}. `.yaml` may be left out. Commands find a config
in the same way, beginning where you are: `voicebot run offline`. Without one they use `offline`.

- Mappings are merged, to any depth. Lists and single values are replaced.
- A section that names another `provider` than the config below starts afresh: options of one provider
  never reach another.
- A config that is extended may extend another one.
- It is an ordinary file; pipes, devices and files of the system are refused. The config that a command is
  given may also be a pipe, such as `<(...)` of a shell.
- A config has at most 1 MB, 20,000 values and 100 levels.
"""
_SET = """
## On the command line

`--set` sets an option for one run, as a config would that extends yours. It may be repeated:

<!-- not run: it is spoken -->
```console
$ voicebot run offline --set synthesizer.rate=180 --set turns.patience=quick
```

- The value is YAML: `--set 'phrases=[ahoy, matey]'`, `--set voice_activity=null`. Nothing is an empty text.
- A number names an item of a list, from 0: `--set observers.0.file=talk.md`.
- Another `provider` starts afresh, and the other settings are its own.
- Variables are replaced. Relative paths begin where you are. `extends` stands in files only.
- It is checked as in a file; problems name the `command line` in place of one.
"""
_VARIABLES = """
## Variables

Any text may hold variables. Their values come from the environment. The commands also read a file `.env`
in the directory where they run, and one beside the config; what is set in the environment goes first.
What is in `.env` reaches configs alone, where they name it. It does not get into the environment: what
Python, libraries or a proxy need there (`HTTPS_PROXY`, `SSL_CERT_FILE`, `AZURE_CLIENT_ID`) is set by a shell
or a service manager.

| form | meaning |
| --- | --- |
| `${NAME}` | the value; it is an error if there is none |
| `${NAME:?message}` | the same, and the message says what to do |
| `${NAME:-default}` | the value, or the default where it is unset or empty |
| `${NAME:+text}` | the text where there is a value that is not empty, else nothing |
| `${NAME-default}`, `${NAME?message}`, `${NAME+text}` | the same, where an empty value counts as a value |
| `$$` | a dollar |

A dollar before anything else is itself. A default may hold variables.

```yaml
# variables.yaml
extends: ollama.yaml
chat:
  provider: openai
  model: ${OLLAMA_MODEL:-llama3.2}
  base_url: ${OLLAMA_URL:-http://localhost:11434/v1}
```
"""
_SECRETS = """
## Secrets

Options of the type *secret* (keys) belong into the environment or `.env`, and reach a config as
`${NAME}`. One that stands in a config in clear is warned of. Secrets never appear in logs, errors or
messages.
"""
_REST = """
## Paths, numbers, places for anchors

- A relative path in a config starts from the directory of the file that says it. `~` is your home.
- Times are in seconds, sizes in the units that the tables name.
- Sections whose names begin with `x-` are ignored: a place for YAML anchors.
- One file is one document, in UTF-8, of at most 1 MB. A key may stand only once in a mapping.
"""


def page() -> str:
    """Return the page."""
    extends = _EXTENDS.format(shipped=", ".join(f"`{name}.yaml`" for name in shipped_configs()))
    return joined(
        _INTRO,
        "## Sections that select a provider",
        "The options of each provider are in [providers](providers.md).",
        table(("section", "selects", "without it"), [_kind(kind) for kind in SELECTED_ONCE]),
        _LISTS,
        table(("section", "lists", "without it"), [_list(*each) for each in LISTED.items()]),
        "## Settings",
        option_table(Settings, only=_top_level()),
        *_nested(),
        extends,
        _SET,
        _VARIABLES,
        _SECRETS,
        _REST,
    )


def _list(kind: str, section: str) -> tuple[str, str, str]:
    doc = inspect.cleandoc(interface(kind).__doc__ or "").split("\n\n")[0]
    return code(section), doc, "none"


def _kind(kind: str) -> tuple[str, str, str]:
    doc = inspect.cleandoc(interface(kind).__doc__ or "").split("\n\n")[0]
    return code(kind), doc, code(DEFAULTS[kind]) if kind in DEFAULTS else "an error"


def _top_level() -> frozenset[str]:
    return frozenset(Settings.model_fields) - set(_sections())


def _nested() -> list[str]:
    blocks = []
    for name, model in _sections().items():
        blocks += [
            f"### {name}",
            inspect.cleandoc(model.__doc__ or ""),
            option_table(Settings, only=frozenset({name})),
        ]
    return blocks


def _sections() -> dict[str, type]:
    return {
        name: type(field.default)
        for name, field in Settings.model_fields.items()
        if hasattr(field.default, "model_fields")
    }
