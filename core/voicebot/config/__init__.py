"""Configs: YAML files, checked completely before anything starts; each problem has its location.

::

    edits                    a config that is saved while it is used
    json_schema, resolved    what an editor needs; a config without its secrets, to keep
    load                     a whole config, checked
    bot_config               what that gives: `BotConfig`
    needed                   what it needs besides: packages, other files
    prices                   files of prices
    load_options             files of options that are no config, such as scenarios
    checking, environment    a tree against options models; variables and `.env` files
    reading                  from files to a tree in which every value has a position
    schema                   the settings that are not options of a provider
    shipped, suggestions     the configs that come with voicebot; "did you mean"
"""
