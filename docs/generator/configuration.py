"""configuration.md: the rules of a config file, and all settings other than the providers' own options."""

from __future__ import annotations

import inspect

from generator.markdown import code, joined, table
from generator.optionwords import option_table
from generator.providers import our_sections
from voicebot.config.load import DEFAULTS
from voicebot.config.schema import Settings
from voicebot.config.shipped import shipped_configs
from voicebot.plugin.registry import LISTED, SELECTED_ONCE, interface

_INTRO = """
# Configuration

A config is a YAML file that selects a bot's providers and describes its persona.
`voicebot check FILE` reports every problem in it as `file:line:column: message`, without starting
anything.

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
One section is a list whose items each select a provider in the same way:

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

`extends: FILE` merges this config over another one. voicebot looks for the file next to the config that
extends it, then among the configs that come with voicebot: {shipped}. You can leave out `.yaml`. Commands
find a config in the same way, starting from the current directory: `voicebot run offline`. Without one,
they use your own `local.yaml` or `offline.yaml` in that directory; if there is none, `local` if everything
that it needs is installed, else `offline`.

- Mappings are merged, to any depth. Lists and single values are replaced.
- A section that names another `provider` than the extended config starts from scratch: options of one
  provider never reach another. In such a section, `inherited` stands for the section that it replaces
  wherever a provider can be given, so that a provider can wrap the one of the extended config.
- A config that is extended may extend another one.
- An extended config must be a regular file; pipes, devices and system files are rejected. The config that
  you pass to a command may also be a pipe, such as `<(...)` in a shell.
- A config may have at most 1 MB, 20,000 values and 100 levels.

```yaml
# cached.yaml
extends: offline.yaml
synthesizer:
  provider: cache
  of: inherited  # the voice of offline.yaml
```
"""
_SET = """
## On the command line

`--set` sets an option for one run, like a config that extends yours. You can repeat it:

<!-- not run: it is spoken -->
```console
$ voicebot run offline --set synthesizer.rate=180 --set turns.patience=quick
```

- The value is YAML: `--set 'phrases=[ahoy, matey]'`, `--set voice_activity=null`. No value means an empty
  text.
- A number is the index of a list item, from 0: `--set observers.0.file=talk.md`.
- With another `provider`, the section starts from scratch, and all other settings of the section are for
  it.
- Variables are replaced. Relative paths start from the current directory. `extends` works in files only.
- Values are checked as in a file; problems name the `command line` instead of a file.
"""
_VARIABLES = """
## Variables

Any text may contain variables. Their values come from the environment. The commands also read a file `.env`
in the current directory, and one next to the config; the environment takes precedence. Values from `.env`
are used only in configs that refer to them. They do not enter the environment: set variables that Python,
libraries or a proxy need (`HTTPS_PROXY`, `SSL_CERT_FILE`, `AZURE_CLIENT_ID`) in your shell or service
manager.

| form | meaning |
| --- | --- |
| `${NAME}` | the value; an error if there is none |
| `${NAME:?message}` | the same, with a message that says what to do |
| `${NAME:-default}` | the value, or the default if it is unset or empty |
| `${NAME:+text}` | the text if the value is set and not empty, otherwise nothing |
| `${NAME-default}`, `${NAME?message}`, `${NAME+text}` | the same, but an empty value counts as set |
| `$$` | a dollar sign |

A dollar sign before anything else stands for itself. A default may contain variables.

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

Put the values of options of type *secret* (keys) in the environment or `.env`, and refer to them as
`${NAME}`. voicebot warns about a secret in plain text; among headers and variables of a program, about those
whose name or value looks like one. Secrets never appear in logs, errors or messages.
"""
_REST = """
## Paths, units and anchors

- A relative path is relative to the directory of the config that contains it. `~` is your home directory.
- Times are in seconds, sizes in the units that the tables give.
- Sections whose names begin with `x-` are ignored, so you can use them for YAML anchors.
- A file contains one document, in UTF-8, of at most 1 MB. A key may occur only once in a mapping.
"""


def page() -> str:
    """Return the page."""
    extends = _EXTENDS.format(shipped=", ".join(f"`{name}.yaml`" for name in shipped_configs()))
    return joined(
        _INTRO,
        "## Sections that select a provider",
        "[Providers](providers.md) describes the options of each provider.",
        table(("section", "selects", "without it"), [_kind(kind) for kind in SELECTED_ONCE]),
        _LISTS,
        table(("section", "lists", "without it"), [_list(*each) for each in LISTED.items()]),
        "## Settings",
        option_table(Settings, only=_top_level()),
        *_nested(),
        "## Sections of plugins",
        "Plugins can add sections. They are checked like all others; commands that do not need them ignore "
        "them. These come with voicebot:",
        *_of_plugins(),
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


def _of_plugins() -> list[str]:
    blocks = []
    for section in our_sections():
        doc = inspect.cleandoc(section.options.__doc__ or "")
        blocks += [f"### {section.name}", doc, option_table(section.options)]
    return blocks


def _sections() -> dict[str, type]:
    return {
        name: type(field.default)
        for name, field in Settings.model_fields.items()
        if hasattr(field.default, "model_fields")
    }
