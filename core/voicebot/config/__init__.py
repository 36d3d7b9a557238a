"""Configs: YAML files that are checked completely before anything starts; every problem has a position.

::

    json_schema              what an editor needs
    load                     a whole config, checked: `BotConfig`
    checking, environment    a tree against options models; variables and `.env` files
    reading                  from files to a tree in which every value has a position
    schema                   the settings that are not options of a provider
    shipped, suggestions     the configs that come with voicebot; "did you mean"
"""
