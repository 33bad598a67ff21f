#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
notify.py SOCKET - be the service manager's end of sd_notify(3): print each message of
each sender as one line "PID STATE".
"""
import os
import socket
import struct
import sys

sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
sock.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
sock.bind(sys.argv[1])
while True:
    text, control, _, _ = sock.recvmsg(4096, 256)
    pid = 0
    for level, kind, data in control:
        if level == socket.SOL_SOCKET and kind == socket.SCM_CREDENTIALS:
            pid = struct.unpack("iII", data)[0]
    for line in text.decode().splitlines():
        print(pid, line, flush=True)
