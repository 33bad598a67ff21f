#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""agent_mh.py TEST... - signalling that is wrong, to a home agent, and what it answers.

Plays a host in a namespace of its own: sends Binding Updates as they go over the wire
(IPv6 | Home Address option | Mobility Header) and prints the answer of each TEST, a line:
the status of the Binding Acknowledgement with its sequence number ("135/7"), "BE 2" for a
Binding Error, "icmp" for a Parameter Problem, "-" for none.

agent_mh.py --ha - plays a home agent that answers each Binding Update with a Binding
Acknowledgement without the R flag, until it is killed.
agent_mh.py --plain - one with the R flag, that repeats no option.
agent_mh.py --brr HOW - a Binding Refresh Request to a host, at COA, signed as said below.
agent_mh.py --revoke HOW SEQ [WHEN] - a Binding Revocation Indication to a host, at COA, from
the home agent's address; HOW it is signed: good, wrong-key, no-auth; WHEN: its time stamp, in
seconds since 1970, or never.
"""
import hashlib
import hmac
import os
import select
import socket
import struct
import sys
import time

COA = os.environ["COA"]
OLD_COA = os.environ.get("OLD_COA", COA)
HA = os.environ["HA"]
HOA = os.environ["HOA"]
MNP = os.environ["MNP"]
SPI = int(os.environ["SPI"])
KEY = bytes.fromhex(open(os.environ["KEY"]).read())
WAIT = 3
A, H, R = 0x8000, 0x4000, 0x0400


def addr(text):
    return socket.inet_pton(socket.AF_INET6, text)


def checksum(src, dst, data):
    data = addr(src) + addr(dst) + struct.pack("!II", len(data), 135) + data
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ntp_of(seconds):
    return struct.pack("!Q", int((seconds + 2208988800) * 2**32))


def ntp(shift=0):
    return ntp_of(time.time() + shift)


def option(kind, data):
    return bytes([kind, len(data)]) + data


def pad(body, multiple, rest):
    """PadN or Pad1 until the length is multiple*n + rest."""
    n = (rest - len(body)) % multiple
    if n == 1:
        return body + b"\0"
    return body + (option(1, b"\0" * (n - 2)) if n else b"")


def message(kind, fields, options=b"", key=KEY, spi=SPI, src=COA):
    """A signed Mobility Header, checksum zero."""
    body = bytes([59, 0, kind, 0, 0, 0]) + fields + options
    if key is not None:
        body = pad(body, 4, 1) + bytes([9, 21, 1]) + struct.pack("!I", spi)
        total = (len(body) + 16 + 7) // 8 * 8
        tail = total - len(body) - 16
        body = body[:1] + bytes([total // 8 - 1]) + body[2:]
        mac = hmac.new(key, addr(src) + addr(HOA) + body, hashlib.sha256).digest()[:16]
        end = b"\0" if tail == 1 else option(1, b"\0" * (tail - 2)) if tail else b""
        return body + mac + end
    body = pad(body, 8, 0)
    return body[:1] + bytes([len(body) // 8 - 1]) + body[2:]


def update(seq, flags=A | H | R, lifetime=15, options=b"", when=0, stamp=True, **kw):
    fields = struct.pack("!HHH", seq & 0xFFFF, flags, lifetime)
    if stamp:
        options += pad(b"", 1, 0) + option(10, ntp(when) if isinstance(when, int) else when)
    return message(5, fields, options, **kw)


def mnp_option(prefix, length):
    body = pad(b"\0" * 12, 8, 4)[12:]
    return body + bytes([6, 18, 0, length]) + addr(prefix)


class Host:
    """Sends as a mobile router does, hears what comes back."""

    def __init__(self):
        self.out = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_RAW)
        self.mh = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x86DD))
        self.seq = int(time.time() * 15) & 0xFFFF
        self.lifetime = None    # in the last Binding Acknowledgement

    def send(self, mh, break_checksum=False, hao=True, coa=COA):
        src = HOA if hao else coa
        mh = mh[:4] + b"\0\0" + mh[6:]
        value = checksum(src, HA, mh) ^ (0x5555 if break_checksum else 0)
        mh = mh[:4] + struct.pack("!H", value) + mh[6:]
        ext = bytes([135, 2]) + option(1, b"\0\0") + option(201, addr(HOA)) if hao else b""
        packet = struct.pack("!IHBB", 6 << 28, len(ext) + len(mh), 60 if hao else 135, 64)
        self.out.sendto(packet + addr(coa) + addr(HA) + ext + mh, (HA, 0))

    def hear(self, wait=WAIT):
        end = time.monotonic() + wait
        while True:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.mh], [], [], left)[0]:
                return "-"
            packet, where = self.mh.recvfrom(2048)
            if where[2] == socket.PACKET_OUTGOING or packet[8:24] != addr(HA):
                continue
            kind, at = packet[6], 40
            if kind == 43:
                kind, at = packet[at], at + 8 * (packet[at + 1] + 1)
            if kind == 58 and packet[at] == 4:
                return "icmp"
            if kind != 135:
                continue
            mh = packet[at:]
            if mh[2] == 6:
                seq, self.lifetime = struct.unpack("!HH", mh[8:12])
                return f"{mh[6]}/{seq}"
            if mh[2] == 7:
                return f"BE {mh[6]}"

    def ask(self, mh, **kw):
        self.send(mh, **kw)
        return self.hear()

    def next(self):
        self.seq = (self.seq + 1) & 0xFFFF
        return self.seq


def status(answer):
    return answer.split("/")[0]


def replay(host):
    first = update(host.next())
    return status(host.ask(first)) + " " + status(host.ask(first))


def old_sequence(host):
    good = host.next()
    host.ask(update(good))
    answer = host.ask(update(good - 5))
    return status(answer) + (" current" if answer.endswith(f"/{good}") else " " + answer)


def late_release(host):
    """By a host that has lost the binding; it may know the number that is next."""
    def from_there(seq, **kw):
        return status(host.ask(update(seq, src=OLD_COA, **kw), coa=OLD_COA))

    last = host.next()
    answers = [from_there(last), status(host.ask(update(host.next())))]
    answers += [from_there(last, lifetime=0), from_there(host.seq + 1, lifetime=0)]
    # The number that a late one has used up is still the other's to use.
    answers += [status(host.ask(update(host.next())))]
    return " ".join(answers)


def lifetime(host):
    """What is granted when 60 s are asked for, in units of 4 s."""
    return f"{status(host.ask(update(host.next())))} {host.lifetime}"


def changed(mh, at, value):
    return mh[:at] + bytes([value]) + mh[at + 1:]


TESTS = {
    "good": lambda h: status(h.ask(update(h.next()))),
    "lifetime": lifetime,
    "explicit": lambda h: status(h.ask(update(h.next(), options=mnp_option(MNP, 64)))),
    "checksum": lambda h: h.ask(update(h.next()), break_checksum=True),
    "short": lambda h: h.ask(bytes([59, 0, 5, 0, 0, 0, 0, 0])),
    "long": lambda h: h.ask(changed(update(h.next()), 1, 200)),
    "payload": lambda h: h.ask(changed(update(h.next()), 0, 6)),
    "option-beyond": lambda h: h.ask(message(5, struct.pack("!HHH", h.next(), A | H | R, 15),
                                             bytes([77, 200, 0, 0]), key=None)),
    "unknown-type": lambda h: h.ask(message(99, b"\0" * 10)),
    "unknown-option": lambda h: status(h.ask(update(h.next(), options=option(77, b"abcd")))),
    "wrong-key": lambda h: status(h.ask(update(h.next(), key=b"\1" * 32))),
    "wrong-spi": lambda h: status(h.ask(update(h.next(), spi=SPI + 1))),
    "no-auth": lambda h: status(h.ask(update(h.next(), key=None))),
    "other-coa": lambda h: status(h.ask(update(h.next(), src="2001:db8::99"))),
    "no-stamp": lambda h: status(h.ask(update(h.next(), stamp=False))),
    "old-stamp": lambda h: status(h.ask(update(h.next(), when=-60))),
    "replay": replay,
    "old-sequence": old_sequence,
    "foreign-prefix": lambda h: status(h.ask(update(h.next(),
                                                    options=mnp_option("2001:db8:666::", 64)))),
    "bad-prefix": lambda h: status(h.ask(update(h.next(), options=mnp_option(MNP, 200)))),
    "no-r": lambda h: status(h.ask(update(h.next(), flags=A | H))),
    "no-h": lambda h: status(h.ask(update(h.next(), flags=A | R))),
    "no-hao": lambda h: status(h.ask(update(h.next()), hao=False)),
    "late-release": late_release,
    "release": lambda h: status(h.ask(update(h.next(), lifetime=0))),
}


def play_home_agent(flags):
    """Accepts everything, as an agent of plain Mobile IPv6, or NEMO, would."""
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x86DD))
    out = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_RAW)
    while True:
        packet, where = sock.recvfrom(2048)
        if where[2] == socket.PACKET_OUTGOING or packet[6] != 60 or packet[40] != 135:
            continue
        coa, at = packet[8:24], 40 + 8 * (packet[41] + 1)
        mh = packet[at:]
        if mh[2] != 5:
            continue
        fields = bytes([0, flags]) + mh[6:8] + struct.pack("!H", 15)
        text = socket.inet_ntop(socket.AF_INET6, coa)
        to_host(out, message(6, fields, src=text), text)


def to_host(out, mh, coa):
    """As a home agent sends it, with the routing header to the home address."""
    value = struct.pack("!H", checksum(HA, HOA, mh))
    rh2 = bytes([135, 2, 2, 1]) + b"\0" * 4 + addr(HOA)
    head = struct.pack("!IHBB", 6 << 28, len(rh2) + len(mh), 43, 64)
    out.sendto(head + addr(HA) + addr(coa) + rh2 + mh[:4] + value + mh[6:], (coa, 0))


KEYS = {"good": KEY, "wrong-key": b"\1" * 32, "no-auth": None}


def ask_for_refresh(how):
    out = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_RAW)
    to_host(out, message(0, b"\0\0", key=KEYS[how]), COA)


def revoke(how, seq, when):
    out = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_RAW)
    fields = struct.pack("!BBHH", 1, 4, seq & 0xFFFF, 0)
    stamp = b"" if when == "never" else option(10, ntp_of(float(when)))
    to_host(out, message(16, fields, stamp, key=KEYS[how]), COA)


if sys.argv[1:2] == ["--ha"]:
    play_home_agent(0)
if sys.argv[1:2] == ["--plain"]:
    play_home_agent(0x40)
if sys.argv[1:2] == ["--brr"]:
    ask_for_refresh(sys.argv[2])
    sys.exit()
if sys.argv[1:2] == ["--revoke"]:
    revoke(sys.argv[2], int(sys.argv[3]), sys.argv[4] if sys.argv[4:] else time.time())
    sys.exit()
HOST = Host()
for name in sys.argv[1:]:
    print(name, TESTS[name](HOST), flush=True)
