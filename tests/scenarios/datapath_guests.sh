#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Which mobile router a frame speaks for, without agents: by MAC address, by source
# address, because there is only one; and which ports have no guests. Two guests share a bridge.
# And bindings that come to their end.
set -eu
# shellcheck source=tests/lab/lab.sh
source "$(dirname "$0")/../lab/lab.sh"

LAB_HOSTS=A

state() { lab_mr A "$1" .state; }
in_state() { [ "$(state "$1")" = "$2" ]; }
set_mr() {
	local n=$1
	shift
	ctl hostA mr set "guest$n" "$@"
}
gateway() { on "$1" ping -c 3 -i 0.2 -W 0.5 fe80::1%eth0; }
tries() { gateway "$1" > /dev/null || true; }
activates() {
	tries "$1"
	in_state 1 activating
}
bound() { ctl ha -j ha show | jq -e "any(.[]; .name == \"guest$1\")"; }
unbound() { ! bound "$1"; }

# What the guests' kernels say by themselves does not get out meanwhile.
mute() { for n in 1 2; do tc -n guest$n qdisc add dev eth0 root pfifo limit 0; done; }
unmute() { for n in 1 2; do tc -n guest$n qdisc del dev eth0 root; done; }
states() { for n; do state "$n"; done | xargs; }

# first_frames NAME WANT N... - mobile routers N are prepared, guest 1 says one thing, and
# WANT are their states then; for each thing that a guest may say first
first_frames() {
	local name=$1 want=$2 kind n before
	shift 2
	for kind in arp mld na unknown; do
		for n; do
			set_mr "$n" state standby
			set_mr "$n" prepared-uplink on state prepared
		done
		before=$(states "$@")
		on guest1 "$LAB/frame.py" $kind eth0
		lab_wait 5 in_state 1 active || true
		is "$name: $kind" "$before -> $(states "$@")" "$want"
	done
}

# port NAME - one more port of the bridge, with namespace "other" behind it
port() {
	ip link add eth0 netns other type veth peer name "$1" netns hostA
	ip -n other link set eth0 up
	ip -n hostA link set "$1" master br0 up
	lab_wait 5 sh -c "ip -n other -6 addr show dev eth0 scope link -tentative | grep -q fe80"
}

lab_up
lab_guest_add 1 A
lab_guest_add 2 A
lab_static
lab_ns other default.accept_dad=0 default.router_solicitations=0

# By MAC address. Guest 1 has no cable meanwhile: a guest sends one thing or another by itself.
ip -n hostA link set vif1 down
set_mr 1 state standby
on guest2 ping -c 2 -i 0.2 -W 1 "$LAB_CN" > /dev/null
is "a frame of guest 2 says nothing of guest 1" "$(state 1)" standby
ip -n hostA link set vif1 up
ok "a frame of guest 1 does, whatever its source is" lab_wait 10 activates guest1
mute
first_frames "any first frame of a known guest, and for nobody else" \
	"prepared prepared -> active prepared" 1 2
unmute
set_mr 2 state active
lab_wait 10 gateway guest1

# By source address
set_mr 1 guest none
set_mr 1 state standby
ok "without its MAC address: a link-local source speaks for nobody, and passes" gateway guest1
is "... and activates nothing" "$(state 1)" standby
on guest1 ping -c 1 -W 0.5 "$LAB_CN" > /dev/null || true
is "a source in its prefix activates" "$(state 1)" activating
set_mr 1 trigger off
set_mr 1 state standby
set_mr 2 trigger off
set_mr 2 state standby
not_ok "where nobody is served, what speaks for nobody does not pass" gateway guest1
set_mr 2 state activating
set_mr 2 state active
ok "... and does again when somebody is" gateway guest1
# guest 1 is somebody else now, so that its frames still speak for nobody
set_mr 1 guest 52:54:00:00:00:99
set_mr 2 attachment none
not_ok "... but not for one who is served elsewhere" gateway guest1
set_mr 1 guest none

# Because there is only one
ctl hostA mr del guest2
set_mr 1 trigger on
ok "the only one on its attachment: any guest's frame activates" lab_wait 10 activates guest1
mute
first_frames "the only one: any first frame" "prepared -> active" 1
unmute

# Ports with no guests behind them
ip -n hostA link set vif1 down
ip -n hostA link set vif2 down
set_mr 1 exclude uplink0
set_mr 1 state standby
port uplink0
tries other
is "an excluded port that comes later does not count" "$(state 1)" standby
set_mr 1 exclude none
ok "... and does when it is no longer excluded" lab_wait 10 activates other
set_mr 1 exclude uplink0
set_mr 1 state standby
tries other
is "a port that is excluded later does not count" "$(state 1)" standby
ip -n hostA link set uplink0 down
ip -n hostA link set uplink0 name guests0
ip -n hostA link set guests0 up
ok "... and does under another name" lab_wait 10 activates other

# Lifetimes
ctl ha ha bind "$(lab_hoa 1)" name guest1 dev nemo-ha0 local "$LAB_HA" coa "$(lab_coa A)" \
	mnp "$(lab_mnp 1)" seq 2 lifetime 4
ctl ha ha bind "$(lab_hoa 2)" name guest2 dev nemo-ha0 local "$LAB_HA" coa "$(lab_coa A)" \
	mnp "$(lab_mnp 2)" seq 2 lifetime 4
ctl ha ha bind "$(lab_hoa 2)" name guest2 dev nemo-ha0 local "$LAB_HA" coa "$(lab_coa A)" \
	mnp "$(lab_mnp 2)" seq 3 lifetime 600
ok "a binding ends with its lifetime" lab_wait 20 unbound 1
sleep 1
ok "... one that was refreshed does not" bound 2

lab_down
ok "nothing is left" sh -c "! ip netns list | grep . && ! lsmod | grep nemo"
plan
