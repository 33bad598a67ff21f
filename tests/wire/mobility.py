# SPDX-License-Identifier: GPL-2.0
"""The Mobility Header in scapy, and random messages.

What scapy 2.5 lacks is defined here from the RFCs alone, not from the C code.
A message is a dict: "kind" is a word of wiretool.c for the message, the other
keys are its option words without "=", a list of field lists for each.
"""
import random
import socket

from scapy.fields import (BitField, ByteField, FieldLenField,
                          IP6Field, IPField, IntField, LongField, ShortField,
                          StrFixedLenField, StrLenField, XByteField,
                          XShortField, ConditionalField)
from scapy.layers import inet6
from scapy.layers.inet6 import (MIP6OptAltCoA, MIP6OptBRAdvice, MIP6OptMNID,
                                MIP6OptMobNetPrefix, MIP6OptMsgAuth,
                                MIP6OptReplayProtection, MIP6OptUnknown)

# pylint: disable=protected-access,missing-class-docstring
Option = inet6._MIP6OptAlign
Header = inet6._MobilityHeader
HEAD = [ByteField("nh", 59), ByteField("len", None)]


class Vendor(Option):                   # RFC 5094 section 3
    fields_desc = [ByteField("otype", 19),
                   FieldLenField("olen", None, "value", fmt="B",
                                 adjust=lambda pkt, n: n + 5),
                   IntField("vendor", 0), ByteField("subtype", 0),
                   StrLenField("value", b"",
                               length_from=lambda pkt: pkt.olen - 5)]
    x, y = 4, 2


class HomeNetworkPrefix(Option):        # RFC 5213 section 8.3
    fields_desc = [ByteField("otype", 22), ByteField("olen", 18),
                   ByteField("reserved", 0), ByteField("plen", 0),
                   IP6Field("prefix", "::")]
    x, y = 8, 4


class LinkLocal(Option):                # RFC 5213 section 8.7
    fields_desc = [ByteField("otype", 26), ByteField("olen", 16),
                   IP6Field("addr", "::")]
    x, y = 8, 6


class Timestamp(Option):                # RFC 5213 section 8.8
    fields_desc = [ByteField("otype", 27), ByteField("olen", 8),
                   LongField("timestamp", 0)]
    x, y = 8, 2


class BindingIdentifier(Option):        # RFC 5648 section 4.1
    fields_desc = [ByteField("otype", 35), ByteField("olen", 4),
                   ShortField("bid", 0), ByteField("status", 0),
                   BitField("h", 0, 1), BitField("reserved", 0, 7),
                   ConditionalField(IP6Field("coa", "::"),
                                    lambda pkt: pkt.olen == 20),
                   ConditionalField(IPField("coa4", "0.0.0.0"),
                                    lambda pkt: pkt.olen == 8)]
    x, y = 8, 2


class ContextRequest(Option):           # RFC 5949 section 6.2.1
    fields_desc = [ByteField("otype", 40),
                   FieldLenField("olen", None, "requests", fmt="B",
                                 adjust=lambda pkt, n: n + 2),
                   ShortField("reserved", 0),
                   StrLenField("requests", b"",
                               length_from=lambda pkt: pkt.olen - 2)]
    x, y = 4, 0


class AnchorAddress(Option):            # RFC 5949 section 6.2.2
    fields_desc = [ByteField("otype", 41), ByteField("olen", 18),
                   ByteField("code", 1), ByteField("reserved", 0),
                   ConditionalField(IP6Field("addr", "::"),
                                    lambda pkt: pkt.olen == 18),
                   ConditionalField(IPField("addr4", "0.0.0.0"),
                                    lambda pkt: pkt.olen == 6)]
    x, y = 8, 4


class InterfaceIdentifier(Option):      # RFC 5949 section 6.2.3
    fields_desc = [ByteField("otype", 42), ByteField("olen", 10),
                   ShortField("reserved", 0), StrFixedLenField("iid", b"", 8)]
    x, y = 8, 4


class TransientBinding(Option):         # RFC 6058
    fields_desc = [ByteField("otype", 43), ByteField("olen", 2),
                   BitField("reserved", 0, 7), BitField("late", 0, 1),
                   ByteField("lifetime", 0)]
    x, y = 4, 0


def _options(offset):
    return [inet6._PhantomAutoPadField("autopad", 1),
            inet6._OptionsField("options", [], MIP6OptUnknown, offset,
                                length_from=lambda pkt: 8 * pkt.len + 8 - offset)]


