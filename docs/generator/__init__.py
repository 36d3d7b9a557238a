"""The reference pages, each made by a module of its own."""
