#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
netlink_errors.py PART - KTAP lines about requests that the families must refuse; called
by tests/scenarios/netlink_errors.sh and netlink_dump.sh, which have made the devices. PART:

  attributes    each attribute of each request in the specs: wrong size, out of range,
                missing, doubled, unknown, of another request
  meaning       what is well-formed and still wrong
  stranger      every request and dump, from a user without CAP_NET_ADMIN
  owner         the same requests by root of a user namespace, in its own network namespace
  dump          dumps while the table changes
"""
import errno
import ipaddress
import os
import pathlib
import socket
import struct
import subprocess
import sys

import yaml

from genl import Genl, attr, nest

TOP = pathlib.Path(__file__).resolve().parents[2]
MAKERS = ("mr-new", "bce-bind")
SIZES = {"u8": 1, "u16": 2, "u32": 4, "u64": 8}


def ip(text):
    return ipaddress.IPv6Address(text).packed


def prefix(text, family=socket.AF_INET6):
    net, length = text.split("/")
    return (attr(1, struct.pack("H", family)) + attr(2, ip(net)) +
            attr(3, bytes([int(length)])))


def device(name):
    try:
        return struct.pack("I", socket.if_nametoindex(name))
    except OSError:
        return struct.pack("I", 1)


class Spec:
    """A family: its numbers from the spec, and a good request of each kind."""

    def __init__(self, name, tunnel):
        path = TOP / "Documentation" / "netlink" / "specs" / f"{name}.yaml"
        self.yaml = yaml.safe_load(path.read_text(encoding="utf-8"))
        self.name, self.tunnel = name, tunnel
        self.genl = Genl(name)
        self.const = {d["name"]: d.get("value", len(d.get("entries", [])))
                      for d in self.yaml["definitions"]}
        self.ops = {}
        for number, op in enumerate(self.yaml["operations"]["list"], 1):
            op["number"] = number
            self.ops[op["name"]] = op
        self.sets = {s["name"]: s["attributes"] for s in self.yaml["attribute-sets"]}
        self.good_values = {
            "ifindex": device(tunnel), "name": b"r1\0", "hoa": ip("2001:db8:f:1::1"),
            "ha": ip("2001:db8:f::1"), "local": ip("2001:db8:f::1"),
            "coa": ip("2001:db8:1a::1"), "tcoa": ip("2001:db8:1b::1"),
            "peer": ip("2001:db8:1b::1"), "state": b"\2",
            "prefix": prefix("2001:db8:100:1::/64"), "attachment": device("br0"),
            "guest": b"\x52\x54\0\0\0\1", "exclude": b"eth1\0",
            "flags": struct.pack("I", 1), "seq": struct.pack("H", 1),
            "lifetime": struct.pack("I", 60), "hold-packets": struct.pack("I", 8),
            "hold-bytes": struct.pack("I", 100000), "marker-timeout": struct.pack("I", 300),
            "tcoa-lifetime": struct.pack("I", 60000),
        }

    def attributes(self, op):
        return [a["name"] for a in self.sets[self.ops[op]["attribute-set"]]]

    def definition(self, op, name):
        return next(a for a in self.sets[self.ops[op]["attribute-set"]] if a["name"] == name)

    def allowed(self, op):
        return self.ops[op]["do"]["request"]["attributes"]

    def put(self, op, name, value):
        number = self.attributes(op).index(name) + 1
        nested = self.definition(op, name)["type"] == "nest"
        return nest(number, value) if nested else attr(number, value)

    def request(self, op, drop=(), change=None, extra=b""):
        """A good request, but without some attributes and with others changed."""
        values = {n: self.good_values[n] for n in self.allowed(op) if n not in drop}
        values.update(change or {})
        return b"".join(self.put(op, n, v) for n, v in values.items()) + extra

    def do(self, op, payload):
        return self.genl.do(self.ops[op]["number"], payload)

    def dump(self, op, payload=b"", between=None):
        return self.genl.dump(self.ops[op]["number"], payload, between)

    def groups(self):
        return [group["name"] for group in self.yaml["mcast-groups"]["list"]]

    def requests(self):
        return [n for n, op in self.ops.items() if "do" in op]

    def entries(self):
        return self.genl.dump(self.ops[self.requests()[0]]["number"]).replies

    def count(self):
        return len(self.entries())

    def unknown(self):
        """Attributes of requests that this script has no value for."""
        return {n for op in self.requests() for n in self.allowed(op)} - self.good_values.keys()

    def clear(self):
        """Remove what should never have been made, so that one failure is one failure."""
        for entry in map(dict, self.entries()):
            op, key = ("mr-del", 2) if self.name == "nemo_mr" else ("bce-del", 3)
            self.do(op, attr(1, entry[1]) + attr(key, entry[key]))


class Ktap:
    def __init__(self):
        self.n, self.failed = int(os.environ.get("KTAP_N", 0)), 0

    def ok(self, good, name, note=""):
        self.n += 1
        self.failed += not good
        print(f"{'' if good else 'not '}ok {self.n} - {name}")
        if not good:
            print(f"# {note}")

    def refused(self, spec, op, what, payload, code=None, text=None, ask=Spec.do):
        """Without a code it is the request that is wrong, whatever it is about."""
        answer = ask(spec, op, payload)
        good = answer.error and answer.text and not answer.replies
        good = good and (answer.error == code if code else answer.error != errno.ENOENT)
        if not answer.error and op in MAKERS:
            spec.clear()
        self.ok(bool(good) and (text or "") in answer.text,
                f"{spec.name} {op}{', dump' * (ask == Spec.dump)}: {what}",
                f"got {answer}, want {code or 'an error'} '{text}'")


def number(size, value):
    return value.to_bytes(size, sys.byteorder)


def bad_numbers(spec, definition):
    size = SIZES[definition["type"]]
    checks = definition.get("checks", {})
    yield "one octet short", b"\1" * (size - 1)
    yield "one octet long", b"\1" * (size + 1)
    if checks.get("min", 0) > 0:
        yield "below its minimum", number(size, checks["min"] - 1)
    if "max" in checks:
        yield "above its maximum", number(size, checks["max"] + 1)
    if definition.get("enum-as-flags"):
        yield "an unknown flag", number(size, 1 << spec.const[definition["enum"]])
    elif "enum" in definition:
        yield "an unknown value", number(size, spec.const[definition["enum"]])


def bad_values(spec, definition):
    checks = definition.get("checks", {})
    if definition["type"] in SIZES:
        yield from bad_numbers(spec, definition)
    elif definition["type"] == "binary":
        yield "one octet short", bytes(checks["exact-len"] - 1)
        yield "one octet long", bytes(checks["exact-len"] + 1)
        yield "empty", b""
    elif definition["type"] == "string":
        most = checks["max-len"]
        yield "too long", b"x" * (spec.const.get(most, most) + 1) + b"\0"
        if checks.get("min-len"):
            yield "an empty string", b"\0"
    elif definition["type"] == "nest":
        yield from bad_nests(spec, definition)


def bad_nests(spec, definition):
    inner = spec.sets[definition["nested-attributes"]]
    good = prefix("2001:db8:100:1::/64")
    yield "empty", b""
    yield "garbage", b"\xff" * 7
    for n, d in enumerate(inner, 1):
        yield f"without {d['name']}", b"".join(
            attr(i, v) for i, v in parts("2001:db8:100:1::/64").items() if i != n)
        for what, value in bad_values(spec, d):
            yield f"{d['name']} {what}", b"".join(
                attr(i, value if i == n else v)
                for i, v in parts("2001:db8:100:1::/64").items())
    yield "an unknown attribute in it", good + attr(len(inner) + 1, b"\0\0\0\0")


def parts(text):
    net, length = text.split("/")
    return {1: struct.pack("H", socket.AF_INET6), 2: ip(net), 3: bytes([int(length)])}


# What a request cannot do without.
NEEDED = {
    "mr-get": ["ifindex", "name"], "mr-new": ["ifindex", "name", "hoa", "ha", "prefix"],
    "mr-set": ["ifindex", "name"], "mr-del": ["ifindex", "name"],
    "link-get": ["ifindex"], "link-set": ["ifindex"], "bce-get": ["ifindex", "hoa"],
    "bce-bind": ["ifindex", "hoa", "local", "coa", "tcoa-lifetime", "seq", "lifetime"],
    "bce-transient": ["ifindex", "hoa", "tcoa", "tcoa-lifetime"],
    "bce-del": ["ifindex", "hoa"],
}
# All zeros: it is forgotten.
FORGOTTEN = {"nemo_mr": ("coa", "peer"), "nemo_ha": ("tcoa",)}


def attributes_of(tap, spec, op, ask=Spec.do):
    def refused(what, **how):
        tap.refused(spec, op, what, spec.request(op, **how), ask=ask)

    for name in spec.allowed(op):
        definition = spec.definition(op, name)
        for what, value in bad_values(spec, definition):
            refused(f"{name} {what}", change={name: value})
        if name in NEEDED[op] and ask == Spec.do:
            refused(f"{name} missing", drop=[name])
        if not definition.get("multi-attr"):
            refused(f"{name} twice", extra=spec.put(op, name, spec.good_values[name]))
    for name in spec.attributes(op):
        if name not in spec.allowed(op):
            n = spec.attributes(op).index(name) + 1
            refused(f"{name} does not belong there", extra=attr(n, bytes(8)))
    unknown = attr(len(spec.attributes(op)) + 1, b"\0\0\0\0")
    refused("an unknown attribute", extra=unknown)
    refused("octets that are no attribute", extra=b"\xff\xff")


def attributes(tap, specs):
    for spec in specs:
        for op in spec.requests():
            attributes_of(tap, spec, op)
            if "dump" in spec.ops[op]:
                attributes_of(tap, spec, op, Spec.dump)
        answer = spec.genl.do(len(spec.ops) + 1)
        tap.ok(answer.error == errno.EOPNOTSUPP, f"{spec.name}: an unknown command",
               f"got {answer}")
        tap.ok(not spec.count(), f"{spec.name}: none of all this made an entry")
        spec.clear()


def many(spec, op, name, values):
    return b"".join(spec.put(op, name, v) for v in values)


def bad_addresses(tap, spec, op, names):
    for name in names:
        for bad in ("::", "::1", "ff02::1", "fe80::1"):
            if bad == "::" and name in FORGOTTEN[spec.name]:
                continue
            tap.refused(spec, op, f"{name} {bad}", spec.request(op, change={name: ip(bad)}),
                        errno.EINVAL, "not a routable unicast address")


def devices(tap, spec):
    for op in spec.requests():
        wrong = {"ifindex": struct.pack("I", 0x7fffffff)}
        tap.refused(spec, op, "no such device", spec.request(op, change=wrong),
                    errno.ENODEV, "no such device")
        for name, what in (("br0", "of another kind"), ("lo", "lo")):
            tap.refused(spec, op, f"a device {what}",
                        spec.request(op, change={"ifindex": device(name)}), None,
                        "not of this kind")
        far = {"ifindex": struct.pack("I", int(os.environ["FAR_IFINDEX"]))}
        tap.refused(spec, op, "a device of another namespace", spec.request(op, change=far),
                    errno.ENODEV, "no such device")


def prefixes(tap, spec, op, most):
    for text, code, want in (
            ("2001:db8:100:1::1/64", errno.EINVAL, "bits set behind its length"),
            ("ff02::/16", errno.EINVAL, "not a routable unicast address"),
            ("fe80::/64", errno.EINVAL, "not a routable unicast address")):
        tap.refused(spec, op, f"prefix {text}",
                    spec.request(op, change={"prefix": prefix(text)}), code, want)
    tap.refused(spec, op, "prefix of AF_INET", spec.request(
        op, change={"prefix": prefix("2001:db8:100:1::/64", socket.AF_INET)}),
        errno.EAFNOSUPPORT, "AF_INET6")
    tap.refused(spec, op, "too many prefixes", spec.request(op, drop=["prefix"], extra=many(
        spec, op, "prefix", [prefix(f"2001:db8:100:{i}::/64") for i in range(most + 1)])),
        errno.E2BIG, "too many prefixes")
    answer = spec.do(op, spec.request(op, extra=many(spec, op, "prefix",
                                                     [spec.good_values["prefix"]])))
    number_ = spec.attributes(op).index("prefix") + 1
    times = [n for entry in spec.entries() for n, _ in entry].count(number_)
    tap.ok(not answer.error and times == 1, f"{spec.name} {op}: the same prefix twice is one",
           f"got {answer}, {times} prefixes")
    spec.clear()


def meaning_of_mr(tap, spec):
    bad_addresses(tap, spec, "mr-new", ["hoa", "ha", "coa"])
    bad_addresses(tap, spec, "mr-set", ["ha", "coa", "peer"])
    prefixes(tap, spec, "mr-new", spec.const["prefix-max"])
    tap.refused(spec, "mr-new", "a guest's MAC is multicast", spec.request(
        "mr-new", change={"guest": b"\1\0\x5e\0\0\1"}), errno.EINVAL, "unicast MAC")
    tap.refused(spec, "mr-new", "too many guests", spec.request(
        "mr-new", drop=["guest"], extra=many(spec, "mr-new", "guest", [
            bytes([2, 0, 0, 0, 0, i]) for i in range(spec.const["guest-max"] + 1)])),
        errno.E2BIG, "too many guests")
    tap.refused(spec, "mr-new", "too many excluded ports", spec.request(
        "mr-new", drop=["exclude"], extra=many(spec, "mr-new", "exclude", [
            b"eth%d\0" % i for i in range(spec.const["exclude-max"] + 1)])),
        errno.E2BIG, "too many excluded ports")
    tap.refused(spec, "mr-new", "no such attachment", spec.request(
        "mr-new", change={"attachment": struct.pack("I", 0x7fffffff)}), errno.ENODEV,
        "no such attachment")
    tap.refused(spec, "mr-new", "an attachment that is no Ethernet", spec.request(
        "mr-new", change={"attachment": spec.good_values["ifindex"]}), None, "Ethernet")
    for op in ("mr-get", "mr-set", "mr-del"):
        tap.refused(spec, op, "no such mobile router", spec.request(op), errno.ENOENT,
                    "no mobile router of this name")
    tap.ok(not spec.count(), f"{spec.name}: none of all this made a mobile router")

    answer = spec.do("mr-new", spec.request("mr-new", drop=["coa"]))
    tap.ok(not answer.error, f"{spec.name} mr-new: a good one", f"got {answer}")
    other = {"name": b"r2\0", "hoa": ip("2001:db8:f:1::2"),
             "prefix": prefix("2001:db8:100:2::/64"), "guest": b"\x52\x54\0\0\0\2"}
    for name, text in (("name", "of this name exists"), ("hoa", "belongs to another one"),
                       ("prefix", "belongs to another one"),
                       ("guest", "belongs to another mobile router")):
        tap.refused(spec, "mr-new", f"{name} is taken", spec.request(
            "mr-new", change=dict(other, **{name: spec.good_values[name]})), errno.EEXIST, text)
    key = [n for n in spec.allowed("mr-set") if n not in ("ifindex", "name", "state")]
    for state, text in ((3, "cannot follow"), (4, "cannot follow")):
        tap.refused(spec, "mr-set", f"state {state} after standby", spec.request(
            "mr-set", drop=key, change={"state": bytes([state])}), errno.EBUSY, text)
    answer = spec.do("mr-set", spec.request("mr-set", drop=key))
    tap.ok(not answer.error, f"{spec.name} mr-set: activating", f"got {answer}")
    tap.refused(spec, "mr-set", "active without a care-of address", spec.request(
        "mr-set", drop=key, change={"state": b"\3"}), errno.EINVAL, "set coa")
    refused_whole(tap, spec, other)
    answer = spec.do("mr-set", spec.request(
        "mr-set", drop=[n for n in key if n != "coa"], change={"state": b"\3"}))
    tap.ok(not answer.error, f"{spec.name} mr-set: active", f"got {answer}")
    tap.refused(spec, "mr-set", "leaving without a peer", spec.request(
        "mr-set", drop=key, change={"state": b"\4"}), errno.EINVAL, "set coa and peer")
    answer = spec.do("mr-del", spec.request("mr-del"))
    tap.ok(not answer.error and not spec.count(), f"{spec.name} mr-del", f"got {answer}")


def refused_whole(tap, spec, other):
    """r1 activates and has no care-of address; all else in these requests could be done."""
    def r1():
        names = spec.attributes("mr-get")
        fixed = ("ifindex", "name", "hoa", "ha", "coa", "peer", "state", "prefix", "attachment",
                 "guest", "exclude", "flags", "seq", "hold-packets", "hold-bytes")
        return [(names[n - 1], v) for entry in spec.entries() if dict(entry)[2] == b"r1\0"
                for n, v in entry if names[n - 1] in fixed]

    answer = spec.do("mr-new", spec.request("mr-new", drop=["coa"], change=other))
    tap.ok(not answer.error, f"{spec.name} mr-new: another", f"got {answer}")
    before = r1()
    new = {"ha": ip("2001:db8:f::2"), "prefix": prefix("2001:db8:100:3::/64"),
           "guest": b"\x52\x54\0\0\0\3", "exclude": b"eth3\0", "seq": struct.pack("H", 9),
           "attachment": bytes(4), "flags": bytes(4), "hold-packets": struct.pack("I", 9)}
    drop = ["coa", "peer", "state"]
    for what, change, gone in (
            ("another's prefix", {"prefix": other["prefix"]}, drop),
            ("another's guest", {"guest": other["guest"]}, drop + ["attachment"]),
            ("no such attachment", {"attachment": struct.pack("I", 0x7fffffff)}, drop),
            ("active without a care-of address", {"state": b"\3"}, drop[:2]),
            ("a state that cannot follow", {"state": b"\4"}, drop[:2])):
        request = spec.request("mr-set", drop=gone, change={
            k: v for k, v in dict(new, **change).items() if k not in gone})
        tap.refused(spec, "mr-set", f"{what}, among what is right", request)
        tap.ok(r1() == before, f"{spec.name} mr-set: {what}: nothing has changed",
               f"{before} became {r1()}")
    spec.do("mr-del", spec.request("mr-del", change={"name": other["name"]}))


def meaning_of_ha(tap, spec):
    bad_addresses(tap, spec, "bce-bind", ["hoa", "local", "coa", "tcoa"])
    bad_addresses(tap, spec, "bce-transient", ["tcoa"])
    prefixes(tap, spec, "bce-bind", spec.const["prefix-max"])
    for op in ("bce-get", "bce-transient", "bce-del"):
        tap.refused(spec, op, "no such binding", spec.request(op), errno.ENOENT, "no binding")
    tap.ok(not spec.count(), f"{spec.name}: none of all this made a binding")

    def bind(seq, **change):
        change = dict(change, seq=struct.pack("H", seq))
        return spec.request("bce-bind", change=change)

    answer = spec.do("bce-bind", bind(0xfffe))
    tap.ok(not answer.error, f"{spec.name} bce-bind: a good one", f"got {answer}")
    for seq in (0xfffe, 0xfffd, 0x7fff, 0x7ffe):
        tap.refused(spec, "bce-bind", f"sequence number {seq} after 65534", bind(seq),
                    errno.ESTALE, "not newer")
    tap.refused(spec, "bce-del", "with an old sequence number", spec.request(
        "bce-del", change={"seq": struct.pack("H", 0xfffe)}), errno.ESTALE, "not newer")
    tap.refused(spec, "bce-bind", "another's prefix",
                bind(1, hoa=ip("2001:db8:f:1::2")), errno.EEXIST, "belongs to another one")
    transient(tap, spec)
    answer = spec.do("bce-bind", bind(0))
    tap.ok(not answer.error, f"{spec.name} bce-bind: the sequence number wraps", f"got {answer}")
    answer = spec.do("bce-del", spec.request("bce-del"))
    tap.ok(not answer.error and not spec.count(), f"{spec.name} bce-del", f"got {answer}")


def transient(tap, spec):
    """Of the binding that is there: one replaces another, all zeros remove it."""
    def tcoas():
        number_ = spec.attributes("bce-get").index("tcoa") + 1
        return [dict(entry).get(number_) for entry in spec.entries()]

    for address, want in (("2001:db8:1c::1", ip("2001:db8:1c::1")), ("::", None)):
        answer = spec.do("bce-transient", spec.request("bce-transient",
                                                       change={"tcoa": ip(address)}))
        tap.ok(not answer.error and tcoas() == [want],
               f"{spec.name} bce-transient: {address}", f"got {answer}, {tcoas()}")


def meaning(tap, specs):
    for spec in specs:
        devices(tap, spec)
    meaning_of_mr(tap, specs[0])
    meaning_of_ha(tap, specs[1])


def stranger(tap, specs):
    for spec in specs:
        for op in spec.requests():
            answer = spec.do(op, spec.request(op))
            tap.ok(answer.error == errno.EPERM, f"{spec.name} {op}: not for {os.environ['WHO']}",
                   f"got {answer}")
            if "dump" in spec.ops[op]:
                answer = spec.dump(op)
                tap.ok(answer.error == errno.EPERM and not answer.replies,
                       f"{spec.name} {op}, dump: not for {os.environ['WHO']}",
                       f"got {answer}, {len(answer.replies)} replies")
        for group in spec.groups():
            error = Genl(spec.name).join(group)
            tap.ok(error == errno.EPERM,
                   f"{spec.name}, group {group}: not for {os.environ['WHO']}",
                   f"got {errno.errorcode.get(error, error)}")


def owner(tap, specs):
    for spec, op, event in ((specs[0], "mr-new", "mr-new-ntf"), (specs[1], "bce-bind", "bce-ntf")):
        listener = Genl(spec.name)
        for group in spec.groups():
            error = listener.join(group)
            tap.ok(not error, f"{spec.name}, group {group}: by a user namespace's root, in its own",
                   f"got {errno.errorcode.get(error, error)}")
        answer = spec.do(op, spec.request(op))
        tap.ok(not answer.error, f"{spec.name} {op}: by a user namespace's root, in its own",
               f"got {answer}")
        tap.ok(spec.count() == 1, f"{spec.name}, dump: likewise", f"{spec.count()} entries")
        heard = [command for command, _ in listener.heard()]
        tap.ok(heard == [spec.ops[event]["number"]], f"{spec.name}: the group hears of it",
               f"heard {heard}")


# One of a table's entries is shown, made and removed by
ENTRIES = {"nemo_mr": ("mr-get", "mr-new", "mr-del"),
           "nemo_ha": ("bce-get", "bce-bind", "bce-del")}


def numbered(spec, op, i, drop=()):
    """A request about the i-th of many."""
    about = {"name": b"r%d\0" % i, "hoa": ip(f"2001:db8:f:1::{i:x}"),
             "prefix": prefix(f"2001:db8:100:{i:x}::/64")}
    drop = ["guest", "attachment", "exclude", "tcoa", "tcoa-lifetime", *drop]
    return spec.request(op, drop, {n: v for n, v in about.items() if n in spec.allowed(op)})


def entries(tap, spec):
    get, make, remove = ENTRIES[spec.name]
    other = Spec(spec.name, spec.tunnel)
    spec.genl = Genl(spec.name, buffer=8192)	# the kernel fills no more at a time
    for i in range(1, 201):
        spec.do(make, numbered(spec, make, i))
    answer = spec.dump(get)
    key = spec.attributes(get).index("hoa") + 1
    keys = {dict(r)[key] for r in answer.replies}
    tap.ok(len(answer.replies) == len(keys) == 200 and not answer.interrupted,
           f"{spec.name} {get}, dump: two hundred, each once",
           f"{len(answer.replies)} replies, {len(keys)} home addresses, {answer.interrupted}")
    answer = spec.dump(get, between=lambda: other.do(
        remove, numbered(other, remove, 150, drop=["seq"])))
    tap.ok(answer.interrupted, f"{spec.name} {get}, dump: says that it was interrupted",
           f"{len(answer.replies)} replies")
    answer = spec.dump(get, numbered(spec, get, 20))
    tap.ok(len(answer.replies) == 1, f"{spec.name} {get}, dump of one",
           f"{len(answer.replies)} replies")
    answer = spec.dump(get, numbered(spec, get, 150))
    tap.ok(not answer.replies and not answer.error,
           f"{spec.name} {get}, dump of one that is not there: nothing",
           f"got {answer}, {len(answer.replies)} replies")
    nowhere(tap, spec, get)
    spec.clear()
    tap.ok(not spec.count(), f"{spec.name}: all are gone", f"{spec.count()} entries")


def nowhere(tap, spec, get):
    for index in (0x7fffffff, 0xffffffff):
        answer = spec.dump(get, spec.put(get, "ifindex", struct.pack("I", index)))
        tap.ok(not answer.replies and not answer.error,
               f"{spec.name} {get}, dump of no such device, {index:#x}: nothing",
               f"got {answer}, {len(answer.replies)} replies")


def links(tap, spec):
    def iproute(*lines):
        subprocess.run(["ip", "-batch", "-"], input="\n".join(lines), text=True, check=True)

    names = [f"more{i}" for i in range(100)]
    iproute(*(f"link add {name} type {spec.name}" for name in names))
    answer = spec.dump("link-get")
    tap.ok(len(answer.replies) == 101 and not answer.interrupted,
           f"{spec.name} link-get, dump: a hundred and one, not interrupted",
           f"{len(answer.replies)} replies, {answer.interrupted}")
    answer = spec.dump("link-get", between=lambda: iproute("link del more0"))
    tap.ok(answer.interrupted, f"{spec.name} link-get, dump: says that it was interrupted",
           f"{len(answer.replies)} replies")
    answer = spec.dump("link-get", spec.put("link-get", "ifindex", device("more50")))
    tap.ok([dict(r)[2] for r in answer.replies] == [b"more50\0"],
           f"{spec.name} link-get, dump of one", f"{len(answer.replies)} replies")
    nowhere(tap, spec, "link-get")
    iproute(*(f"link del {name}" for name in names[1:]))


def dump(tap, specs):
    for spec in specs:
        entries(tap, spec)
        links(tap, spec)


def main():
    parts_ = {f.__name__: f for f in (attributes, meaning, stranger, owner, dump)}
    tap = Ktap()
    specs = [Spec("nemo_mr", "nemo0"), Spec("nemo_ha", "nemo-ha0")]
    for spec in specs:
        tap.ok(not spec.unknown(), f"{spec.name}: each attribute has a good value here",
               f"none for {', '.join(sorted(spec.unknown()))}")
    parts_[sys.argv[1]](tap, specs)
    return tap.failed > 0


if __name__ == "__main__":
    sys.exit(main())
