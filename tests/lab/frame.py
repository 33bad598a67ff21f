#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""frame.py KIND DEV - one frame that a guest may say first: arp, mld, na or unknown.

With the MAC address of DEV and nothing in it that is of a mobile network prefix. It meets
no queueing discipline, so the rest of the guest can be kept silent by one.
"""
import socket
import struct
import sys

SOL_PACKET, PACKET_QDISC_BYPASS = 263, 20	# linux/if_packet.h
ICMPV6 = 58
ALL_NODES, ALL_MLDV2 = "ff02::1", "ff02::16"


def ip6(src, to, icmp, options=b""):
    """An ICMPv6 message, with its checksum, behind hop-by-hop options, to a multicast address."""
    dst = socket.inet_pton(socket.AF_INET6, to)
    data = src + dst + struct.pack("!II", len(icmp), ICMPV6) + icmp
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    payload = options + icmp[:2] + struct.pack("!H", ~total & 0xFFFF) + icmp[4:]
    head = struct.pack("!IHBB", 6 << 28, len(payload), 0 if options else ICMPV6,
                       1 if options else 255) + src + dst
    return b"\x33\x33" + dst[12:], 0x86DD, head + payload


def arp(mac, _):
    """Gratuitous: who has the sender's own address?"""
    addr = socket.inet_aton("192.0.2.1")
    return b"\xff" * 6, 0x0806, (struct.pack("!HHBBH", 1, 0x0800, 6, 4, 1) +
                                 mac + addr + bytes(6) + addr)


def mld(_, src):
    """A version 2 report: the solicited-node address is joined (RFC 3810 §5.2)."""
    group = socket.inet_pton(socket.AF_INET6, "ff02::1:ff00:0")[:13] + src[13:]
    alert = bytes([ICMPV6, 0, 5, 2, 0, 0, 1, 0])
    return ip6(src, ALL_MLDV2, struct.pack("!BBHHHBBH", 143, 0, 0, 0, 1, 4, 0, 0) + group, alert)


def na(mac, src):
    """Unsolicited, overriding (RFC 4861 §4.4, §7.2.6)."""
    return ip6(src, ALL_NODES, struct.pack("!BBHI", 136, 0, 0, 1 << 29) + src +
               bytes([2, 1]) + mac)


def unknown(*_):
    """An Ethernet type for experiments (IEEE 802)."""
    return b"\xff" * 6, 0x88B5, bytes(46)


def main(kind, dev):
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    sock.setsockopt(SOL_PACKET, PACKET_QDISC_BYPASS, 1)
    sock.bind((dev, 0))
    mac = sock.getsockname()[4]
    link_local = (b"\xfe\x80" + bytes(6) + bytes([mac[0] ^ 2]) + mac[1:3] + b"\xff\xfe" +
                  mac[3:])
    dst, ethertype, data = kind(mac, link_local)
    sock.send(dst + mac + struct.pack("!H", ethertype) + data)


main({"arp": arp, "mld": mld, "na": na, "unknown": unknown}[sys.argv[1]], sys.argv[2])
