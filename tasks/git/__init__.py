"""Git as named questions and a few named deeds. Nobody outside this folder spells a git command."""
