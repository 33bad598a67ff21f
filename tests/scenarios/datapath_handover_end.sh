#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Devices, modules and namespaces that go in the middle of a handover, while packets
# are held and the timer for the end marker runs. What it would leave behind is seen by
# the kernel: it complains, or the modules do not unload.
set -eu
# shellcheck source=tests/lab/lab.sh
source "$(dirname "$0")/../lab/lab.sh"

trap lab_down EXIT
mkdir -p "$LAB_RUN"
coa=2001:db8:1a::1 peer=2001:db8:1b::1 mnp=2001:db8:100:1::/64 guest=2001:db8:100:1::2

# One host, and everybody else behind a cable
nodes() {
	lab_ns world default.accept_dad=0 default.accept_ra=0
	lab_ns host default.accept_dad=0 default.accept_ra=0 all.forwarding=1 default.forwarding=1
	lab_link world host host eth0
	ip -n world addr add "$LAB_HA/64" dev host
	ip -n world addr add "$peer/64" dev host
	ip -n world -6 route add 2001:db8:1a::/64 dev host
	ip -n host addr add "$coa/64" dev eth0
	ip -n host -6 route add default dev eth0
	on host ping -c 1 -W 2 "$LAB_HA" > /dev/null
	on host ping -c 1 -W 2 "$peer" > /dev/null
}

router() {
	ip -n host link add br0 type bridge
	ip -n host link set br0 up
	ctl host link add nemo0 type mr
	ip -n host link set nemo0 up
	ip -n host -6 route add "$LAB_CN" dev nemo0
	ctl host mr add guest1 hoa "$(lab_hoa 1)" ha "$LAB_HA" coa "$coa" mnp "$mnp" \
		attachment br0 marker-timeout 10000
}

state() { ctl host mr set guest1 "$@"; }

# packets FROM... - five each: "ha" and "peer" are ways out of the tunnel, "guest" into it
packets() {
	local from way ns
	for from in "$@"; do
		ns=world
		case $from in
		ha) way="-o $LAB_HA $coa 0 $LAB_CN $guest 0" ;;
		peer) way="-o $peer $coa 0 $LAB_CN $guest 0" ;;
		guest) ns=host way="$guest $LAB_CN 0" ;;
		esac
		on $ns sh -c "for i in 1 2 3 4 5; do $BUILD/lab/inject $way; done"
	done
}

# Into a state, with something in each queue that it has
enter_prepared() {
	state peer "$peer" state prepared
	packets ha peer
}

enter_activating() {
	state state activating
	packets guest ha
}

enter_active() {
	enter_prepared
	state state active
	packets ha
}

enter_leaving() {
	enter_active
	state state leaving
	packets ha peer
}

enter_undone() {
	enter_leaving
	state state prepared
	packets guest ha
}

# What goes
gone() { ! ip -n world link show host > /dev/null 2>&1; }

end_device() { ip -n host link del nemo0; }
end_attachment() { ip -n host link del br0 && ctl host mr show guest1; }
end_router() { ctl host mr del guest1; }
end_module() { rmmod nemo_mr && lab_modules; }
end_namespace() { ip netns del host && lab_wait 20 gone; }

busy() {
	ctl host -j mr show guest1 |
		jq '.[0] | .["held-uplink"] + .["held-downlink"] + .stats.forwarded'
}

# again - make what is missing
again() {
	if gone; then
		ip netns del world
		nodes
	fi
	ip -n host link del nemo0 2> /dev/null || true
	ip -n host link del br0 2> /dev/null || true
	router
}

lab_modules
nodes
router
# Each end in some states; a machine that is emulated has no time for all of them
declare -A GO=([prepared]="device module" [activating]="device namespace"
	[active]="device attachment router module namespace" [leaving]="module"
	[undone]="device module namespace")
for s in prepared activating active leaving undone; do
	for what in ${GO[$s]}; do
		enter_$s
		ok "$s: packets are held, or sent on" test "$(busy)" -ge 10
		ok "... and the $what goes" "end_$what"
		again
	done
done

lab_down
ok "nothing is left" sh -c "! ip netns list | grep . && ! lsmod | grep nemo"
plan
