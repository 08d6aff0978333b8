"""Is the document valid OpenAPI 3.1, as checked in and as served, and are its examples what its schemas say?"""

import json
from pathlib import Path

import requests
from openapi_schema_validator import OAS31Validator, oas31_format_checker
from openapi_spec_validator import OpenAPIV31SpecValidator

from clients import TOLD, saw


def examples(part, path=""):
    """All schemas with an example of theirs, wherever they stand."""
    if isinstance(part, list):
        for number, item in enumerate(part):
            yield from examples(item, f"{path}/{number}")
    if not isinstance(part, dict):
        return
    # What is inside an example is no part of the document.
    for name, inner in part.items():
        if name not in ("example", "examples", "default", "enum", "value"):
            yield from examples(inner, f"{path}/{name}")
    schema = part.get("schema", part)
    if "example" in part:
        yield path, schema, part["example"]
    shown = part.get("examples", [])
    for example in shown.values() if isinstance(shown, dict) else shown:
        yield path, schema, example["value"] if isinstance(shown, dict) else example


def check(name, document):
    OpenAPIV31SpecValidator(document).validate()
    count = 0
    for path, schema, example in examples(document):
        whole = {"allOf": [schema], "components": document["components"]}
        faults = list(OAS31Validator(whole, format_checker=oas31_format_checker).iter_errors(example))
        assert not faults, (name, path, example, [fault.message for fault in faults])
        count += 1
    assert count > 500, count
    saw(f"{name}: valid OpenAPI {document['openapi']}, and {count} examples are what their schemas say")


kept = json.loads(Path(TOLD["document"]).read_text())
served = requests.get(f"{TOLD['url']}/openapi.json").json()
check("docs/openapi.json", kept)
check("what is served", served)
assert served == kept
print("done")
