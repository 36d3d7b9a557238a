"""Who may come in: keys, one-use tokens, origins, proxies that sign users in; how much a client may do."""
