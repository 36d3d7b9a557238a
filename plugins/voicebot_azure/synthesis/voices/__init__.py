"""The voices of Azure Speech: their options, their names, and what each family of them supports."""
