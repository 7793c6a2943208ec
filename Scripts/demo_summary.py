"""Prints what the PACS of the demo received: each report's first line, one report's tree, where the pictures lie."""
import pathlib
import subprocess
import sys

import pydicom

folder = pathlib.Path(sys.argv[1])
objects = [(path, pydicom.dcmread(path)) for path in sorted(folder.iterdir()) if path.suffix != ".png"]
reports = sorted(((p, d) for p, d in objects if d.Modality == "SR"), key=lambda pair: str(pair[1].get("StudyID", "")))
pictures = [(p, d) for p, d in objects if d.Modality != "SR"]
print(f"== The PACS holds {len(reports)} reports and {len(pictures)} pictures")


def texts(item):
    if item.get("ValueType") == "TEXT":
        yield item.ConceptNameCodeSequence[0].CodeMeaning, item.TextValue
    for child in item.get("ContentSequence", []):
        yield from texts(child)


for path, report in reports:
    conclusion = next((text for name, text in texts(report) if name == "Conclusion"), "(no conclusion)")
    print(f"   {report.PatientName}: {conclusion.splitlines()[0]}")

if reports:
    path = reports[0][0]
    print(f"== dsrdump {path}")
    sys.stdout.flush()
    subprocess.run(["dsrdump", "--quiet", str(path)], check=True)
print("== Pictures (any viewer shows them; these are PNG copies)")
for path, picture in pictures:
    png = path.with_name(path.name + ".png")
    subprocess.run([".build/release/hilum", "decode", str(path), "--png", str(png)], check=True, stdout=subprocess.DEVNULL)
    print(f"   {picture.PatientName}: {png}")
