"""The errors badgekit raises, all under one root.

``code`` is the stable name an HTTP client can rely on, ``status`` the HTTP status it comes with.
The message is for people and may change.
"""


class BadgekitError(Exception):
    """Root of everything badgekit raises on purpose."""

    code = "internal_error"
    status = 500


class BadRequestError(BadgekitError):
    """The request itself cannot be understood."""

    code = "bad_request"
    status = 400


class PayloadTooLargeError(BadgekitError):
    """The request body is larger than the deployment allows."""

    code = "payload_too_large"
    status = 413


class UnsupportedFormatError(BadgekitError):
    """The image is in a format that badgekit does not handle."""

    code = "unsupported_format"
    status = 415


class MalformedImageError(BadgekitError):
    """The image claims a format and then breaks its rules."""

    code = "malformed_image"
    status = 422


class MalformedCredentialError(BadgekitError):
    """The credential is not a JSON object of the right shape."""

    code = "malformed_credential"
    status = 422


class CredentialNotFoundError(BadgekitError):
    """The image is sound, and carries no credential."""

    code = "credential_not_found"
    status = 422
