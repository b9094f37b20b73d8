"""auto-milestone: plans a milestone and lands it, one receipt at a time."""
