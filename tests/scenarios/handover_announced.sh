#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# handover_announced.sh [MOVES [RTTS [PPS]]] - announced moves under traffic, with agents: A
# to B and back, MOVES times (2) at each round trip of RTTS ("0 10 50"), with numbered streams
# each way at PPS (100) packets/s and a TCP transfer each way. Nothing is lost, doubled or
# out of order.
set -eu
# shellcheck source=tests/lab/lab.sh
source "$(dirname "$0")/../lab/lab.sh"
# shellcheck source=tests/lab/handover.sh
source "$(dirname "$0")/../lab/handover.sh"
TIMES='sort | map(. * 10 | round / 10) | "median \(.[length / 2 | floor]), most \(last) ms"'
MOVES=${1:-2} RTTS=${2:-0 10 50} PPS=${3:-100}

# field STREAM EXPRESSION - of its report
field() {
	jq -r "$2" "$LAB_RUN/$1.json"
}

# patient NS PREFIX ROUTE... - TCP that sends nothing again but what is missing: a guest that
# is paused for long answers late, which is the pause's fault and not the network's
patient() {
	on "$1" sysctl -qw net.ipv4.tcp_early_retrans=0
	ip -n "$1" route add "${@:2}" rto_min 5s
}

# retransmitted NS - TCP segments since it was made
retransmitted() {
	on "$1" nstat -aszj TcpRetransSegs | jq .kernel.TcpRetransSegs
}

moved() {
	[ "$(lab_mr "$1" 1 .state) $(lab_mr "$2" 1 .state)" = "standby active" ] && finished
}

lab_online
patient cn "$(lab_mnp 1)" via 2001:db8:c::1
patient guest1 2001:db8:c::/64 via fe80::1 dev eth0
lab_spawn cn iperf.log iperf3 -s -p 5201
lab_rtt 0
lab_streams_start "$PPS"
lab_spawn guest1 tcp.log iperf3 -6 -c "$LAB_CN" -p 5201 --bidir -b 2M -t 3600
sleep 2

here=A there=B slow=0
for rtt in $RTTS; do
	lab_rtt "$rtt"
	sleep 1
	for i in $(seq "$MOVES"); do
		move_announced $here $there
		lab_wait 20 moved $here $there || slow=$((slow + 1))
		echo "# round trip $rtt ms: $i moves"
		h=$here here=$there there=$h
	done
done
sleep 1
resent="$(retransmitted guest1) $(retransmitted cn)"
lab_streams_stop "$PPS"

is "all ${#LAB_MOVES[@]} moves end: the new host active, the old one in standby" "$slow" 0
for way in up down; do
	echo "# $way: $(field ${way}1 '"\(.sent) sent, \(.received) received"')," \
		"silence of a move: $(field ${way}1 "[.moves[].silence_ms] | $TIMES")"
	is "$way: 0 lost" "$(field ${way}1 .lost)" 0
	is "$way: 0 duplicated" "$(field ${way}1 .duplicated)" 0
	is "$way: 0 out of order" "$(field ${way}1 .reordered)" 0
done
echo "# up: less the time until the guest itself sends again:" \
	"$(field up1 "[.moves[] | .silence_ms - .sender_ms] | $TIMES")"
is "TCP: segments sent again by the guest, and to it" "$resent" "0 0"

lab_down
ok "nothing is left" sh -c "! ip netns list | grep . && ! lsmod | grep nemo"
plan
