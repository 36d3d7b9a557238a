"""From the text of a config to a tree in which every value knows its place."""
