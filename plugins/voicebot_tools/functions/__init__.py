"""The toolset `python`: functions marked with `@tool`, in a file beside the config or in a module.

toolset                       the provider and its options
loading                       importing the file or module
running                       calling a function and streaming what comes of it
caller                        the caller of a function that runs in a thread
function_tool                 a function as a tool: its schema, its description
source | docstring            what can be read without importing; descriptions
marks                         mistakes in `@tool(...)` and in what a tool yields
blocking | result             whether a call blocks the event loop; what a function returned
"""
