#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
xenstore.py SOCKET - a stand-in for xenstored

Debian's needs a hypervisor: without one the C xenstored dies at its first client, and it could
never announce @releaseDomain. This one speaks the protocol of xen/io/xs_wire.h on a socket, as
far as nemo-xen, vif-nemo and xenstore-read(1) and its like use it.
"""
import collections
import os
import socket
import struct
import sys
import threading

(DIRECTORY, READ, WATCH, TX_START, TX_END, WRITE, RM, WATCH_EVENT, ERROR, IS_INTRODUCED) = (
    1, 2, 4, 6, 7, 11, 13, 15, 16, 17)
HEADER = struct.Struct("=IIII")


def receive(sock):
    """A message: type, number, payload; None at the end."""
    head = sock.recv(HEADER.size, socket.MSG_WAITALL)
    if len(head) < HEADER.size:
        return None
    kind, req, _, size = HEADER.unpack(head)
    return kind, req, sock.recv(size, socket.MSG_WAITALL) if size else b""


def send(sock, kind, req, payload):
    sock.sendall(HEADER.pack(kind, req, 0, len(payload)) + payload)


def absolute(path):
    """A client in dom0 may leave its own directory out."""
    return path if path[0] in "/@" else "/local/domain/0/" + path


class Store:
    def __init__(self, path):
        self.nodes = {"/": b""}
        self.reads = collections.Counter()
        self.made = set()       # domains that have no guest yet
        self.clients = {}       # socket: set of (path, token)
        self.lock = threading.RLock()
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen()
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                sock = self.listener.accept()[0]
            except OSError:
                return
            with self.lock:
                self.clients[sock] = set()
            threading.Thread(target=self.serve, args=(sock,), daemon=True).start()

    def serve(self, sock):
        while True:
            try:
                message = receive(sock)
            except OSError:
                message = None
            if not message:
                break
            with self.lock:
                self.handle(sock, *message)
        with self.lock:
            self.clients.pop(sock, None)
        sock.close()

    def handle(self, sock, kind, req, payload):
        path, _, rest = payload.partition(b"\0")
        path = path.decode()
        if path and kind != IS_INTRODUCED:
            path = absolute(path)
        try:
            answer = self.answers[kind](self, path, rest)
        except KeyError as e:
            send(sock, ERROR, req, b"ENOSYS\0" if e.args == (kind,) else b"ENOENT\0")
            return
        send(sock, kind, req, answer)
        if kind == WATCH:
            token = rest.rstrip(b"\0").decode()
            self.clients[sock].add((path, token))
            self.event(sock, path, token)

    def read(self, path, _):
        self.reads[path] += 1
        return self.nodes[path]

    def directory(self, path, _):
        self.nodes[path]    # pylint: disable=pointless-statement
        above = path.rstrip("/") + "/"
        return b"".join(n[len(above):].encode() + b"\0" for n in self.nodes
                        if n.startswith(above) and n != "/" and "/" not in n[len(above):])

    def ok(self, *_):
        return b"OK\0"

    def is_introduced(self, domid, _):
        there = f"/local/domain/{domid}" in self.nodes and int(domid) not in self.made
        return b"T\0" if there else b"F\0"

    answers = {
        DIRECTORY: directory,
        READ: read,
        WATCH: ok,
        TX_START: lambda *_: b"1\0",   # none is ever undone: what it does, is done at once
        TX_END: ok,
        WRITE: lambda self, path, value: self.commit((path, value)) or b"OK\0",
        RM: lambda self, path, _: self.remove(path) or b"OK\0",
        IS_INTRODUCED: is_introduced,
    }

    def event(self, sock, path, token):
        try:
            send(sock, WATCH_EVENT, 0, f"{path}\0{token}\0".encode())
        except OSError:
            pass

    def fire(self, path, exact=False):
        with self.lock:
            for sock, watches in self.clients.items():
                for at, token in watches:
                    if path == at or (not exact and path.startswith(at + "/")):
                        self.event(sock, path, token)

    def commit(self, *pairs):
        """A transaction: all is written before any of it is told."""
        with self.lock:
            for path, value in pairs:
                at = path
                while at and at not in self.nodes:
                    self.nodes[at] = b""
                    at = at.rpartition("/")[0]
                self.nodes[path] = value if isinstance(value, bytes) else value.encode()
            for path, _ in pairs:
                self.fire(path)

    def remove(self, path):
        with self.lock:
            for node in [n for n in self.nodes if n == path or n.startswith(path + "/")]:
                del self.nodes[node]
                self.fire(node, exact=node != path)

    def close(self):
        self.listener.close()
        with self.lock:
            for sock in list(self.clients):
                sock.shutdown(socket.SHUT_RDWR)


def main():
    if os.path.exists(sys.argv[1]):
        os.unlink(sys.argv[1])
    Store(sys.argv[1])
    threading.Event().wait()


if __name__ == "__main__":
    main()
