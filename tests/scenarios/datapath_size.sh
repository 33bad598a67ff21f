#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Big packets through the tunnel, without agents: super-packets stay whole, tunnelled packets
# become one, and Packet Too Big comes where it helps (RFC 2473 section 7.1).
set -eu
# shellcheck source=tests/lab/lab.sh
source "$(dirname "$0")/../lab/lab.sh"

lab_up
lab_guest_add 1 A
lab_static
guest=$(lab_guest_addr 1)

# transfer NAME FROM TO ADDRESS PORT OCTETS - by TCP
transfer() {
	local bulk
	on "$3" "$BUILD/lab/bulk" recv "$5" > "$LAB_RUN/bulk" &
	bulk=$!
	lab_wait 5 sh -c "ip netns exec $3 ss -ltn | grep -q :$5"
	ok "$1" on "$2" timeout 40 "$BUILD/lab/bulk" send "$4" "$5" "$6"
	wait $bulk || true
	is "... arrive whole" "$(cat "$LAB_RUN/bulk")" "$6"
}

# watch NS:DEV... - for a super-packet
watch() {
	local hop
	for hop in "$@"; do
		lab_spawn "${hop%:*}" "super-$hop.log" timeout 20 tcpdump -Z root -nn -i "${hop#*:}" \
			-s 80 -c 1 -w "$LAB_RUN/super-$hop.pcap" "ip6 and greater 3000"
		lab_wait 10 grep -q listening "$LAB_RUN/super-$hop.log"
	done
}

seen() {
	lab_wait 3 grep -q "^1 packet captured" "$LAB_RUN/super-$1.log"
}

# sent NS DEV - octets and packets
sent() {
	ip -n "$1" -s -j link show "$2" | jq -r '.[0].stats64.tx | "\(.bytes) \(.packets)"'
}

# single NS DEV - it gives its peer packets of its MTU only
single() {
	on "$1" ethtool -K "$2" tso off gso off
}

# merges FROM TO ADDRESS PORT IN:DEV OUT:DEV - a stream of single packets goes into the tunnel
# at IN, comes from core to OUT's eth0, and out of the tunnel there. GRO has to look into it: a
# veth merges what its peer does not send as super-packets.
merges() {
	local in=$5 out=$6 b0 p0 b1 p1
	single "$1" eth0
	single core "${out%:*}"
	on "${out%:*}" ethtool -K eth0 gro on
	watch "$out"
	read -r b0 p0 < <(sent "${in%:*}" "${in#*:}")
	transfer "1 MB by TCP in single packets, $1 to $2" "$1" "$2" "$3" "$4" 1000000
	read -r b1 p1 < <(sent "${in%:*}" "${in#*:}")
	le "... single into the tunnel at ${in%:*}" $((b1 - b0)) $((LAB_MTU * (p1 - p0)))
	ok "... and merged out of it at ${out%:*}" seen "$out"
	on "${out%:*}" ethtool -K eth0 gro off
}

# Super-packets: TCP must not be cut on its way through the tunnel
watch hostA:nemo0 ha:eth0 cn:eth0
transfer "4 MB by TCP" guest1 cn "$LAB_CN" 7001 4000000
for hop in hostA:nemo0 ha:eth0 cn:eth0; do
	ok "super-packets at ${hop%:*}" seen $hop
done
merges guest1 cn "$LAB_CN" 7002 hostA:nemo0 ha:nemo-ha0
merges cn guest1 "$guest" 7003 ha:nemo-ha0 hostA:nemo0

# Packet Too Big: the way from core to the home agent becomes narrow
ip -n core link set ha mtu 1350
ip -n ha link set eth0 mtu 1350
too_big=$(lab_drops ha too-big)
ok "a big packet goes on after Packet Too Big, from the guest" \
	on guest1 ping -c 4 -i 0.3 -W 1 -s 1380 "$LAB_CN"
ok "... the guest has learnt 1310" sh -c \
	"ip -n guest1 -6 route get $LAB_CN | grep -q 'mtu 1310'"
ok "a big packet goes on after Packet Too Big, to the guest" \
	on cn ping -c 4 -i 0.3 -W 1 -s 1380 "$guest"
ok "... the home agent has counted it" test "$(lab_drops ha too-big)" -gt "$too_big"
too_big=$(lab_drops hostA too-big)
ip -n guest1 -6 route flush cache
ok "once more from the guest, as the host knows the way by now" \
	on guest1 ping -c 4 -i 0.3 -W 1 -s 1380 "$LAB_CN"
ok "... the host has counted it" test "$(lab_drops hostA too-big)" -gt "$too_big"
transfer "500 kB by TCP" guest1 cn "$LAB_CN" 7004 500000

# The least MTU that a link may have: outer packets are sent in fragments
ip -n core link set ha mtu 1280
ip -n ha link set eth0 mtu 1280
ok "a packet of the least MTU, from the guest" on guest1 ping -c 4 -i 0.3 -W 1 -s 1232 "$LAB_CN"
ok "... and to the guest" on cn ping -c 4 -i 0.3 -W 1 -s 1232 "$guest"

lab_down
ok "nothing is left" sh -c "! ip netns list | grep . && ! lsmod | grep nemo"
plan
