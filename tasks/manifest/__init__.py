"""milestone.yaml: reading, checking, writing, and what a person may set in it."""
