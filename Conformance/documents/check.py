"""Every command and option of the program's own description (--experimental-dump-help) stands in its help, its manual page
and its completions for bash, zsh and fish; and every command that a document names is one.
    check.py PROGRAM FOLDER-OF-MANUAL-PAGES DOCUMENT...
"""
import json
import pathlib
import re
import subprocess
import sys

# Lines of the log that begin with the program's name.
NO_COMMANDS = {"started", "stopped"}


def main():
    program, pages, documents = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3:]

    def said(*arguments):
        return subprocess.run([program, *arguments], capture_output=True, text=True, check=True).stdout

    root = json.loads(said("--experimental-dump-help"))["command"]
    commands = dict(walk(root, ("hilum",)))
    scripts = {shell: said("--generate-completion-script", shell) for shell in ("bash", "zsh", "fish")}
    problems = twice(root, ("hilum",))
    for path, command in commands.items():
        help_text = said(*path[1:], "--help")
        page = pages / ("-".join(path) + ".1")
        # Without roff's fonts and escapes.
        page_text = re.sub(r"\\f[BIR]", "", page.read_text()).replace("\\-", "-") if page.exists() else ""
        places = {"its help": help_text, "its manual page": page_text}
        places |= {f"the completions for {shell}": completions(text, shell, path) for shell, text in scripts.items()}
        for name in sorted(names(command)):
            bare = name.lstrip("-")
            for place, text in places.items():
                spelling = rf"-[sl] '{re.escape(bare)}'" if place.endswith("fish") else rf"(?<![\w-]){re.escape(name)}(?![\w-])"
                if not re.search(spelling, text):
                    problems.append(f"{' '.join(path)}: {name} does not stand in {place}")
        for sub in shown(command):
            for place, text in places.items():
                if not re.search(rf"(?<!\w){re.escape(sub['commandName'])}(?!\w)", text):
                    problems.append(f"{' '.join(path)}: {sub['commandName']} does not stand in {place}")
    wanted = {"-".join(path) + ".1" for path in commands}
    problems += [f"{page.name} is no command's manual page" for page in pages.iterdir() if page.name not in wanted]
    found = 0
    every = dict(walk(root, ("hilum",), hidden=True))
    for document in documents:
        for line in named(pathlib.Path(document).read_text()):
            found += 1
            problems += [f"{document}: {line}: {problem}" for problem in unknown(line.split()[1:], every)]
    for problem in problems:
        print(f"documents: {problem}", file=sys.stderr)
    print(f"documents: {len(commands)} commands with help, manual page and completions; {found} commands in documents; "
          f"{len(problems)} problems")
    sys.exit(1 if problems else 0)


def shown(command, hidden=False):
    return [sub for sub in command.get("subcommands", [])
            if sub["commandName"] != "help" and (hidden or sub.get("shouldDisplay", True))]


def walk(command, path, hidden=False):
    yield path, command
    for sub in shown(command, hidden):
        yield from walk(sub, path + (sub["commandName"],), hidden)


def twice(command, path):
    found = [sub["commandName"] for sub in command.get("subcommands", [])]
    return [f"{' '.join(path)} has {name} twice" for name in sorted(set(found)) if found.count(name) > 1] + [
        problem for sub in shown(command) for problem in twice(sub, path + (sub["commandName"],))]


def names(command, hidden=False):
    """As they are typed."""
    return {("--" if name["kind"] == "long" else "-") + name["name"]
            for argument in command.get("arguments", []) if hidden or argument.get("shouldDisplay", True)
            for name in argument.get("names", [])}


def completions(text, shell, path):
    """What of a script is about one command."""
    if shell == "fish":
        return "\n".join(line for line in text.split("\n") if f'"{" ".join(path)}"' in line)
    begin = text.find("\n_" + "_".join(path) + "() {")
    return text[begin:text.find("\n}\n", begin)] if begin >= 0 else ""


def named(text):
    """Commands in code: a line or a part of one in a block, or a span in a sentence."""
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.M | re.S)
    spans = re.findall(r"`([^`]+)`", re.sub(r"^```.*?^```", "", text, flags=re.M | re.S))
    starts = re.findall(r"^ExecStart=\S*/(hilum .*)", text, re.M)
    for piece in [line for block in blocks for line in block.split("\n")] + spans + starts:
        for command in re.split(r"\s{2,}(?=hilum )", re.sub(r"\s#.*", "", piece).strip()):
            command = " ".join(re.sub(r"^(sudo )?(-u hilum )?", "", command).split())
            if re.match(r"hilum [a-z-]", command) and command.split()[1].strip(":,") not in NO_COMMANDS:
                yield command


def unknown(words, commands):
    """What of a command line the program would not know."""
    path = ("hilum",)
    while words and path + (words[0],) in commands:
        path, words = path + (words[0],), words[1:]
    command = commands[path]
    # What runs where none of its subcommands is named.
    default = commands[path + (command["defaultSubcommand"],)] if "defaultSubcommand" in command else command
    takes = any(argument["kind"] == "positional" for argument in default.get("arguments", []))
    if shown(command) and words and not words[0].startswith(("-", "…")) and not takes:
        return [f"there is no {' '.join(path)} {words[0]}"]
    known = names(command, hidden=True) | names(default, hidden=True)
    options = [word.split("=")[0].strip("[],") for word in words if re.match(r"\[?--?[a-z]", word)]
    return [f"there is no {option}" for option in options if option not in known]


main()
