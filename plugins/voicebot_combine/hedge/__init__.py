"""`hedge`: if one provider is slow, a second one is asked too, and the quicker answer wins."""
