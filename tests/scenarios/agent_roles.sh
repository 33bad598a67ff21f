#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A node that is home agent and host at once, with one agent and both modules: H. Its
# care-of address is the home agent's address, so its tunnel goes from itself to itself.
# Guest 1 starts there, moves to A, an ordinary host, and back; guest 2 is on A.
set -eu
# shellcheck source=tests/lab/lab.sh
source "$(dirname "$0")/../lab/lab.sh"

LAB_HOSTS=A

lab_config() {
	local n
	printf '%s\n' '[nemod]' "socket = $LAB_RUN/$1.sock" '[host]' 'interface = eth0'
	[ "$1" != ha ] || printf '%s\n' '[ha]' "address = $LAB_HA"
	for n in "${LAB_GUESTS[@]}"; do
		printf '%s\n' "[mr guest$n]" "hoa = $(lab_hoa "$n")" "mnp = $(lab_mnp "$n")" \
			"home-agent = $LAB_HA" "key-file = $LAB_RUN/guest$n.key" \
			"spi = $((256 + n))" 'attachment = br0' "guest = $(lab_mac "$n")" \
			'lifetime = 32'
	done
}

# The home agent's namespace under a second name, so that it is one of the lab's hosts.
second_name() {
	touch /run/netns/hostH
	mount --bind /run/netns/ha /run/netns/hostH
	ip -n hostH link add br0 type bridge mcast_snooping 0
	on hostH sysctl -qw net.ipv6.conf.br0.accept_dad=0
	ip -n hostH link set br0 up
}

state() { [ "$(lab_mr "$1" "$2" .state)" = "$3" ]; }
coa() { ctl ha -j ha show | jget "[hoa=$(lab_hoa "$1")].coa"; }
bound() { [ "$(coa "$1")" = "$2" ]; }
field() { jq -r "$2" "$LAB_RUN/$1.json"; }
to_cn() { on "guest$1" ping -q -c 3 -i 0.2 -W 2 "$LAB_CN"; }
from_cn() { on cn ping -q -c 3 -i 0.2 -W 2 "$(lab_guest_addr "$1")"; }
between() { on "guest$1" ping -q -c 3 -i 0.2 -W 2 "$(lab_guest_addr "$2")"; }

lab_up
second_name
lab_guest_add 1 H
lab_guest_add 2 A
lab_agents
lab_spawn ha ha.monitor "$BUILD/nemoctl" -j monitor ha

ok "a guest on the home agent itself is registered" lab_wait 20 state H 1 active
is "... its care-of address is the home agent's" "$(coa 1)" "$LAB_HA"
ok "a guest on an ordinary host is registered" lab_wait 20 state A 2 active
for n in 1 2; do
	ok "guest $n configures itself" lab_wait 20 lab_guest_ready $n
	ok "guest $n to correspondent" lab_wait 10 to_cn $n
	ok "correspondent to guest $n" from_cn $n
done
ok "guest 1 on the home agent to guest 2 on A" between 1 2
ok "... and from there" between 2 1
is "nothing went around the tunnel" \
	"$(lab_spoofed)" 0

lab_streams_start 100
sleep 1
lab_move H A
ok "it moves to A: registered" lab_wait 10 bound 1 "$(lab_coa A)"
ok "... A is active" lab_wait 10 state A 1 active
ok "... the home agent's own host side stands by" lab_wait 10 state H 1 standby
sleep 1
ok "both guests on A reach each other" between 1 2
lab_move A H
ok "it moves back: registered" lab_wait 10 bound 1 "$LAB_HA"
ok "... H is active" lab_wait 10 state H 1 active
ok "... A stands by" lab_wait 10 state A 1 standby
sleep 1

# The one agent has both roles to adopt
lab_crash ha
sleep 1
rm "$LAB_RUN/ha.sock"
mv "$LAB_RUN/ha.log" "$LAB_RUN/ha.log.old"
lab_agent ha
ok "kill -9 of the agent: the mobile router is adopted" grep -q 'guest1: adopted, active' "$LAB_RUN/ha.log"
ok "... and the bindings are" grep -q 'binding adopted' "$LAB_RUN/ha.log"
sleep 1
lab_streams_stop 100
for way in up down; do
	is "$way: duplicated, out of order" \
		"$(field ${way}1 '[.duplicated, .reordered] | join(" ")')" "0 0"
done
is "up: lost" "$(field up1 .lost)" 0
is "down: lost in moves only" "$(field down1 .lost)" "$(field down1 '[.moves[].lost] | add')"

# The way to the home agent becomes narrow: the host itself has to tell its guest
ip -n core link set ha mtu 1350
ip -n ha link set eth0 mtu 1350
ok "a big packet of guest 2 goes on after Packet Too Big" \
	on guest2 ping -q -c 4 -i 0.3 -W 1 -s 1380 "$LAB_CN"
ip -n core link set ha mtu 1500
ip -n ha link set eth0 mtu 1500

# 2 goes to the home agent, too
lab_move A H 2
ok "guest 2 moves to the home agent" lab_wait 10 bound 2 "$LAB_HA"
ok "both guests on the home agent reach each other" lab_wait 10 between 1 2
ok "guest 2 to correspondent" to_cn 2
refreshed() { grep -q '"event":"refreshed"' "$LAB_RUN/ha.monitor"; }
ok "a binding is refreshed" lab_wait 60 refreshed
is "... and none came to its end" "$(grep -c '"event":"expired"' "$LAB_RUN/ha.monitor")" 0

lab_down
ok "nothing is left" sh -c "! ip netns list | grep . && ! lsmod | grep nemo"
plan
