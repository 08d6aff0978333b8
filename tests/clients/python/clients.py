"""What the scripts share."""

import hashlib
import json
import os

from rocketchat_API.APIExceptions.RocketExceptions import RocketApiException
from rocketchat_API.rocketchat import RocketChat

# What the test told the script: `url`, `admin`, `adminPassword`, and `mails`, where they are written.
TOLD = json.loads(os.environ["PORTCULLIS_TOLD"])


def saw(what):
    """Says what was seen to be so."""
    print(f"saw: {what}")


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


def client(user=None, password=None, code=None, method=None):
    """A client, signed in if there is a password. The package knows nothing of second factors: a code goes into the
    headers that all its requests have, at sign-in too."""
    made = RocketChat(server_url=TOLD["url"])
    with_code(made, code, method)
    if password:
        made.login(user, password)
    return made


def with_code(rocket, code=None, method=None):
    """Sends a code with all further requests, or none any more."""
    for name, value in (("x-2fa-code", code), ("x-2fa-method", method)):
        rocket.headers.pop(name, None)
        rocket.session.headers.pop(name, None)
        if value is not None:
            rocket.session.headers[name] = value
    return rocket


def refused(status, code, call, *arguments, **more):
    """Makes a call that must be refused; answers its exception."""
    try:
        answer = call(*arguments, **more)
    except RocketApiException as error:
        assert (error.status_code, error.error_type) == (status, code), (error.status_code, error.response)
        return error
    raise AssertionError(f"not refused: {answer}")
