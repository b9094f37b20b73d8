"""GitHub, seen with one token. Nobody outside of this folder knows PyGithub, a path of the API or a query."""
