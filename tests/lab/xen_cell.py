#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""xen_cell.py DIR - what became of the numbered packets while something failed: of the captures
DIR/A.pcap and DIR/B.pcap, taken on the interfaces DIR/vifs ("A:5 B:7 ..."), with the clocks' leads
in DIR/ahead ("A NS", "B NS"), and of the logs up.rx, down.tx of the correspondent, down.rx of
the guest. JSON; silence_ms is the longest time that the network added between two packets of
the guest."""
import json
import os
import sys

sys.dont_write_bytecode = True
from xenrecords import DOWN, UP, frames, samples, tally  # noqa: E402

where = sys.argv[1]


def path(name):
    return os.path.join(where, name)


def words(name):
    with open(path(name), encoding="utf-8") as f:
        return f.read().split()


def seen():
    """Frames on the vifs, in the order of time."""
    vifs = {(v.split(":")[0], int(v.split(":")[1])) for v in words("vifs")}
    lead = dict(zip(*[iter(words("ahead"))] * 2))
    return sorted(f for h in "AB" if os.path.exists(path(f"{h}.pcap"))
                  for f in frames(path(f"{h}.pcap"), int(lead.get(h, 0))) if (h, f.ifindex) in vifs)


def added(first, last):
    """Most that the time between two neighbours grew on the way; both are (seq, time)."""
    begun = dict(first)
    known = [(s, t) for s, t in last if s in begun]
    return max((t2 - t1 - (begun[s2] - begun[s1]) for (s1, t1), (s2, t2) in zip(known, known[1:])),
               default=0)


def main():
    all_frames = seen()
    up = [(f.seq, f.at) for f in all_frames if f.port == UP and not f.out]
    down = [f.seq for f in all_frames if f.port == DOWN and f.out]
    arrived = samples(path("up.rx"))
    sent = samples(path("down.tx"))
    begin, end = (down[0], down[-1]) if down else (0, -1)
    # what the guest has was on a vif, even if the capture missed it
    got = {s.seq for s in samples(path("down.rx"))}
    wanted = {s.seq for s in sent if begin <= s.seq <= end} - (got - set(down))
    result = {"up": tally([s.seq for s in arrived], {s for s, _ in up}),
              "down": tally(down, wanted)}
    result["up"]["silence_ms"] = round(added(up, [(s.seq, s.received) for s in arrived]) / 1e6, 1)
    result["down"]["netfront"] = len(set(down) - got)
    print(json.dumps(result))


main()
