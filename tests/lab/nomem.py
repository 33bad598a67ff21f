#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
nomem.py - KTAP lines about requests and packets for which there is no memory; called by
tests/scenarios/debug_nomem.sh on a kernel with failslab, which has made the devices and a
way through nemo0.

Each request is sent again and again from the same start: the first time its first
allocation fails, the second time its second, till none does (/proc/self/fail-nth). It is
done or not done, and says which.
"""
import errno
import os
import socket
import struct
import sys

from genl import NLM_F_ACK, NLM_F_REQUEST, attr, attrs, nest
from netlink_errors import Ktap, Spec, ip, prefix

RTM_NEWLINK, RTM_DELLINK = 16, 17
IPV6_RECVERR = 25
NLM_F_EXCL, NLM_F_CREATE = 0x200, 0x400
IFLA_IFNAME, IFLA_LINKINFO, IFLA_INFO_KIND = 3, 18, 1
MOST = 1000
CORRESPONDENT = "2001:db8:c::10"
# Of a device: ours are among the first; behind them come sysfs and all that listens.
DEVICE = 60
# What else an entry shows changes by itself.
LASTING = {"ifindex", "name", "hoa", "ha", "local", "coa", "tcoa", "peer", "prefix",
           "attachment", "guest", "exclude", "flags", "state", "seq", "lifetime"}


class Fault:
    """The nth allocation of this thread from now on fails."""

    def __init__(self):
        self.file = os.open("/proc/thread-self/fail-nth", os.O_RDWR)

    def arm(self, n):
        os.pwrite(self.file, b"%d" % n, 0)

    def struck(self):
        left = int(os.pread(self.file, 16, 0))
        self.arm(0)
        return not left


class Thing:
    """What can be asked for on a socket."""

    def __init__(self, sock):
        self.sock = sock

    def send(self, message):
        self.sock.send(message)

    def error(self):
        return -struct.unpack("i", self.sock.recv(65536)[16:20])[0]


class Link(Thing):
    """A device is made and removed."""

    # EINVAL: of a device that has no memory for its name in sysfs
    refusals = {errno.ENOMEM, errno.ENOBUFS, errno.EINVAL}

    def __init__(self, kind):
        super().__init__(socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0))
        self.kind = kind

    def message(self, op):
        body = bytes(16) + attr(IFLA_IFNAME, b"more0\0")
        flags = NLM_F_REQUEST | NLM_F_ACK
        if op == RTM_NEWLINK:
            body += nest(IFLA_LINKINFO, attr(IFLA_INFO_KIND, self.kind.encode()))
            flags |= NLM_F_CREATE | NLM_F_EXCL
        return struct.pack("IHHII", 16 + len(body), op, flags, 1, 0) + body

    def do(self, op):
        self.send(self.message(op))
        return self.error()

    def shows(self):
        try:
            return socket.if_nametoindex("more0") > 0
        except OSError:
            return False

    def attempt(self, op):
        """(prepare, message) of a request"""
        def prepare():
            if self.shows() == (op == RTM_NEWLINK):
                self.do(RTM_DELLINK if self.shows() else RTM_NEWLINK)
        return prepare, self.message(op)


class Table(Thing):
    """Entries of a family are made, changed and removed."""

    refusals = {errno.ENOMEM, errno.ENOBUFS}

    def __init__(self, spec, make, remove):
        super().__init__(spec.genl.sock)
        self.spec, self.make, self.remove = spec, make, remove

    def shows(self):
        names = self.spec.attributes(self.make)
        return [[(n, v) for n, v in entry if names[n - 1] in LASTING]
                for entry in self.spec.entries()]

    def message(self, op, **how):
        return self.spec.genl.message(self.spec.ops[op]["number"],
                                      self.spec.request(op, **how), NLM_F_ACK)

    def attempt(self, op, **how):
        def prepare():
            self.spec.do(self.remove, self.spec.request(self.remove, drop=["seq"]))
            if op != self.make:
                good = self.spec.do(self.make, self.spec.request(
                    self.make, drop=["tcoa", "tcoa-lifetime"]))
                assert not good.error, good
        return prepare, self.message(op, **how)


def exhaust(tap, what, thing, prepare, message, enough=None):
    """Every allocation of a request fails once, or enough of the first."""
    fault = Fault()
    prepare()
    before = thing.shows()
    thing.send(message)
    error = thing.error()
    after = thing.shows()
    tap.ok(not error and after != before, f"{what}: with memory it is done",
           f"{errno.errorcode.get(error, error)}, {after}")
    failed, wrong = 0, []
    for n in range(1, MOST):
        prepare()
        fault.arm(n)
        try:
            thing.send(message)
        except OSError as e:	# not even that
            error = e.errno
        else:
            error = None
        struck = fault.struck()
        if error is None:
            try:
                error = thing.error()
            except OSError as e:	# no memory for the answer: it may be done
                error = None
        now = thing.shows()
        good = {0: [after], None: [before, after]}.get(error, [before])
        if now not in good or error and error not in thing.refusals:
            wrong.append(f"allocation {n}: {errno.errorcode.get(error, error)}, {now}")
        if not struck:
            n -= 1
            break
        failed += error != 0
        if n == enough:
            break
    else:
        wrong.append(f"more than {MOST} allocations")
    tap.ok(not wrong, f"{what}: without, it is done or not done", "; ".join(wrong))
    tap.ok(failed, f"{what}: it needs memory", "no allocation failed")
    print(f"# {what}: {n} allocations, {failed} of them needed", flush=True)


class Packet:
    """One from a guest into the tunnel. What it meets in a softirq cannot be made to fail."""

    def __init__(self, spec):
        self.spec = spec
        self.sock = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_RAW)
        self.sock.setsockopt(socket.IPPROTO_IPV6, IPV6_RECVERR, 1)	# or it hides ENOBUFS
        # who watches the device has a copy, so that an outer header needs a new head
        self.tap = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
        self.tap.bind(("nemo0", 0))

    def send(self):
        self.sock.sendto(struct.pack(">IHBB", 6 << 28, 8, 59, 64) + ip("2001:db8:100:1::2") +
                         ip(CORRESPONDENT) + bytes(8), (CORRESPONDENT, 0))

    def nomem(self):
        """Drops for this reason"""
        link = dict(self.spec.dump("link-get").replies[0])
        names = [d["name"] for d in self.spec.sets["drops"]]
        drops = dict(attrs(link[self.spec.attributes("link-get").index("drops") + 1]))
        return struct.unpack("Q", drops[names.index("nomem") + 1])[0]

    def counted(self):
        """What nemo0 has sent, and what it has dropped"""
        with open("/proc/thread-self/net/dev", encoding="ascii") as f:
            line = next(line for line in f if line.split(":")[0].strip() == "nemo0")
        packets, errors, drops = map(int, line.split(":")[1].split()[9:12])
        return packets, errors + drops


def packets(tap, spec):
    packet, fault = Packet(spec), Fault()
    for op, state in (("mr-new", {}), ("mr-set", {"state": b"\2"}), ("mr-set", {"state": b"\3"})):
        answer = spec.do(op, spec.request(op, change=state))
        assert not answer.error, answer
    packet.send()
    tap.ok(packet.counted()[0] == 1, "a packet: with memory it is sent", f"{packet.counted()}")
    wrong, first = [], packet.nomem()
    for n in range(1, MOST):
        before, error = packet.counted(), 0
        fault.arm(n)
        try:
            packet.send()
        except OSError as e:
            error = e.errno
        struck = fault.struck()
        if sum(packet.counted()) - sum(before) != (not error):
            wrong.append(f"allocation {n}: error {error}, {before} became {packet.counted()}")
        if not struck:
            break
    tap.ok(not wrong, "a packet: without, it is sent or counted", "; ".join(wrong))
    tap.ok(packet.nomem() > first, "a packet: the tunnel's own drop is counted as nomem",
           f"none in {n} allocations, {packet.counted()}")
    tap.ok(packet.nomem() - first <= packet.counted()[1], "... and by the device")
    spec.do("mr-del", spec.request("mr-del"))


def main():
    tap = Ktap()
    for kind in ("nemo_mr", "nemo_ha"):
        link = Link(kind)
        exhaust(tap, f"{kind}: a device", link, *link.attempt(RTM_NEWLINK), DEVICE)
        link.do(RTM_DELLINK)
    mr = Table(Spec("nemo_mr", "nemo0"), "mr-new", "mr-del")
    packets(tap, mr.spec)
    ha = Table(Spec("nemo_ha", "nemo-ha0"), "bce-bind", "bce-del")
    change = {"coa": ip("2001:db8:1c::1"), "prefix": prefix("2001:db8:100:9::/64"),
              "guest": b"\x52\x54\0\0\0\x09", "seq": struct.pack("H", 2)}
    exhaust(tap, "mr-new", mr, *mr.attempt("mr-new"))
    exhaust(tap, "mr-set", mr, *mr.attempt("mr-set", change=change))
    exhaust(tap, "mr-del", mr, *mr.attempt("mr-del"))
    binding = {n: change[n] for n in ("coa", "prefix", "seq")}
    exhaust(tap, "bce-bind", ha, *ha.attempt("bce-bind", drop=["tcoa", "tcoa-lifetime"]))
    exhaust(tap, "bce-bind, another", ha, *ha.attempt(
        "bce-bind", drop=["tcoa", "tcoa-lifetime"], change=binding))
    exhaust(tap, "bce-transient", ha, *ha.attempt("bce-transient"))
    exhaust(tap, "bce-del", ha, *ha.attempt("bce-del", drop=["seq"]))
    return tap.failed > 0


if __name__ == "__main__":
    sys.exit(main())
