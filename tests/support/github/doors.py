"""Who is let in: tokens by header, their permissions by endpoint."""

from __future__ import annotations

import base64
import binascii

from .routes import Route
from .tokens import Token
from .web import Ask, Refusal, Request, not_found
from .world import World


def secret_of(authorization: str) -> str:
    """The token in `Bearer T`, `token T` or `Basic user:T`."""
    scheme, _, rest = authorization.partition(" ")
    if scheme.lower() in ("bearer", "token"):
        return rest.strip()
    try:
        return base64.b64decode(rest).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def let_in(world: World, request: Request) -> Token:
    """The token of a request, or 401, or 403 where single sign-on is asked for."""
    header = request.headers.get("Authorization", "")
    if not header:
        raise Refusal(401, "Must authenticate to access this API.")
    token = world.tokens.find(secret_of(header))
    if token is None or token.expired:
        raise Refusal(401, "Bad credentials")
    if token.sso:
        raise single_sign_on(world, token)
    return token


def single_sign_on(world: World, token: Token) -> Refusal:
    url = f"{world.url}/orgs/{token.sso}/sso?authorization_request=A1B2C3"
    message = (
        "Resource protected by organization SAML enforcement. You must grant your Personal Access token "
        "access to this organization."
    )
    return Refusal(403, message, headers={"X-GitHub-SSO": f"required; url={url}"})


def reachable(one: Route, ask: Ask) -> None:
    """404 where the person or the token does not see the repository; 403 where the token lacks a permission."""
    if "owner" in ask.parts and (
        ask.repository is None or ask.world.level(ask.token, ask.repository) == "none"
    ):
        raise not_found()
    if not ask.token.may(one.needs):
        raise lacking(ask.token, one.needs)


def lacking(token: Token, needs: str) -> Refusal:
    if token.permissions is None:
        headers = {"X-Accepted-OAuth-Scopes": "repo"}
        return Refusal(404, "Not Found", headers=headers)
    headers = {"X-Accepted-GitHub-Permissions": needs.replace(":", "=")}
    return Refusal(403, "Resource not accessible by personal access token", headers=headers)
