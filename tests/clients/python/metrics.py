"""What Prometheus reads, read with the parsers of its own Python client, in both formats."""

import json
import os

import requests
from prometheus_client import parser
from prometheus_client.openmetrics import parser as openmetrics

TOLD = json.loads(os.environ["PORTCULLIS_TOLD"])
# What Prometheus 3 sends.
ACCEPT = (
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;"
    "q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
)


def read(accept, kind, parse):
    """Families of one format, and every sample by name and labels."""
    answer = requests.get(TOLD["url"], headers={"Accept": accept}, timeout=10)
    assert answer.status_code == 200, answer.status_code
    assert answer.headers["Content-Type"] == f"{kind}; charset=utf-8", answer.headers
    families = list(parse(answer.text))
    found = {}
    for family in families:
        assert family.documentation, family.name
        for sample in family.samples:
            key = (sample.name, tuple(sorted(sample.labels.items())))
            assert key not in found, key
            found[key] = sample.value
    return {family.name: family.type for family in families}, found


new_types, new = read(ACCEPT, "application/openmetrics-text; version=1.0.0", openmetrics.text_string_to_metric_families)
old_types, old = read("*/*", "text/plain; version=0.0.4", parser.text_string_to_metric_families)
print(f"{len(new_types)} families, {len(new)} series")
# The parser of the older format gives counters the short name too; an info is a gauge there.
assert {name: kind for name, kind in new_types.items() if kind != "info"}.items() <= old_types.items(), old_types
assert old_types["portcullis_build_info"] == "gauge" and new_types["portcullis_build"] == "info"
assert set(old) == set(new), set(old) ^ set(new)

by_name = {}
for (name, labels), value in new.items():
    by_name.setdefault(name, []).append((dict(labels), value))


def total(name, labels):
    """The sum of all series that have these labels; none that has is no nought."""
    values = [value for known, value in by_name.get(name, []) if labels.items() <= known.items()]
    assert values, f"{name}{labels} is not told"
    return sum(values)


for name, labels, expected in TOLD["equal"]:
    told = total(name, labels)
    assert told == expected, f"{name}{labels} is {told}, not {expected}"
for name, labels, least in TOLD["atLeast"]:
    told = total(name, labels)
    assert told >= least, f"{name}{labels} is {told}, less than {least}"
for name, kind in new_types.items():
    if kind != "histogram":
        continue
    for labels, count in by_name[f"{name}_count"]:
        buckets = [(b["le"], v) for b, v in by_name[f"{name}_bucket"] if {**b, "le": None} == {**labels, "le": None}]
        counts = [v for _, v in buckets]
        assert counts == sorted(counts) and dict(buckets)["+Inf"] == count, (name, labels, buckets)
for personal in TOLD["secret"]:
    assert not any(personal in value for (_, labels) in new for _, value in labels), personal
print("done")
