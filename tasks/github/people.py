"""Who may write to a repository. An association tells it of the owner alone: members of an organization may only
read, and who hides the membership looks like a stranger.
"""

from .api import Api, NotFound, part
from .problems import Refused
from .rows import WRITERS, Row, login_of

WRITE_ROLES = ("admin", "maintain", "write")


class People:
    """Of the repository `name`. Each is asked for once."""

    def __init__(self, api: Api, name: str) -> None:
        self._api, self._path = api, f"/repos/{name}/collaborators"
        self._asked: dict[str, bool | None] = {}

    def may_write(self, login: str, otherwise: bool = False) -> bool:
        """`otherwise`: what is believed where the token may not ask."""
        if login not in self._asked:
            self._asked[login] = self._ask(login)
        answer = self._asked[login]
        return otherwise if answer is None else answer

    def wrote(self, row: Row) -> bool:
        """Is the author of an issue or a comment, a REST row, somebody who may write?"""
        association, login = str(row["author_association"]), login_of(row)
        if association == "OWNER" or not login:
            return association == "OWNER"
        return self.may_write(login, otherwise=association in WRITERS)

    def _ask(self, login: str) -> bool | None:
        """None: the token may not ask. Apps are no people: 404."""
        try:
            found = self._api.known(f"{self._path}/{part(login)}/permission")
        except NotFound:
            return False
        except Refused as refused:
            if refused.status != 403:
                raise
            return None
        return bool(found["permission"] in WRITE_ROLES)
