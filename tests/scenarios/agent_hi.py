#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""agent_hi.py - Handover Initiates that nobody should believe.

replay DEV      in a router's namespace: waits for the first one that goes out by DEV, sends it
                again at once and a second later
forge SRC DST HOA   sends one that prepares HOA, with an AUTH option that nobody has signed
"""
import os
import select
import socket
import struct
import sys
import time

HI = 14


def addr(text):
    return socket.inet_pton(socket.AF_INET6, text)


def checksum(src, dst, data):
    data = src + dst + struct.pack("!II", len(data), 135) + data
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def replay(dev):
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    sock.bind((dev, 3))
    print("ready", flush=True)
    end = time.monotonic() + 30
    while select.select([sock], [], [], max(0, end - time.monotonic()))[0]:
        frame, where = sock.recvfrom(2048)
        if where[2] == socket.PACKET_OUTGOING and frame[12:14] == b"\x86\xdd" and \
           frame[20] == 135 and frame[56] == HI:
            sock.send(frame)
            time.sleep(1)
            sock.send(frame)
            print("twice", flush=True)
            return 0
    return 1


def forge(src, dst, hoa):
    src, dst = addr(src), addr(dst)
    context = addr(hoa) + struct.pack("!HHBBH", 1, 15, 1, 0, 1)
    now = struct.pack("!Q", int((time.time() + 2208988800) * 2**32))
    # Pad1s bring each option to where its RFC wants it.
    body = struct.pack("!HBB", 1, 0x30, 3) + bytes([19, 29]) + struct.pack("!IB", 32473, 1) + context
    body += bytes([10, 8]) + now
    body += bytes(-(6 + len(body) + 3) % 4) + bytes([9, 21, 1]) + struct.pack("!I", 1000) + os.urandom(16)
    body += bytes(-(6 + len(body)) % 8)
    mh = bytes([59, (6 + len(body)) // 8 - 1, HI, 0, 0, 0]) + body
    mh = mh[:4] + struct.pack("!H", checksum(src, dst, mh)) + mh[6:]
    out = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_RAW)
    head = struct.pack("!IHBB", 6 << 28, len(mh), 135, 64) + src + dst
    out.sendto(head + mh, (socket.inet_ntop(socket.AF_INET6, dst), 0))
    return 0


sys.exit({"replay": replay, "forge": forge}[sys.argv[1]](*sys.argv[2:]))
