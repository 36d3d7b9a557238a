"""`fallback`: if one provider fails, the next one is asked."""
