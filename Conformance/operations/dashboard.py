#!/usr/bin/env python3
"""Reads a Grafana dashboard and a file of alerts, lets promtool parse every query of the dashboard, and prints the names of
our metrics that the two ask for, one a line.

    Conformance/operations/dashboard.py Packaging/grafana/hilum.json Packaging/prometheus/hilum.rules.yml"""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

dashboard, rules = (Path(name).read_text() for name in sys.argv[1:])
panels = json.loads(dashboard)["panels"]
queries = [target["expr"] for panel in panels for target in panel["targets"]]
# What Grafana puts in for its own variables.
plain = [query.replace("$__rate_interval", "5m").replace("$instance", ".*") for query in queries]
with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
    json.dump({"groups": [{"name": "dashboard", "rules": [
        {"record": f"query_{number}", "expr": query} for number, query in enumerate(plain)]}]}, file)
    file.flush()
    check = subprocess.run(["promtool", "check", "rules", file.name], capture_output=True, text=True)
    if check.returncode:
        sys.exit(f"dashboard: {check.stdout}{check.stderr}")
places = {(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels}
if len(places) != len(panels):
    sys.exit("dashboard: two panels stand in one place")
# A rule's own words may name a metric too, which is right.
names = set(re.findall(r"\bhilum_[a-z_]+", "\n".join(plain) + rules))
# Series of a histogram have endings of their own.
print("\n".join(sorted(names)))
