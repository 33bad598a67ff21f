#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
netlink_replies.py - KTAP lines about what the two families say: replies, dumps and
notifications hold what the specs list for the operation, each value of its size, and nothing
else; called by tests/scenarios/netlink_dump.sh, which has made the devices.
"""
import struct
import sys
import time

from genl import Genl, attrs
from netlink_errors import SIZES, Ktap, Spec, ip


def wrong_value(spec, definition, value):
    """What is wrong with it, or nothing"""
    name, kind = definition["name"], definition["type"]
    if kind == "nest":
        inner = spec.sets[definition["nested-attributes"]]
        found = [wrong_attribute(spec, inner, n, v) for n, v in attrs(value)]
        return [f"{name}: {w}" for w in sum(found, [])] or ([] if found else [f"{name} is empty"])
    size = SIZES.get(kind, definition.get("checks", {}).get("exact-len"))
    if kind == "string":
        good = value.endswith(b"\0")
    else:
        good = size is None or len(value) == size
    return [] if good else [f"{name} has {len(value)} octets"]


def wrong_attribute(spec, attributes, number, value, listed=None):
    if not 0 < number <= len(attributes):
        return [f"unknown attribute {number}"]
    definition = attributes[number - 1]
    if definition["type"] == "pad":
        return []
    if listed and definition["name"] not in listed:
        return [f"{definition['name']} is not in the spec's list"]
    return wrong_value(spec, definition, value)


class Said:
    """All that a family has said, by operation and kind"""

    def __init__(self, spec):
        self.spec, self.wrong = spec, {}

    def add(self, op, kind, message):
        listed = self.spec.ops[op][kind]
        listed = listed.get("reply", listed)["attributes"]
        attributes = self.spec.sets[self.spec.ops[op]["attribute-set"]]
        self.wrong.setdefault((op, kind), set()).update(
            w for n, v in message for w in wrong_attribute(self.spec, attributes, n, v, listed))

    def expected(self):
        for op, about in self.spec.ops.items():
            for kind in ("do", "dump", "event"):
                if kind == "event" and kind in about or "reply" in about.get(kind, ()):
                    yield op, kind

    def report(self, tap):
        for op, kind in self.expected():
            wrong = self.wrong.get((op, kind), {"it said nothing"})
            tap.ok(not wrong, f"{self.spec.name} {op}, {kind}: says what the spec lists",
                   "; ".join(sorted(wrong)))


class Observer:
    """Asks for everything after each request, and listens"""

    def __init__(self, tap, spec):
        self.tap, self.spec, self.said = tap, spec, Said(spec)
        self.listener, self.reasons = Genl(spec.name), set()
        for group in spec.groups():
            self.listener.join(group)
        self.names = {op["number"]: name for name, op in spec.ops.items()}

    def look(self):
        for op, kind in self.said.expected():
            if kind == "event":
                continue
            ask = self.spec.dump if kind == "dump" else self.spec.do
            for message in ask(op, self.spec.request(op)).replies:
                self.said.add(op, kind, message)

    def listen(self):
        for command, message in self.listener.heard():
            op = self.names[command]
            self.said.add(op, "event", message)
            if "reason" in self.spec.attributes(op):
                reason = self.spec.attributes(op).index("reason") + 1
                self.reasons.update(v for n, v in message if n == reason)

    def do(self, op, **how):
        answer = self.spec.do(op, self.spec.request(op, **how))
        self.tap.ok(not answer.error, f"{self.spec.name} {op}", f"got {answer}")
        self.look()
        self.listen()


def replies_of_mr(tap, spec):
    seen = Observer(tap, spec)
    seen.do("mr-new")
    for state in (1, 2, 3, 4, 0):
        seen.do("mr-set", change={"state": bytes([state])})
    seen.do("link-set", drop=["hold-bytes"])
    seen.do("mr-del")
    seen.said.report(tap)


def replies_of_ha(tap, spec):
    seen = Observer(tap, spec)
    seen.do("bce-bind")
    seen.do("bce-bind", change={"seq": struct.pack("H", 2)})
    seen.do("bce-bind", change={"seq": struct.pack("H", 3), "coa": ip("2001:db8:1c::1")})
    seen.do("bce-transient")
    seen.do("bce-del", drop=["seq"])
    seen.do("bce-bind", change={"lifetime": struct.pack("I", 1)})
    every = len(next(d for d in spec.yaml["definitions"] if d["name"] == "reason")["entries"])
    for _ in range(200):	# until it has expired
        seen.listen()
        if len(seen.reasons) == every:
            break
        time.sleep(0.1)
    tap.ok(len(seen.reasons) == every, f"{spec.name}: each reason for a change was heard",
           f"heard {sorted(seen.reasons)}")
    seen.said.report(tap)


def main():
    tap = Ktap()
    replies_of_mr(tap, Spec("nemo_mr", "nemo0"))
    replies_of_ha(tap, Spec("nemo_ha", "nemo-ha0"))
    return tap.failed > 0


if __name__ == "__main__":
    sys.exit(main())