def _head(mhtype):
    return HEAD + [ByteField("mhtype", mhtype), ByteField("res", 0),
                   XShortField("cksum", None)]


class HandoverInitiate(Header):         # RFC 5568 6.2.1, RFC 5949 6.1.1
    fields_desc = _head(14) + [ShortField("seq", 0), XByteField("flags", 0),
                               ByteField("code", 0)] + _options(10)
    overload_fields = {inet6.IPv6: {"nh": 135}}


class HandoverAcknowledge(Header):      # RFC 5568 6.2.1, RFC 5949 6.1.2
    fields_desc = _head(15) + [ShortField("seq", 0), XByteField("flags", 0),
                               ByteField("code", 0)] + _options(10)
    overload_fields = {inet6.IPv6: {"nh": 135}}


class BindingRevocation(Header):        # RFC 5846 section 5
    fields_desc = _head(16) + [ByteField("kind", 1), ByteField("code", 0),
                               ShortField("seq", 0), XShortField("flags", 0)
                               ] + _options(12)
    overload_fields = {inet6.IPv6: {"nh": 135}}


inet6._mip6_mhtype2cls.update({14: HandoverInitiate, 15: HandoverAcknowledge,
                               16: BindingRevocation})
inet6.moboptcls.update({
    19: Vendor, 22: HomeNetworkPrefix, 26: LinkLocal, 27: Timestamp,
    35: BindingIdentifier, 40: ContextRequest, 41: AnchorAddress,
    42: InterfaceIdentifier, 43: TransientBinding})

MAPPED = "::ffff:"


def canonical(addr):
    """The text that libc's inet_ntop gives."""
    return socket.inet_ntop(socket.AF_INET6,
                            socket.inet_pton(socket.AF_INET6, addr))


def is_mapped(addr):
    return addr.startswith(MAPPED) and "." in addr


# One row an option: its word, from fields to scapy, from scapy to fields.
def _bid_to(bid, status, flags, coa=None):
    opt = BindingIdentifier(bid=bid, status=status, h=flags >> 7)
    if coa is None:
        opt.olen = 4
    elif is_mapped(coa):
        opt.olen, opt.coa4 = 8, coa[len(MAPPED):]
    else:
        opt.olen, opt.coa = 20, coa
    return opt


def _bid_from(opt):
    coa = {4: [], 8: [MAPPED + str(opt.coa4)], 20: [opt.coa]}[opt.olen]
    return [opt.bid, opt.status, opt.h << 7] + coa


def _lma_to(addr):
    if is_mapped(addr):
        return AnchorAddress(olen=6, code=2, addr4=addr[len(MAPPED):])
    return AnchorAddress(olen=18, code=1, addr=addr)


def _lma_from(opt):
    return [MAPPED + opt.addr4 if opt.code == 2 else opt.addr]


OPTIONS = {
    MIP6OptBRAdvice: ("refresh", lambda n: MIP6OptBRAdvice(rinter=n),
                      lambda o: [o.rinter]),
    MIP6OptAltCoA: ("alt_coa", lambda a: MIP6OptAltCoA(acoa=a),
                    lambda o: [o.acoa]),
    MIP6OptMNID: ("mn_id", lambda s, d: MIP6OptMNID(subtype=s, id=d),
                  lambda o: [o.subtype, bytes(o.id)]),
    MIP6OptMsgAuth: ("auth",
                     lambda s, d: MIP6OptMsgAuth(subtype=1, mspi=s, authdata=d),
                     lambda o: [o.mspi, bytes(o.authdata)]),
    MIP6OptReplayProtection: ("mesg_id",
                              lambda n: MIP6OptReplayProtection(timestamp=n),
                              lambda o: [o.timestamp]),
    LinkLocal: ("link_local", lambda a: LinkLocal(addr=a),
                lambda o: [o.addr]),
    Timestamp: ("timestamp", lambda n: Timestamp(timestamp=n),
                lambda o: [o.timestamp]),
    AnchorAddress: ("lma", _lma_to, _lma_from),
    InterfaceIdentifier: ("iid", lambda d: InterfaceIdentifier(iid=d),
                          lambda o: [bytes(o.iid)]),
    TransientBinding: ("transient",
                       lambda l, t: TransientBinding(late=l, lifetime=t),
                       lambda o: [o.late, o.lifetime]),
    MIP6OptMobNetPrefix: ("mnp",
                          lambda n, a: MIP6OptMobNetPrefix(plen=n, prefix=a),
                          lambda o: [o.plen, o.prefix]),
    HomeNetworkPrefix: ("hnp", lambda n, a: HomeNetworkPrefix(plen=n, prefix=a),
                        lambda o: [o.plen, o.prefix]),
    BindingIdentifier: ("bid", _bid_to, _bid_from),
    Vendor: ("vendor",
             lambda v, s, d: Vendor(vendor=v, subtype=s, value=d),
             lambda o: [o.vendor, o.subtype, bytes(o.value)]),
}
WORDS = [word for word, _, _ in OPTIONS.values()] + ["ctx_req"]
REPEATED = {"mnp": 16, "hnp": 16, "bid": 8, "vendor": 12, "ctx_req": 16}


