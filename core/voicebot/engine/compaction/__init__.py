"""Compaction: older turns become a summary by the chat model, in the background (`history.compact`).

`compaction.py` decides when, `summary.py` asks the chat model, `history.py` puts the summary into requests.
"""
