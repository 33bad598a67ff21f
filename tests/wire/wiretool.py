# SPDX-License-Identifier: GPL-2.0
"""The codec behind wiretool.c, as a Python object."""
import pathlib
import subprocess

HERE = pathlib.Path(__file__).resolve().parent


class Wiretool:
    """One process for all; see wiretool.c for its lines."""

    def __init__(self):
        prog = subprocess.run(
            [HERE / "build", "wiretool", "wiretool.c", "message.c",
             "../../userspace/lib/auth.c", "-lcrypto"],
            check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
        self.proc = subprocess.Popen([prog], stdin=subprocess.PIPE,
                                     stdout=subprocess.PIPE, text=True,
                                     bufsize=1)

    def ask(self, *words):
        self.proc.stdin.write(" ".join(words) + "\n")
        answer = self.proc.stdout.readline().rstrip("\n")
        if not answer:
            raise RuntimeError(f"wiretool died at: {' '.join(words)}")
        return answer

    def octets(self, *words):
        answer = self.ask(*words)
        if answer.startswith("error"):
            raise ValueError(f"{answer}: {' '.join(words)}")
        return bytes.fromhex(answer)


class Tap:
    """Test results on standard output."""

    def __init__(self, plan):
        print(f"TAP version 13\n1..{plan}", flush=True)
        self.n = 0
        self.failed = False

    def result(self, good, name):
        self.n += 1
        self.failed = self.failed or not good
        print(f"{'' if good else 'not '}ok {self.n} {name}", flush=True)

    @staticmethod
    def note(text):
        for line in str(text).splitlines():
            print(f"# {line}", flush=True)
