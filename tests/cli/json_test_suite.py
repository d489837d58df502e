#!/usr/bin/env python3
"""The files of JSONTestSuite, each as a whole file, as --data, and all one per line: n_ is refused, y_ is read but for the
two with a key twice, i_ is read or refused."""
import json
import pathlib
import tempfile

from program import check, run

FILES = sorted((pathlib.Path(__file__).resolve().parents[1] / "data" / "json_test_suite").glob("*.json"))
TWICE = {"y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json"}
# No mistake in a format that is a sequence of values, as many as they hold; as --data they are refused.
SEQUENCES = {
    "n_single_space.json": 0,
    "n_structure_no_data.json": 0,
    "n_structure_UTF8_BOM_no_data.json": 0,
    "n_structure_double_array.json": 0,
    "n_structure_object_with_trailing_garbage.json": 1,
}
FLOW = """flow_id: keep
routines: {a: {class: script, slots: [input], config: {lua: 'job.set_data("value", data)'}}}
"""
check("the suite is there", len(FILES) == 318, len(FILES))


def wanted(name):
    """True: must be read. False: must be refused. None: either."""
    if name in TWICE:
        return False
    return {"y": True, "n": False, "i": None}[name[0]]


def is_refused(record):
    return record["status"] == "failed" and record["error_detail"]["code"].startswith("input.") and record["data"] == {}


def same(value, text):
    """Python reads numbers as doubles or big integers: compared as it reads them."""
    return value == json.loads(text)


with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    flow = folder / "flow.yaml"
    flow.write_text(FLOW)
    fields = ("--fields", "status,data,error_detail,input")

    for file in FILES:
        result = run("-q", str(flow), "--input-format", "json", str(file), *fields)
        records = [json.loads(line) for line in result.stdout.splitlines()]
        refused = [record for record in records if is_refused(record)]
        want = wanted(file.name)
        if result.returncode not in (0, 1) or result.returncode != (1 if refused else 0):
            check(f"{file.name}: exit 0 or 1", False, result)
        if file.name in SEQUENCES:
            if refused or len(records) < SEQUENCES[file.name]:
                check(f"{file.name}: a sequence of values", False, result)
        elif want is not None and bool(refused) == want:
            check(f"{file.name}: {'read' if want else 'refused'}", False, result)
        if want:
            text = file.read_bytes().decode("utf-8-sig")
            value = json.loads(text)
            found = [record["data"]["value"] if "value" in record["data"] else None for record in records]
            if found != (value if isinstance(value, list) else [value]):
                check(f"{file.name}: as it was written", False, (found, value))
    check("each as a whole file", True)

    for file in FILES:
        text = file.read_bytes()
        if b"\0" in text or len(text) > 100000:
            continue
        result = run("-q", str(flow), "--data", text, *fields)
        want = wanted(file.name)
        if want and result.returncode != 0:
            check(f"{file.name}: is read", False, result)
        if want is False and result.returncode not in (1, 2):
            check(f"{file.name}: is refused", False, result)
        if result.returncode == 1 and not is_refused(json.loads(result.stdout)):
            check(f"{file.name}: says what is wrong", False, result)
    check("each as --data", True)

    lines = [file for file in FILES if b"\n" not in file.read_bytes() and file.read_bytes().strip(b" \t\r\xef\xbb\xbf")]
    joined = folder / "all.jsonl"
    joined.write_bytes(b"".join(file.read_bytes() + b"\n" for file in lines))
    for workers in ("1", "3"):
        result = run("-q", str(flow), str(joined), "-j", workers, *fields)
        check("exit 1", result.returncode == 1, result.returncode)
        records = [json.loads(line) for line in result.stdout.splitlines()]
        check("a record for each line", len(records) == len(lines), (len(records), len(lines)))
        for file, record in zip(lines, records):
            want = wanted(file.name)
            if want is not None and is_refused(record) == want:
                check(f"{file.name}, one line of many: {'read' if want else 'refused'}", False, record)
            if want and not same(record["data"].get("value"), file.read_bytes().decode()):
                check(f"{file.name}: as it was written", False, record)
        check(f"{len(lines)} of them one per line, {workers} workers", True)
