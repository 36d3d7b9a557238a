"""Reading configs: from files to a tree in which every value knows its place."""
