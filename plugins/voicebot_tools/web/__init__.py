"""The toolset `http`: calls of web services, described in the config.

toolset                  the provider
exchange                 one request and its response
client                   the HTTP client: no cookies, no redirects, secrets below the log
failures                 what went wrong, in one line
response                 from the response to the result
options                  what a config describes
parameters               an argument, as it describes it
template | selection     placeholders in addresses and bodies; a part of a JSON document
"""
