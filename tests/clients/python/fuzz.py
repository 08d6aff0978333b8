"""Schemathesis on a running server, with one kind of credential: it answers as its document says, whatever it is sent.

What a call takes away is put back at once, so that the calls after it find something too.
"""

import json
import re
from collections import Counter
from pathlib import Path

import requests
import schemathesis
from schemathesis.cli import schemathesis as command
from schemathesis.core.failures import AcceptedNegativeData, ServerError

from clients import TOLD
from fuzz_story import Story

# A business rule may refuse with 400 what is well-formed, so `positive_data_acceptance` would say nothing. The stateful
# phase and its checks follow links, and the document has none. Which operation lets in whom is held against a table by
# other tests, so `ignored_auth` would tell nothing new.
CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "unsupported_method",
    "allow_header_conformance",
]

# Operations that send to 3dEye what they were sent, and may be told no: 502, or 503 while it is left alone. Nothing else
# may answer with a status from 500 on.
ASKING_3DEYE = """
    readCameraCredentials resetThreeDEyeUser compareThreeDEye repairThreeDEye backfillThreeDEye
    createCameraRole deleteCameraRole assignCameraRoleUser removeCameraRoleUser
""".split()

story = Story(TOLD)
kind = story.kinds[TOLD["kind"]]
calls, well, statuses = Counter(), Counter(), Counter()


@schemathesis.hook
def before_call(context, case, kwargs):
    # Only now, as a session may have ended since the case was made.
    case.headers = {**(case.headers or {}), **kind.headers()}
    story.aim(case)


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """What the contracts have otherwise than these checks suppose."""
    if isinstance(failure, ServerError):
        asked = case.operation.definition.raw["operationId"] in ASKING_3DEYE
        told = asked and "3dEye" in response.json().get("message", "")
        return not (told and response.status_code in (502, 503))
    if isinstance(failure, AcceptedNegativeData) and case.path.startswith("/api/v1/"):
        return not counts_as_empty(response.request)
    return True


def counts_as_empty(request):
    """On these routes JSON that is null or cannot be read is a body without fields: clients of the peer send it."""
    if "json" not in request.headers.get("Content-Type", ""):
        return False
    try:
        return json.loads(request.body or "null") is None
    except ValueError:
        return True


@schemathesis.hook
def after_call(context, case, response):
    operation = case.operation.definition.raw["operationId"]
    calls[operation] += 1
    statuses[response.status_code] += 1
    if response.status_code < 300:
        well[operation] += 1
        # An answer that was remembered is of a call before.
        if "idempotent-replayed" not in response.headers:
            story.put_back(operation, response)
    elif response.status_code == 401:
        kind.refused()


arguments = ["--config-file", str(Path(__file__).with_name("schemathesis.toml"))]
arguments += ["run", f"{TOLD['url']}/openapi.json", "--seed", "20261121", "--checks", ",".join(CHECKS)]
arguments += ["--phases", kind.phases, "--max-examples", "8", "--no-color"]
arguments += ["--continue-on-failure", "--generation-database", "none", "--suppress-health-check", "all"]
arguments += ["--include-path-regex", kind.paths]
for operation in kind.left_out:
    arguments += ["--exclude-operation-id", operation]
try:
    command.main(args=arguments, standalone_mode=False)
    ended = 0
except SystemExit as end:
    ended = end.code
print(dict(sorted(statuses.items())))
asked, done = f"{sum(calls.values())} calls of {len(calls)} operations", f"{sum(well.values())} went well, of {len(well)}"
print(f"{TOLD['kind']}: {asked}; {done}")
assert not ended, f"schemathesis ended with {ended}"
document = requests.get(f"{TOLD['url']}/openapi.json").json()["paths"]
known = {one["operationId"] for path, item in document.items() if re.match(kind.paths, path) for one in item.values()}
assert set(calls) == known - set(kind.left_out), set(calls) ^ known
assert set(well) == kind.goes_well(calls), set(well) ^ kind.goes_well(calls)
print("done")
