"""Lets programs that are not ours judge the objects that Hilum wrote, and prints a table (Markdown).

Usage: judge.py RESULTS [--sources FOLDER]
       judge.py --report FILE      only what highdicom's reader finds in one report; fails when a part is missing
RESULTS holds reports and pictures (a PACS's folder, or `hilum analyze --output`); FOLDER the images they are about,
for dcentvfy, which looks for contradictions between objects of one study.
"""
import argparse
import collections
import pathlib
import subprocess
import sys
import tempfile

import highdicom
import pydicom


def run(*command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, errors="replace")
    return done.returncode, done.stdout + done.stderr


def errors_of(text):
    return [line for line in text.splitlines() if line.startswith("Error")]


def judge_report(path):
    """What highdicom's reader finds: class, confidence and triage of the first group that has them."""
    report = highdicom.sr.srread(str(path))
    found = {}
    for group in report.content.get_planar_roi_measurement_groups():
        for measurement in group.get_measurements():
            found.setdefault(measurement.name.meaning, f"{float(measurement.value):g}")
        for evaluation in group.get_qualitative_evaluations():
            found.setdefault(evaluation.name.meaning, evaluation.value.meaning)
        finding = group.finding_type
        if finding is not None:
            found.setdefault("Finding", finding.meaning)
    return found


def judge(path):
    data = pydicom.dcmread(path)
    complaints = errors_of(run("dciodvfy", path)[1])
    if data.Modality == "SR":
        status, text = run("dsrdump", path)
        complaints += [f"dsrdump: {text.strip()[:100]}"] if status else []
        with tempfile.NamedTemporaryFile(suffix=".html") as page:
            status, text = run("dsr2html", path, page.name)
            complaints += [f"dsr2html: {text.strip()[:100]}"] if status else []
    try:  # pydicom's strict writer
        with tempfile.NamedTemporaryFile() as copy, pydicom.config.strict_reading():
            pydicom.dcmread(path).save_as(copy.name, enforce_file_format=True)
    except Exception as error:
        complaints.append(f"pydicom: {error}")
    found = {}
    if data.SOPClassUID.name in ("Comprehensive 3D SR Storage", "Comprehensive SR Storage", "Enhanced SR Storage"):
        try:
            found = judge_report(path)
        except Exception as error:
            complaints.append(f"highdicom: {error}")
    return data, complaints, found


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("results", type=pathlib.Path, nargs="?")
    parser.add_argument("--sources", type=pathlib.Path)
    parser.add_argument("--report", type=pathlib.Path)
    a = parser.parse_args()
    if a.report:
        found = judge_report(a.report)
        print(found)
        sys.exit(0 if {"Finding", "Certainty of Finding", "Priority"} <= found.keys() else 1)
    studies, failures = collections.defaultdict(list), 0
    print("| object | kind | complaints | class | certainty | triage |\n|---|---|---|---|---|---|")
    for path in sorted(p for p in a.results.rglob("*") if p.is_file()):
        try:
            data, complaints, found = judge(path)
        except pydicom.errors.InvalidDicomError:
            continue
        studies[data.StudyInstanceUID].append(path)
        failures += len(complaints)
        triage = next((value for name, value in found.items() if name.startswith("Priority")), "")
        print(f"| {path.name} | {data.SOPClassUID.name} | {'; '.join(complaints) or 'none'} | "
              f"{found.get('Finding', '')} | {found.get('Certainty of Finding', '')} | {triage} |")
    sources = collections.defaultdict(list)
    for path in (p for p in (a.sources.rglob("*.dcm") if a.sources else ())):
        source = pydicom.dcmread(path, stop_before_pixels=True)
        # dcentvfy is older than HTJ2K, and takes its encapsulated pixels for damage.
        if "High-Throughput" not in source.file_meta.TransferSyntaxUID.name:
            sources[source.StudyInstanceUID].append(path)
    for study, results in studies.items():
        status, text = run("dcentvfy", *sources.get(study, []), *results)
        if errors_of(text) or status:
            failures += 1
            print(f"\ndcentvfy, study {study}:\n{text}")
    print(f"\n{sum(map(len, studies.values()))} objects in {len(studies)} studies, {failures} complaints")
    sys.exit(1 if failures or not studies else 0)


if __name__ == "__main__":
    main()
