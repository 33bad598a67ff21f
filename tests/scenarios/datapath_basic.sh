#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The tunnel, without agents: what passes, what is dropped and how that is counted
# (RFC 2473, RFC 3963 section 6.5, RFC 6040).
set -eu
# shellcheck source=tests/lab/lab.sh
source "$(dirname "$0")/../lab/lab.sh"

lab_up
lab_guest_add 1 A
lab_static
guest=$(lab_guest_addr 1)
hoa=$(lab_hoa 1)
coa=$(lab_coa A)
coa_b=$(lab_coa B)

# dropped NS REASON COMMAND... - does the command make the node count one more drop?
dropped() {
	local ns=$1 reason=$2 before
	shift 2
	before=$(lab_drops "$ns" "$reason")
	"$@" > /dev/null 2>&1 || true
	lab_wait 5 test_more "$ns" "$reason" "$before"
}

test_more() {
	[ "$(lab_drops "$1" "$2")" -gt "$3" ]
}

inject() {
	local ns=$1
	shift
	on "$ns" "$BUILD/lab/inject" "$@"
}

# seen NS DEV FILTER COMMAND... - does a packet like this appear?
seen() {
	local ns=$1 dev=$2 filter=$3 pid
	shift 3
	on "$ns" timeout 15 tcpdump -Z root -c 1 -nn -i "$dev" -w "$LAB_RUN/seen.pcap" "$filter" \
		> "$LAB_RUN/seen.log" 2>&1 &
	pid=$!
	lab_wait 10 grep -q listening "$LAB_RUN/seen.log"
	"$@" || true
	wait $pid
}

# Both ways
ok "guest to correspondent" on guest1 ping -c 3 -i 0.2 -W 2 "$LAB_CN"
ok "correspondent to guest" on cn ping -c 3 -i 0.2 -W 2 "$guest"
is "nothing goes around the tunnel" \
	"$(lab_spoofed)" 0

# Source checks, host: what the guest may send
ip -n guest1 addr add 2001:db8:dead::1/128 dev eth0 nodad
ok "host drops a guest's foreign source" dropped hostA spoofed \
	on guest1 ping -c 1 -W 0.3 -I 2001:db8:dead::1 "$LAB_CN"
ok "host drops what is no IPv6" dropped hostA family sh -c \
	"ip -n hostA addr add 192.0.2.1/24 dev nemo0; ip netns exec hostA ping -c 1 -W 0.3 192.0.2.2"

# ... and what comes out of the tunnel
ok "host drops another sender's packet" dropped hostA wrong-endpoint \
	inject hostB -o "$coa_b" "$coa" 0 "$LAB_CN" "$guest" 0
ctl hostA mr add other dev nemo0 hoa "$(lab_hoa 2)" ha "$coa_b" coa "$coa" mnp "$(lab_mnp 2)"
ok "... though it is another one's home agent" dropped hostA wrong-endpoint \
	inject hostB -o "$coa_b" "$coa" 0 "$LAB_CN" "$guest" 0
ok "host drops a packet that is not whole" dropped hostA malformed \
	inject ha -o "$LAB_HA" "$coa" 0 -b "$LAB_CN" "$guest" 0
ok "host drops a packet for nobody" dropped hostA no-entry \
	inject ha -o "$LAB_HA" "$coa" 0 "$LAB_CN" 2001:db8:100:99::1 0
ok "a host in standby drops a packet for its guest" dropped hostB state \
	inject ha -o "$LAB_HA" "$coa_b" 0 "$LAB_CN" "$guest" 0

# Source checks, home agent (RFC 3963 section 6.5)
ok "home agent drops a foreign source from a mobile router" dropped ha spoofed \
	inject hostA -o "$coa" "$LAB_HA" 0 2001:db8:dead::1 "$LAB_CN" 0
ok "home agent drops a mobile network's packet from elsewhere" dropped ha wrong-endpoint \
	inject hostB -o "$coa_b" "$LAB_HA" 0 "$guest" "$LAB_CN" 0
ctl ha ha bind "$(lab_hoa 2)" dev nemo-ha0 local "$LAB_HA" coa "$coa_b" mnp "$(lab_mnp 2)" seq 1 \
	lifetime 600
ok "... though that has a binding of its own" dropped ha wrong-endpoint \
	inject hostB -o "$coa_b" "$LAB_HA" 0 "$guest" "$LAB_CN" 0
ok "home agent takes the home address from the care-of address" seen cn eth0 \
	"udp port 9 and src $hoa" inject hostA -o "$coa" "$LAB_HA" 0 "$hoa" "$LAB_CN" 0
ip -n ha route add 2001:db8:100:99::/64 dev nemo-ha0
ok "home agent drops a packet to a prefix without a binding" dropped ha no-entry \
	on cn ping -c 1 -W 0.3 2001:db8:100:99::1
ok "... and says so" seen cn eth0 "icmp6 and ip6[40] = 1" \
	on cn ping -c 1 -W 0.3 2001:db8:100:99::1

# Congestion marks (RFC 6040): outer class from the inner ECN bits, and back
ok "ECT(0) goes into the outer header" seen ha eth0 "ip6[6] = 41 and ip6[1] & 0x30 = 0x20" \
	on guest1 ping -c 1 -W 2 -Q 2 "$LAB_CN"
ok "... and so does CE" seen ha eth0 "ip6[6] = 41 and ip6[1] & 0x30 = 0x30" \
	on guest1 ping -c 1 -W 2 -Q 3 "$LAB_CN"
ok "the outer flow label is the mobile router's, not the packet's" seen ha eth0 \
	"ip6[6] = 41 and ip6[0:4] & 0x000fffff != 0 and ip6[40:4] & 0x000fffff = 0" \
	inject guest1 "$guest" "$LAB_CN" 0
ok "the DSCP does not" seen ha eth0 "ip6[6] = 41 and ip6[0:2] & 0x0ff0 = 0" \
	on guest1 ping -c 1 -W 2 -Q 0xb8 "$LAB_CN"
ok "outer CE on ECT(0) becomes inner CE" seen guest1 eth0 "udp port 9 and ip6[1] & 0x30 = 0x30" \
	inject ha -o "$LAB_HA" "$coa" 3 "$LAB_CN" "$guest" 2
ok "outer CE on a packet that is not ECN-capable is a loss" dropped hostA ecn \
	inject ha -o "$LAB_HA" "$coa" 3 "$LAB_CN" "$guest" 0

# Hop limit: inner less one at each router, outer a fresh one
ok "inner hop limit: host, home agent and core take one each" seen cn eth0 \
	"icmp6 and src $guest and ip6[7] = 61" on guest1 ping -c 1 -W 2 -t 64 "$LAB_CN"
ok "outer hop limit is this node's" seen ha eth0 "ip6[6] = 41 and ip6[7] = 63" \
	on guest1 ping -c 1 -W 2 -t 9 "$LAB_CN"

# Tunnel encapsulation limit (RFC 2473 section 4.1.1)
ok "limit 0 is not encapsulated" dropped hostA encap-limit \
	inject guest1 -e 0 "$guest" "$LAB_CN" 0
ok "limit 1 becomes 0 in front" seen ha eth0 "ip6[6] = 60 and ip6[42] = 4 and ip6[44] = 0" \
	inject guest1 -e 1 "$guest" "$LAB_CN" 0

ip -n hostA route add unreachable "$LAB_HA/128"
ok "without a route to the home agent: counted" dropped hostA no-route \
	on guest1 ping -c 1 -W 0.3 "$LAB_CN"

lab_down
ok "nothing is left" sh -c "! ip netns list | grep . && ! lsmod | grep nemo"
plan
