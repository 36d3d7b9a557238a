"""One import at a time among threads.

Python gives up with `_DeadlockError` when two threads load a package whose modules import each other, and
providers load their packages in threads, several at the same moment.
"""

from __future__ import annotations

import threading
from typing import Final

import_lock: Final = threading.RLock()
"""Hold it in a thread that imports what other providers may be importing: `with import_lock: import sdk`."""