def _requests_to(requests):
    return ContextRequest(requests=b"".join(
        bytes([kind, len(value)]) + value for kind, value in requests))


def _requests_from(opt):
    raw, found = bytes(opt.requests), []
    while raw:
        found.append([raw[0], raw[2:2 + raw[1]]])
        raw = raw[2 + raw[1]:]
    return found


MESSAGES = {
    "brr": (lambda: inet6.MIP6MH_BRR(), lambda p: []),
    "bu": (lambda seq, flags, life: inet6.MIP6MH_BU(
        seq=seq, flags=flags >> 9, reserved=flags & 0x1ff, mhtime=life),
           lambda p: [p.seq, int(p.flags) << 9 | p.reserved, p.mhtime]),
    "ba": (lambda status, flags, seq, life: inet6.MIP6MH_BA(
        status=status, flags=flags >> 5, res2=flags & 0x1f, seq=seq,
        mhtime=life),
           lambda p: [p.status, int(p.flags) << 5 | p.res2, p.seq, p.mhtime]),
    "be": (lambda status, hoa: inet6.MIP6MH_BE(status=status, ha=hoa),
           lambda p: [p.status, p.ha]),
    "hi": (lambda seq, flags, code: HandoverInitiate(
        seq=seq, flags=flags, code=code), lambda p: [p.seq, p.flags, p.code]),
    "hack": (lambda seq, flags, code: HandoverAcknowledge(
        seq=seq, flags=flags, code=code), lambda p: [p.seq, p.flags, p.code]),
    "br": (lambda kind, code, seq, flags: BindingRevocation(
        kind=kind, code=code, seq=seq, flags=flags),
           lambda p: [p.kind, p.code, p.seq, p.flags]),
}
CLASSES = {inet6.MIP6MH_BRR: "brr", inet6.MIP6MH_BU: "bu",
           inet6.MIP6MH_BA: "ba", inet6.MIP6MH_BE: "be",
           HandoverInitiate: "hi", HandoverAcknowledge: "hack",
           BindingRevocation: "br"}


def to_scapy(msg, rng=None, unknown=()):
    """The message as a scapy layer; options in random order if rng is given."""
    opts = []
    for word, make, _ in OPTIONS.values():
        if word != "auth":
            opts += [(word, make(*fields)) for fields in msg.get(word, [])]
    if msg.get("ctx_req"):
        opts.append(("ctx_req", _requests_to(msg["ctx_req"])))
    opts += [("unknown", MIP6OptUnknown(otype=kind, odata=data))
             for kind, data in unknown]
    if rng:
        _shuffle_kinds(opts, rng)
    make = OPTIONS[MIP6OptMsgAuth][1]
    opts += [("auth", make(*fields)) for fields in msg.get("auth", [])]
    layer = MESSAGES[msg["kind"]][0](*msg["fields"])
    layer.options = [opt for _, opt in opts]
    return layer


def _shuffle_kinds(opts, rng):
    """Any order, but for options of one kind, which keep theirs."""
    order = {word: [opt for w, opt in opts if w == word] for word, _ in opts}
    rng.shuffle(opts)
    for i, (word, _) in enumerate(opts):
        opts[i] = (word, order[word].pop(0))


def from_scapy(layer):
    msg = {"kind": CLASSES[type(layer)]}
    msg["fields"] = MESSAGES[msg["kind"]][1](layer)
    for opt in layer.options:
        if isinstance(opt, ContextRequest):
            msg["ctx_req"] = _requests_from(opt)
        elif type(opt) in OPTIONS:
            word, _, fields = OPTIONS[type(opt)]
            msg.setdefault(word, []).append(fields(opt))
        elif not isinstance(opt, (inet6.Pad1, inet6.PadN)):
            raise ValueError(f"unexpected option {opt!r}")
    return msg


