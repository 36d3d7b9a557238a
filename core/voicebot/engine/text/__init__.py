"""Text alone: what a model writes made fit to be spoken, and what words mean. Pure, and all languages."""
