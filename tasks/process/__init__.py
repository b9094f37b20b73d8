"""The one place that starts processes. Argument lists only, never a shell string; many threads at once.

`command.run` is for short commands such as git, `supervise.supervise` for agents and checks: output on disk,
a wall clock, and an end for everything that was started. A child gets its own session, so a terminal's ^C
reaches the runner alone. The environment that a caller gives is the whole environment.
"""