def _text(field):
    if isinstance(field, (bytes, bytearray)):
        return field.hex() or "-"
    if isinstance(field, str):
        return canonical(field)
    return str(int(field))


def to_words(msg):
    """As wiretool prints it."""
    head = ",".join(_text(f) for f in msg["fields"])
    words = [f"{msg['kind']}={head}" if head else msg["kind"]]
    for word in WORDS:
        words += [f"{word}=" + ",".join(_text(f) for f in fields)
                  for fields in msg.get(word, [])]
    return words


class Random:
    """Random messages from a seed."""

    def __init__(self, seed):
        self.rng = random.Random(seed)

    def bits(self, n):
        edge = self.rng.random()
        if edge < 0.1:
            return 0
        return (1 << n) - 1 if edge < 0.2 else self.rng.getrandbits(n)

    def octets(self, least, most):
        return self.rng.randbytes(self.rng.randint(least, most))

    def addr(self, mapped=False):
        if mapped and self.rng.random() < 0.4:
            return MAPPED + socket.inet_ntop(socket.AF_INET, self.rng.randbytes(4))
        raw = bytearray(self.rng.randbytes(16))
        raw[0] = self.rng.choice([0x20, 0x2a, 0xfe, 0xfd])
        return socket.inet_ntop(socket.AF_INET6, bytes(raw))

    def prefix(self):
        length = self.rng.choice([0, 1, 47, 48, 56, 63, 64, 65, 127, 128])
        mask = (1 << 128) - (1 << (128 - length))
        raw = self.rng.getrandbits(128) & mask
        return [length, socket.inet_ntop(socket.AF_INET6, raw.to_bytes(16, "big"))]

    def fields(self, kind):
        return {
            "brr": lambda: [],
            "bu": lambda: [self.bits(16), self.bits(16), self.bits(16)],
            "ba": lambda: [self.bits(8), self.bits(8), self.bits(16),
                           self.bits(16)],
            "be": lambda: [self.bits(8), self.addr()],
            "hi": lambda: [self.bits(16), self.bits(8), self.bits(8)],
            "hack": lambda: [self.bits(16), self.bits(8), self.bits(8)],
            "br": lambda: [self.rng.randint(1, 2), self.bits(8), self.bits(16),
                           self.bits(16)],
        }[kind]()

    def option(self, word):
        return {
            "refresh": lambda: [self.bits(16)],
            "alt_coa": lambda: [self.addr()],
            "mn_id": lambda: [self.bits(8), self.octets(1, 60)],
            "auth": lambda: [self.bits(32), self.octets(1, 40)],
            "mesg_id": lambda: [self.bits(64)],
            "link_local": lambda: [self.addr()],
            "timestamp": lambda: [self.bits(64)],
            "lma": lambda: [self.addr(mapped=True)],
            "iid": lambda: [self.rng.randbytes(8)],
            "transient": lambda: [self.rng.getrandbits(1), self.bits(8)],
            "mnp": self.prefix,
            "hnp": self.prefix,
            "bid": lambda: [self.rng.randint(1, 65535), self.bits(8),
                            self.rng.choice([0, 0x80])] +
                           self.rng.choice([[], [self.addr(mapped=True)]]),
            "vendor": lambda: [self.bits(32), self.bits(8), self.octets(0, 60)],
            "ctx_req": lambda: [self.bits(8), self.octets(0, 8)],
        }[word]()

    def message(self):
        kind = self.rng.choice(list(MESSAGES))
        msg = {"kind": kind, "fields": self.fields(kind)}
        density = self.rng.choice([0, 0.1, 0.3, 0.8])
        for word in WORDS:
            if self.rng.random() < density:
                most = REPEATED.get(word, 1)
                many = self.rng.randint(1, self.rng.choice([1, 2, most]))
                msg[word] = [self.option(word) for _ in range(min(many, most))]
        return msg

    def unknown(self):
        """Options that the codec does not know: [type, data]."""
        kinds = [4, 5, 7, 18, 20, 33, 44, 99, 200, 255]
        return [(self.rng.choice(kinds), self.octets(0, 12))
                for _ in range(self.rng.choice([0, 0, 0, 1, 3]))]
