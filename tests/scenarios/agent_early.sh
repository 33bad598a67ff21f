#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A guest's frames that come before the bridge takes any from their port: they wait for it.
set -u
# shellcheck source=tests/lab/lab.sh
source "$(dirname "$0")/../lab/lab.sh"
# shellcheck source=tests/lab/handover.sh
source "$(dirname "$0")/../lab/handover.sh"

lab_up || exit 1
lab_guest_add 1 A
lab_agents || exit 1
ok 'the guest configures itself' lab_wait 20 lab_guest_ready 1
ok 'A is active' lab_wait 10 is_state A active

port() { ip -n hostA link set vif1 "$@"; }
forwards() { bridge -n hostA -j link show dev vif1 | grep -q '"state":"forwarding"'; }

# hindered SECONDS - the guest goes on when the bridge has the port disabled, while the carrier
# is there
hindered() {
	lab_streams_start 100
	sleep 1
	kill -STOP "${LAB_SEND[0]}"
	sleep 0.1
	port state dormant
	not_ok 'the bridge takes nothing from the port' forwards
	kill -CONT "${LAB_SEND[0]}"
	sleep "$1"
	port state up
	ok 'the bridge takes frames from the port' forwards
	sleep 1
	lab_streams_stop 100 1
	jq -c . "$LAB_RUN/up1.json" | sed 's/^/# /'
}

port mode dormant
hindered 0.7
is 'for a moment: lost' "$(jget .lost "$LAB_RUN/up1.json")" 0
is 'for a moment: doubled' "$(jget .duplicated "$LAB_RUN/up1.json")" 0
is 'for a moment: reordered' "$(jget .reordered "$LAB_RUN/up1.json")" 0

# After 2 s they are let go, and the bridge drops them.
hindered 4
ok 'for long: they do not wait for ever' test "$(jget .lost "$LAB_RUN/up1.json")" -gt 100
is 'for long: reordered' "$(jget .reordered "$LAB_RUN/up1.json")" 0

# The port goes away while frames wait.
lab_streams_start 100
port state dormant
sleep 0.3
port nomaster
sleep 0.3
port master br0 state up
ok 'another time' lab_wait 10 forwards
ok 'the guest is reached' lab_wait 10 on cn ping -q -c 1 -W 1 "$(lab_guest_addr 1)"
port state dormant
sleep 0.3
lab_down
ok 'nothing is left' sh -c "! ip netns list | grep . && ! lsmod | grep nemo"
plan
