# SPDX-License-Identifier: GPL-2.0
"""xenrecords - captures and logs that the lab of Xen hosts leaves, on the correspondent's clock."""
import collections
import struct

UP, DOWN, FILM = 5001, 5002, 5004
OUTGOING = 4			# PACKET_OUTGOING

Frame = collections.namedtuple("Frame", "at ifindex out port seq")
Sample = collections.namedtuple("Sample", "seq sent received")


def frames(name, ahead):
    """Of a capture on all interfaces (LINKTYPE_LINUX_SLL2), @ahead: its clock's lead, ns."""
    with open(name, "rb") as f:
        data = f.read()
    at = 24
    while at + 16 <= len(data):
        s, us, n, _ = struct.unpack_from("<IIII", data, at)
        p = data[at + 16:at + 16 + n]
        at += 16 + n
        proto, _, ifindex, _, kind = struct.unpack_from(">HHIHB", p)
        port = seq = None
        if proto == 0x86dd and len(p) >= 80 and p[26] == 17:
            port, = struct.unpack_from(">H", p, 62)
            seq, = struct.unpack_from("<I", p, 68)
        yield Frame(s * 10**9 + us * 1000 - ahead, ifindex, kind == OUTGOING, port, seq)


def samples(name):
    """The log of an nstream."""
    with open(name, "rb") as f:
        data = f.read()
    return [Sample(*s) for s in struct.iter_unpack("<I4xqq", data[:len(data) // 24 * 24])]


def tally(seqs, wanted):
    """Of numbers in the order of their arrival: lost, doubled, out of order."""
    seen, top = set(), -1
    duplicated = reordered = 0
    for seq in seqs:
        if seq in seen:
            duplicated += 1
        elif seq < top:
            reordered += 1
        seen.add(seq)
        top = max(top, seq)
    return {"sent": len(wanted), "received": len(wanted & seen), "lost": len(wanted - seen),
            "duplicated": duplicated, "reordered": reordered}
