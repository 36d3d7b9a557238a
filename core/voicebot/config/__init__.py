"""Configs: YAML files, checked completely before anything starts, with every problem at its place."""
