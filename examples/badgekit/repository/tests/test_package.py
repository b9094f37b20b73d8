"""The package imports, and its application answers."""

import unittest

import badgekit
from badgekit import credentials
from badgekit.api import create_app
from badgekit.errors import MalformedCredentialError
from badgekit.web import App, Request, Response, Route
from tests import samples


class PackageTest(unittest.TestCase):
    def test_version_has_three_numbers(self) -> None:
        self.assertRegex(badgekit.__version__, r"^\d+\.\d+\.\d+$")

    def test_unknown_path_is_not_found(self) -> None:
        response = create_app().dispatch(Request("GET", "/nowhere"))
        self.assertEqual(response.status, 404)

    def test_wrong_method_names_the_right_one(self) -> None:
        app = App([Route("POST", "/echo", lambda request, _: Response(request.body, "text/plain"))])
        response = app.dispatch(Request("GET", "/echo"))
        self.assertEqual(response.status, 405)
        self.assertIn(("Allow", "POST"), response.headers)


class CredentialsTest(unittest.TestCase):
    def test_round_trip(self) -> None:
        credential = samples.credential()
        self.assertEqual(credentials.loads(credentials.dumps(credential)), credential)

    def test_what_is_no_credential_is_refused(self) -> None:
        for text in ("{", "[]", "{}", '{"type": "Badge"}'):
            with self.subTest(text), self.assertRaises(MalformedCredentialError):
                credentials.loads(text)

    def test_endless_numbers_are_refused(self) -> None:
        with self.assertRaises(MalformedCredentialError):
            credentials.dumps(credentials.loads('{"type": "VerifiableCredential", "n": 1e999}'))


if __name__ == "__main__":
    unittest.main()
