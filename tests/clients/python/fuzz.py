"""Schemathesis on a running server, with one kind of credential: it answers as its document says, whatever it is sent.

What a call takes away is put back at once, so that the calls after it find something too.
"""

import sys
from collections import Counter
from pathlib import Path

import schemathesis
from schemathesis.cli import schemathesis as command
from schemathesis.core.failures import AcceptedNegativeData

from clients import TOLD
from fuzz_story import Story

# A business rule may refuse what is well-formed with 400, so that `positive_data_acceptance` would say nothing. The
# stateful phase and its checks follow links, and the document has none. Who is let in with what is held against the table of
# authorisations elsewhere, so `ignored_auth` would tell nothing new.
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
    # On these routes null is a body without fields, as an empty one is: clients of the peer send it.
    return not (isinstance(failure, AcceptedNegativeData) and case.path.startswith("/api/v1/") and case.body is None)


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
arguments += ["--phases", "examples,coverage,fuzzing", "--max-examples", str(kind.examples), "--no-color"]
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
print("never well:", sorted(set(calls) - set(well)))
print(f"{TOLD['kind']}: {sum(calls.values())} calls of {len(calls)} operations; {sum(well.values())} went well, of {len(well)}")
if ended:
    sys.exit(ended)
