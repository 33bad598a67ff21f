# SPDX-License-Identifier: GPL-2.0
"""Read KTAP and TAP: what a test program said, and what it did not get round to say; and a
kernel's log: what it complained about."""
import re

RESULT = re.compile(r"( *)(ok|not ok)\b *(\d+)?(?: -)? *(.*)")
PLAN = re.compile(r"( *)1\.\.(\d+)\s*(#.*)?$")
SKIP = re.compile(r"#\s*skip\b", re.I)
TIMESTAMP = re.compile(r"\[ *\d+\.\d+\] ?")  # of a kernel log
SPLAT = re.compile(r"WARNING:|BUG:|kernel BUG at|Oops|general protection fault|KASAN|UBSAN|"
                   r"list_(add|del) corruption|possible (circular|recursive|irq lock)|"
                   r"inconsistent lock|suspicious RCU|INFO: trying to register non-static key|"
                   r"INFO: task .* blocked for|sysfs: cannot create duplicate|"
                   r"unregister_netdevice: waiting")
SPLAT_LINES = 25        # that follow


class Result:
    """One line of a test: its name, passed, failed or skipped, and its diagnostics."""

    def __init__(self, name, ok, skipped=False, notes=()):
        self.name, self.ok, self.skipped, self.notes = name, ok, skipped, list(notes)


class Level:
    """What has been seen at one indentation since the enclosing test began."""

    def __init__(self):
        self.plan = None
        self.name = ""
        self.count = 0
        self.failed = False


class Parser:
    def __init__(self):
        self.results = []
        self.levels = {}
        self.notes = []
        self.skipped_all = False

    def level(self, indent):
        return self.levels.setdefault(indent, Level())

    def fail(self, name, notes=()):
        self.results.append(Result(name, False, notes=notes))

    def close(self, indent, name):
        """End all levels deeper than indent; was there any, and did one of them fail?"""
        deeper = [i for i in self.levels if i > indent]
        failed = False
        for i in deeper:
            level = self.levels.pop(i)
            if level.plan is not None and level.plan != level.count:
                self.fail(f"{name}: {level.count} of {level.plan} planned tests ran")
                failed = True
            failed |= level.failed
        return bool(deeper), failed

    def line(self, text):
        m = PLAN.match(text)
        if m:
            self.level(len(m[1])).plan = int(m[2])
            if m[2] == "0" and m[3] and SKIP.search(m[3]):
                self.skipped_all = True
            return
        m = RESULT.match(text)
        if m:
            self.result(len(m[1]), m[2] == "ok", m[4].strip())
        elif text.startswith("Bail out!"):
            self.fail(text.strip())
        elif text.lstrip().startswith("# Subtest: "):
            indent, name = text.split("# Subtest: ")
            self.level(len(indent)).name = name.strip() + "/"
        elif text.lstrip().startswith("#"):
            self.note(text.strip())

    def note(self, text):
        # a diagnostic belongs to the failure before it or to the one that follows
        if self.results and not self.results[-1].ok:
            self.results[-1].notes.append(text)
        else:
            self.notes.append(text)

    def result(self, indent, ok, name):
        skipped = bool(SKIP.search(name))
        name = name.split(" # ")[0] if skipped else name
        parent, failed = self.close(indent, name)
        level = self.level(indent)
        level.count += 1
        level.failed |= not ok
        # A test with subtests is counted by them, unless only the sum went wrong.
        if not parent:
            name = "".join(self.levels[i].name for i in sorted(self.levels)) + name
            self.results.append(Result(name, ok, skipped, [] if ok else self.notes))
        elif not ok and not failed:
            self.fail(name, self.notes)
        self.notes = []


def splats(log):
    """What the kernel complained about in its log, with what follows of it."""
    shown, lines = -1, []
    for i, line in enumerate(log.splitlines()):
        if SPLAT.search(line):
            shown = i + SPLAT_LINES
        if i <= shown:
            lines.append(line)
    return lines


def parse(text, rc=0):
    """The results of a program with this output and exit status."""
    parser = Parser()
    for line in text.splitlines():
        parser.line(TIMESTAMP.sub("", line, count=1) if line.startswith("[") else line)
    parser.close(0, "end")
    top = parser.levels.get(0, Level())
    if parser.skipped_all:
        return [Result("all", True, skipped=True)]
    if top.plan is None:
        parser.fail("no plan: it did not come to its end")
    elif top.plan != top.count:
        parser.fail(f"{top.count} of {top.plan} planned tests ran")
    if not parser.results:
        parser.fail("nothing was tested")
    if rc != 0 and all(r.ok for r in parser.results):
        parser.fail(f"exit status {rc}")
    return parser.results
