#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""signalling.py - what an attacker on the way does with Mobility Header messages.

record FILE NTH DEV...  what goes out by these interfaces of a router, until it is ended; the
                     NTH of each seven messages (0 to 6) goes out twice, and is there twice
replay FILE TYPE...  sends that again, message by message, by the same interface; fails, and
                     sends nothing, where one of these types has not been recorded
error HA COA HOA     a Binding Error as if of the home agent: there is no binding (status 1)

What is sent again meets no queueing discipline, and so is not lost once more.
"""
import select
import socket
import struct
import sys

MH = 135
AT = 14 + 40	# behind Ethernet and IPv6
ETH_P_ALL = 3
SOL_PACKET, PACKET_QDISC_BYPASS = 263, 20	# linux/if_packet.h
BINDING_ERROR = 7
DOUBLED = 7		# a move has eight messages: in each another one


def mh_type(frame):
    """Behind a Destination Options or a Routing header; None if it is none."""
    if frame[12:14] != b"\x86\xdd":
        return None
    kind, at = frame[20], AT
    while kind in (43, 60) and len(frame) > at + 2:
        kind, at = frame[at], at + 8 * (frame[at + 1] + 1)
    return frame[at + 2] if kind == MH and len(frame) > at + 2 else None


def packet_socket(dev, proto):
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(proto))
    sock.setsockopt(SOL_PACKET, PACKET_QDISC_BYPASS, 1)
    sock.bind((dev, proto))
    return sock


def record(path, nth, *devs):
    socks, n = [packet_socket(dev, ETH_P_ALL) for dev in devs], 0
    with open(path, "w", encoding="ascii") as out:
        print("ready", flush=True)
        while True:
            for sock in select.select(socks, [], [])[0]:
                frame, where = sock.recvfrom(2048)
                if where[2] != socket.PACKET_OUTGOING or mh_type(frame) is None:
                    continue
                line = f"{where[0]} {mh_type(frame)} {frame.hex()}"
                print(line, file=out, flush=True)
                if n % DOUBLED == int(nth):
                    sock.send(frame)
                    print(line, file=out, flush=True)
                n += 1


def replay(path, *types):
    out, n = {}, 0
    with open(path, encoding="ascii") as lines:
        recorded = [line.split() for line in lines]
    missing = set(types) - {kind for _, kind, _ in recorded}
    if missing:
        return f"no message of type {' '.join(sorted(missing))} yet"
    for dev, kind, frame in recorded:
        if kind not in types:
            continue
        if dev not in out:
            out[dev] = packet_socket(dev, 0)
        out[dev].send(bytes.fromhex(frame))
        n += 1
    print(f"# {n} sent again")
    return 0


def checksum(src, dst, data):
    data = src + dst + struct.pack("!II", len(data), MH) + data
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def error(*texts):
    ha, coa, hoa = (socket.inet_pton(socket.AF_INET6, t) for t in texts)
    mh = bytes([59, 2, BINDING_ERROR, 0, 0, 0, 1, 0]) + hoa		# RFC 6275 §6.1.9
    mh = mh[:4] + struct.pack("!H", checksum(ha, coa, mh)) + mh[6:]
    sock = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_RAW)
    head = struct.pack("!IHBB", 6 << 28, len(mh), MH, 64) + ha + coa
    sock.sendto(head + mh, (texts[1], 0))


sys.exit({"record": record, "replay": replay, "error": error}[sys.argv[1]](*sys.argv[2:]))
