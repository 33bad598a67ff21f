#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Unannounced moves under traffic, with agents: A to B and back, at a round trip of 0 and
# of 10 ms, and without an agent for a while.
set -eu
# shellcheck source=tests/lab/lab.sh
source "$(dirname "$0")/../lab/lab.sh"

# field STREAM EXPRESSION - of its report
field() {
	jq -r "$2" "$LAB_RUN/$1.json"
}

# replaced N - when the home agent switched for the Nth move, ns since the epoch
replaced() {
	jq -rs "[.[] | select(.event == \"replaced\") | .time][$(($1 - 1))]" "$LAB_RUN/ha.monitor"
}

# move FROM TO - until it is registered
move() {
	lab_move "$1" "$2"
	ok "move ${#LAB_MOVES[@]}, $1 to $2, round trip $RTT_MS ms: registered" lab_wait 10 lab_is_active "$2"
	ok "... the old host stands by" lab_wait 10 standby "$1"
	is "... the guest's gateway is the same" "$(gateway)" "lladdr $LAB_GATEWAY_MAC"
}

standby() {
	[ "$(lab_mr "$1" 1 .state)" = standby ]
}

# What the guest knows as its gateway
gateway() {
	ip -n guest1 neigh show fe80::1 dev eth0 | awk '{ print $2, $3 }'
}

lab_online
is "the guest knows its gateway" "$(gateway)" "lladdr $LAB_GATEWAY_MAC"
before=$(ip -n guest1 -6 -o addr show dev eth0 | awk '{ print $4 }')
lab_spawn ha ha.monitor "$BUILD/nemoctl" -j monitor ha
lab_rtt 0
lab_streams_start 100
sleep 1

move A B
move B A
lab_rtt 10
move A B
move B A

# The traffic does not need the agent
lab_crash hostA
sleep 2
lab_agent hostA
sleep 2
is "after kill -9 and a new start of the agent A serves still" "$(lab_mr A 1 .state)" active
move A B
sleep 1
is "the guest's addresses are what they were" \
	"$(ip -n guest1 -6 -o addr show dev eth0 | awk '{ print $4 }')" "$before"
lab_streams_stop 100

moves=${#LAB_MOVES[@]}
is "the home agent switched once a move" \
	"$(jq -rs '[.[] | select(.event == "replaced")] | length' "$LAB_RUN/ha.monitor")" "$moves"
is "uplink: 0 lost in all" "$(field up1 .lost)" 0
is "uplink: 0 duplicated" "$(field up1 .duplicated)" 0
is "uplink: 0 out of order" "$(field up1 .reordered)" 0
is "downlink: 0 duplicated" "$(field down1 .duplicated)" 0
is "downlink: 0 out of order" "$(field down1 .reordered)" 0
is "downlink: lost in moves only" "$(field down1 .lost)" "$(field down1 '[.moves[].lost] | add')"
# What an unannounced move cannot save is what was sent before the home agent knew.
for i in $(seq "$moves"); do
	le "downlink, move $i: nothing is lost that was sent after the home agent switched" \
		"$(field down1 ".moves[$((i - 1))].last_lost")" "$(replaced "$i")"
done

lab_down
ok "nothing is left" sh -c "! ip netns list | grep . && ! lsmod | grep nemo"
plan
