"""`fallback`: where one provider fails, the next one is asked."""
