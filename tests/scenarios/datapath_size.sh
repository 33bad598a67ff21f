#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Big packets through the tunnel, without agents: super-packets stay whole, and Packet Too
# Big comes where it helps (RFC 2473 section 7.1).
set -eu
# shellcheck source=tests/lab/lab.sh
source "$(dirname "$0")/../lab/lab.sh"

lab_up
lab_guest_add 1 A
lab_static
guest=$(lab_guest_addr 1)

# Super-packets: TCP must not be cut on its way through the tunnel
on cn "$BUILD/lab/bulk" recv 7001 > "$LAB_RUN/bulk" &
bulk=$!
lab_wait 5 sh -c "ip netns exec cn ss -ltn | grep -q :7001"
for hop in hostA:nemo0 ha:eth0 cn:eth0; do
	lab_spawn "${hop%:*}" "gso-${hop%:*}.log" timeout 20 tcpdump -Z root -nn -i "${hop#*:}" -s 80 \
		-c 1 -w "$LAB_RUN/gso-${hop%:*}.pcap" "ip6 and greater 3000"
done
lab_wait 10 sh -c "grep -l listening $LAB_RUN/gso-*.log | wc -l | grep -q 3"
ok "4 MB by TCP" on guest1 timeout 40 "$BUILD/lab/bulk" send "$LAB_CN" 7001 4000000
wait $bulk || true
is "... arrive whole" "$(cat "$LAB_RUN/bulk")" 4000000
for hop in hostA ha cn; do
	ok "super-packets at $hop" lab_wait 3 grep -q "^1 packet captured" "$LAB_RUN/gso-$hop.log"
done

# Packet Too Big: the way from core to the home agent becomes narrow
ip -n core link set ha mtu 1350
ip -n ha link set eth0 mtu 1350
ok "a big packet goes on after Packet Too Big, from the guest" \
	on guest1 ping -c 4 -i 0.3 -W 1 -s 1380 "$LAB_CN"
ok "... the guest has learnt 1310" sh -c \
	"ip -n guest1 -6 route get $LAB_CN | grep -q 'mtu 1310'"
ok "a big packet goes on after Packet Too Big, to the guest" \
	on cn ping -c 4 -i 0.3 -W 1 -s 1380 "$guest"
on cn "$BUILD/lab/bulk" recv 7002 > "$LAB_RUN/bulk" &
bulk=$!
lab_wait 5 sh -c "ip netns exec cn ss -ltn | grep -q :7002"
ok "TCP goes on" on guest1 timeout 40 "$BUILD/lab/bulk" send "$LAB_CN" 7002 500000
wait $bulk || true
is "... and arrives whole" "$(cat "$LAB_RUN/bulk")" 500000

# The least MTU that a link may have: outer packets are sent in fragments
ip -n core link set ha mtu 1280
ip -n ha link set eth0 mtu 1280
ok "a packet of the least MTU, from the guest" on guest1 ping -c 4 -i 0.3 -W 1 -s 1232 "$LAB_CN"
ok "... and to the guest" on cn ping -c 4 -i 0.3 -W 1 -s 1232 "$guest"

lab_down
ok "nothing is left" sh -c "! ip netns list | grep . && ! lsmod | grep nemo"
plan
