# SPDX-License-Identifier: GPL-2.0
"""Raw generic netlink: sends what no well-behaved program would."""
import errno
import socket
import struct

NETLINK_GENERIC, SOL_NETLINK = 16, 270
NETLINK_ADD_MEMBERSHIP, NETLINK_EXT_ACK = 1, 11
NLM_F_REQUEST, NLM_F_ACK, NLM_F_DUMP_INTR, NLM_F_DUMP = 1, 4, 0x10, 0x300
NLM_F_CAPPED, NLM_F_ACK_TLVS = 0x100, 0x200
NLMSG_ERROR, NLMSG_DONE = 2, 3
NLMSGERR_ATTR_MSG, NLMSGERR_ATTR_OFFS = 1, 2
CTRL_CMD_GETFAMILY, CTRL_ATTR_FAMILY_ID, CTRL_ATTR_FAMILY_NAME = 3, 1, 2
CTRL_ATTR_MCAST_GROUPS, CTRL_ATTR_MCAST_GRP_NAME, CTRL_ATTR_MCAST_GRP_ID = 7, 1, 2
NLA_F_NESTED, NLA_TYPE_MASK = 0x8000, 0x3fff


def attr(number, data):
    return struct.pack("HH", 4 + len(data), number) + data + bytes(-len(data) % 4)


def nest(number, *attrs):
    return attr(number | NLA_F_NESTED, b"".join(attrs))


def attrs(data):
    """[(number, data)]"""
    found = []
    while len(data) >= 4:
        length, number = struct.unpack("HH", data[:4])
        if length < 4:
            break
        found.append((number & NLA_TYPE_MASK, data[4:length]))
        data = data[(length + 3) & ~3:]
    return found


class Answer:
    """error: a positive errno or 0; text: the kernel's sentence; replies: their attributes."""

    def __init__(self):
        self.error, self.text, self.replies, self.interrupted = 0, "", [], False

    def __str__(self):
        return f"{errno.errorcode.get(self.error, self.error)} '{self.text}'"


class Genl:
    def __init__(self, family=None, buffer=65536):
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_GENERIC)
        self.sock.setsockopt(SOL_NETLINK, NETLINK_EXT_ACK, 1)
        self.sock.settimeout(10)
        self.buffer, self.seq, self.family, self.groups = buffer, 0, 16, {}
        if family:
            self.family = self.resolve(family)

    def resolve(self, name):
        answer = self.do(CTRL_CMD_GETFAMILY, attr(CTRL_ATTR_FAMILY_NAME, name.encode() + b"\0"))
        if answer.error:
            raise LookupError(name)
        family = dict(answer.replies[0])
        for _, group in attrs(family.get(CTRL_ATTR_MCAST_GROUPS, b"")):
            group = dict(attrs(group))
            name = group[CTRL_ATTR_MCAST_GRP_NAME].rstrip(b"\0").decode()
            self.groups[name] = struct.unpack("I", group[CTRL_ATTR_MCAST_GRP_ID])[0]
        return struct.unpack("H", family[CTRL_ATTR_FAMILY_ID])[0]

    def join(self, group):
        """Listen to a multicast group: 0 or an errno"""
        try:
            self.sock.setsockopt(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, self.groups[group])
        except OSError as e:
            return e.errno
        return 0

    def heard(self):
        """Of one who listens, what has come by now: [(command, attributes)]"""
        found = []
        self.sock.setblocking(False)
        try:
            while True:
                found += [(data[0], attrs(data[4:])) for _, _, data in self.messages()]
        except BlockingIOError:
            return found

    def message(self, cmd, payload, flags):
        self.seq += 1
        head = struct.pack("IHHII", 20 + len(payload), self.family, NLM_F_REQUEST | flags,
                           self.seq, 0)
        return head + struct.pack("BBH", cmd, 1, 0) + payload

    def send(self, cmd, payload, flags):
        self.sock.send(self.message(cmd, payload, flags))

    def messages(self):
        """One datagram: (type, flags, data)"""
        data = self.sock.recv(self.buffer)
        while len(data) >= 16:
            length, kind, flags, _, _ = struct.unpack("IHHII", data[:16])
            yield kind, flags, data[16:length]
            data = data[(length + 3) & ~3:]

    @staticmethod
    def refusal(answer, kind, flags, data):
        answer.error = -struct.unpack("i", data[:4])[0]
        if not flags & NLM_F_ACK_TLVS:
            return
        skip = 4
        if kind == NLMSG_ERROR:
            skip = 20
            if answer.error and not flags & NLM_F_CAPPED:
                skip = 4 + struct.unpack("I", data[4:8])[0]
        tlvs = dict(attrs(data[(skip + 3) & ~3:]))
        answer.text = tlvs.get(NLMSGERR_ATTR_MSG, b"").rstrip(b"\0").decode()

    def finish(self, answer):
        """Read up to the end of the answer."""
        while True:
            for kind, flags, data in self.messages():
                answer.interrupted |= bool(flags & NLM_F_DUMP_INTR)
                if kind in (NLMSG_ERROR, NLMSG_DONE):
                    self.refusal(answer, kind, flags, data)
                    return answer
                answer.replies.append(attrs(data[4:]))

    def do(self, cmd, payload=b""):
        self.send(cmd, payload, NLM_F_ACK)
        return self.finish(Answer())

    def dump(self, cmd, payload=b"", between=None):
        """between: called after the first datagram"""
        self.send(cmd, payload, NLM_F_DUMP)
        answer = Answer()
        if between:
            for kind, flags, data in self.messages():
                answer.interrupted |= bool(flags & NLM_F_DUMP_INTR)
                if kind in (NLMSG_ERROR, NLMSG_DONE):
                    self.refusal(answer, kind, flags, data)
                    return answer
                answer.replies.append(attrs(data[4:]))
            between()
        return self.finish(answer)
