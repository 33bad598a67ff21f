#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Attachments that are no bridge, with agents: a veth leg and a macvlan beside a bridge, and
# the guest's own interface, which the new host sees only when the guest is there.
set -eu
# shellcheck source=tests/lab/lab.sh
source "$(dirname "$0")/../lab/lab.sh"
# shellcheck source=tests/lab/attach.sh
source "$LAB/attach.sh"

BRIDGE=([1]=br1 [2]=br2 [3]=-)
ATTACHMENT=([1]=leg0 [2]=mv0 [3]=vif3)
KIND=([1]="veth leg" [2]="macvlan" [3]="plain interface")

lab_bridge() { echo "${BRIDGE[$1]}"; }
lab_attachment() { echo "${ATTACHMENT[$1]}"; }

lab_up
for h in $LAB_HOSTS; do
	bridges "$h"
done
for n in 1 2 3; do
	lab_guest_add $n A
done
lab_agents
for n in 1 2 3; do
	kind=${KIND[n]}
	ok "$kind: registered on A" lab_wait 20 in_state A $n active
	ok "$kind: the guest has an address" lab_wait 20 lab_guest_ready $n
	ok "$kind: guest to correspondent" lab_wait 10 from_guest $n
	ok "$kind: correspondent to guest" to_guest $n
	lab_streams_start 100 $n
	sleep 1
	lab_move A B $n
	ok "$kind: moved, registered on B" lab_wait 20 in_state B $n active
	ok "$kind: ... A stands by" lab_wait 10 in_state A $n standby
	sleep 1
	lab_streams_stop 100 $n
	ok "$kind: guest to correspondent, from B" from_guest $n
	ok "$kind: correspondent to guest, on B" to_guest $n
	is "$kind: duplicated, out of order" \
		"$(jq -s '[.[] | .duplicated, .reordered] | add' "$LAB_RUN"/{up,down}$n.json)" 0
	# an interface that is there only with the guest has to be found first
	[ $n = 3 ] || is "$kind: uplink: lost" "$(field up$n .lost)" 0
done
is "nothing went around the tunnel" "$(lab_spoofed)" 0

# The attachment goes under traffic: what comes out of the tunnel has nowhere to go
lab_streams_start 100 1
ip -n hostB link del leg0
ok "deleted under traffic, there is no attachment" lab_wait 5 unattached B 1
sleep 1
lab_streams_stop 100 1
is "nothing goes around the tunnel" "$(lab_spoofed)" 0

lab_down
ok "nothing is left" sh -c "! ip netns list | grep . && ! lsmod | grep nemo"
plan
