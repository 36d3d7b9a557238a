"""What conversations use, added up, and what it costs; nothing here knows a service or a price.

::

    lines      both in words
    prices     what one use costs, and many
    amounts    seconds, characters and tokens, added up
    currencies codes of currencies
"""
