# SPDX-License-Identifier: Apache-2.0
"""xarf.py SCHEMAS FILE...: each line of each file against the master schema of
XARF v4 (JSON Schema 2020-12, formats asserted). Prints what is wrong."""
import json
import pathlib
import sys

import jsonschema

root = pathlib.Path(sys.argv[1])
schemas = [json.loads(f.read_text()) for f in root.rglob("*.json")]
store = {s["$id"]: s for s in schemas if "$id" in s}
master = next(s for s in schemas
              if s.get("$id", "").endswith("xarf-v4-master.json"))
resolver = jsonschema.RefResolver(master["$id"], master, store=store)
validator = jsonschema.Draft202012Validator(
    master, resolver=resolver, format_checker=jsonschema.FormatChecker())
bad = n = 0
for name in sys.argv[2:]:
    text = pathlib.Path(name).read_text()
    lines = [text] if name.endswith(".json") else text.splitlines()
    for line in lines:
        n += 1
        for e in validator.iter_errors(json.loads(line)):
            bad += 1
            print(f"{name}: {e.json_path}: {e.message[:200]}")
print(f"{n} reports, {bad} errors")
sys.exit(0 if bad == 0 and n > 0 else 1)
