#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# An attachment without any bridge, without agents: the guest's own interface, which moves
# with it, so that a host has a mobile router before it has its attachment.
set -eu
# shellcheck source=tests/lab/lab.sh
source "$(dirname "$0")/../lab/lab.sh"
# shellcheck source=tests/lab/attach.sh
source "$LAB/attach.sh"

KIND=([1]="plain interface")

lab_bridge() { echo -; }
lab_attachment() { echo "vif$1"; }
running() { ip -n "guest$1" link show eth0 | grep -q LOWER_UP; }

# plug HOST N - what a hypervisor's hook and an agent do with a guest's own interface
plug() {
	local ns=host$1 n=$2 dev=vif$2
	on "$ns" sysctl -qw "net.ipv6.conf.$dev.accept_dad=0" "net.ipv6.conf.$dev.accept_ra=0"
	lab_static_gateway "$1" "$dev"
	ctl "$ns" mr set "guest$n" attachment "$dev"
	ip -n "$ns" link set "$dev" up
	ip -n "$ns" -6 route replace "$(lab_mnp "$n")" dev "$dev" table 9002
}

# move FROM TO N - the guest is stopped until its interface is set up
move() {
	local n=$3 pids
	mapfile -t pids < <(ip netns pids "guest$n")
	[ ${#pids[@]} = 0 ] || kill -STOP "${pids[@]}"
	ip -n "host$1" link set "vif$n" netns "host$2"
	plug "$2" "$n"
	lab_wait 5 running "$n"
	[ ${#pids[@]} = 0 ] || kill -CONT "${pids[@]}"
}

lab_up
lab_static
lab_guest_add 1 A
lab_static_guest 1
for h in $LAB_HOSTS; do
	on "host$h" ping -c 1 -W 2 "$LAB_HA" > /dev/null
	ctl "host$h" mr add guest1 dev nemo0 hoa "$(lab_hoa 1)" ha "$LAB_HA" \
		coa "$(lab_coa "$h")" mnp "$(lab_mnp 1)" trigger on
done
plug A 1
lab_static_bind A 1 1
room_watch on

attachment 1
is "nothing went around the tunnel" "$(lab_spoofed)" 0

room_watch off
lab_down
ok "nothing is left" sh -c "! ip netns list | grep . && ! lsmod | grep nemo"
plan
