"""Makes the pictures of every kind of answer with the built program, and one sheet of them all.

Usage: make_pictures.py [--hilum PROGRAM] [--output FOLDER] [--sheet PNG] [--language TAG] [--only NAME…]
                        [--data FOLDER]
"""
import argparse
import json
import pathlib
import shutil
import subprocess
import sys

import node
import pydicom
import sheet
import studies

# Bytes of the sheet.
LIMIT = 1_500_000


def run(*command):
    return subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True).stdout


def said(line):
    """One finding in a few words."""
    reasons = ", ".join(line["reasons"])
    triage = f"triage {line['triage']}" if line["triage"] else "not triaged"
    if line["outcome"] == "review":
        return f"review ({reasons}), {triage}"
    return f"{line['outcome']} {100 * line['confidence']:.0f} %, {triage}"


def analysed(arguments, study, folder):
    """The picture's file, which is a PNG file for what was no object, and what was said."""
    shutil.rmtree(folder, ignore_errors=True)
    lines = run(arguments.hilum, "analyze", "--json", "--output", folder, "--language", arguments.language,
                *study.files).splitlines()
    findings = [json.loads(line) for line in lines]
    picture = next(folder.glob("*/picture.dcm"), None) or next(folder.glob("*.png"))
    return picture, "; ".join(said(finding) for finding in findings)


def drawn(hilum, picture, png):
    """All its frames as PNG; the middle one is for the sheet."""
    if picture.suffix == ".png":
        return pathlib.Path(shutil.copy(picture, png))
    frames = int(pydicom.dcmread(picture, stop_before_pixels=True).get("NumberOfFrames", 1))
    for frame in range(1, frames + 1):
        path = png if frames == 1 else png.with_stem(f"{png.stem}-{frame}")
        run(hilum, "decode", picture, "--png", path, "--frame", frame)
    return png if frames == 1 else png.with_stem(f"{png.stem}-{(frames + 1) // 2}")


def entries(arguments, work):
    chosen = studies.all_studies(work / "sent") + (studies.of_data(arguments.data) if arguments.data else [])
    for study in chosen:
        if arguments.only and study.name not in arguments.only:
            continue
        png = arguments.output / f"{study.name}.png"
        if study.later:
            former, latter = node.revised(arguments.hilum, work / "node", study)
            drawn(arguments.hilum, former, png.with_stem(f"{study.name}-former"))
            said_of = "revision 2, which replaces the first report"
            yield drawn(arguments.hilum, latter, png), study.sent, said_of
        else:
            picture, answer = analysed(arguments, study, work / "results" / study.name)
            yield drawn(arguments.hilum, picture, png), study.sent, answer
        print(f"   {study.name}: {png}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hilum", type=pathlib.Path, default=studies.ROOT / ".build/release/hilum")
    parser.add_argument("--output", type=pathlib.Path, default=studies.ROOT / "hilum-data/pictures")
    parser.add_argument("--sheet", type=pathlib.Path, help="where the sheet of all goes; none without it")
    parser.add_argument("--language", default="en")
    parser.add_argument("--only", nargs="*", help="names of studies")
    parser.add_argument("--data", type=pathlib.Path,
                        help="a folder with cxr/manifest.csv: a test image more of each class")
    arguments = parser.parse_args()
    if not arguments.hilum.exists():
        sys.exit(f"pictures: no program at {arguments.hilum}; run make build")
    work = arguments.output / "work"
    work.mkdir(parents=True, exist_ok=True)
    made = list(entries(arguments, work))
    if arguments.sheet and made:
        sheet.save(sheet.sheet(made), arguments.sheet, LIMIT)
        print(f"   all: {arguments.sheet}, {arguments.sheet.stat().st_size >> 10} KiB")


if __name__ == "__main__":
    main()
