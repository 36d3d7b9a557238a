"""The command line. Its packages import only those below them.

::

    entry, main                    the process, and the command `voicebot` that finds the others
    commands                       the built-in commands, a module each
    conversation                   the parts of `voicebot run`: device, typed lines, view, metrics
    resources                      configs, single providers, sound files, standard input and output
    coroutines                     running a command's coroutine so that a signal ends it
    option_text, plugin_template   what `voicebot options` shows, and what `voicebot new-plugin` writes
    output                         everything that is printed
    process                        standard streams and signals
"""
