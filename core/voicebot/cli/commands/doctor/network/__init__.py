"""The servers that the providers of a config connect to, and the way to them.

::

    servers         what is found about all of them
    clock | environment
    visit           connects to one server as a provider does, without a key
    tunnel          through a proxy
    connection
    proxies | certificates
    failure         why it cannot be reached
"""
