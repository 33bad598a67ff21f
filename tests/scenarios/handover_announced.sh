#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# handover_announced.sh [MOVES [PATHS [PPS [RATE]]]] - announced moves under traffic, with
# agents: A to B and back, MOVES times (2) on each of PATHS ("0 50 lossy"), with numbered streams
# each way at PPS (100) packets/s and a TCP transfer each way. Nothing is lost, doubled or out of
# order. A path is
#
#   MS      the round trip between the hosts and the home agent
#   A:B     ms one way to host A, and to host B
#   lossy   5:50, with 1 % loss and reordering on signalling only
#
# A machine that is emulated on a busy one answers as late as if the network were slow, and what
# then goes again, or is let go without a marker, says nothing of us. So TCP waits 5 s before it
# sends again, and does not probe the tail of what it has sent (TLP, which strikes after two round
# trips: with short ones in each pause); it has 2 Mbit/s, which leaves a processor to the rest, in
# pieces of one segment, none of which waits for an acknowledgement (Nagle), so that nothing lies
# unsent in the guest when it is paused: its kernel, which is not, would go on with it, into an
# interface that has no carrier yet; and an end marker is waited for for 10 s.
#
# With RATE there is none of that: TCP is as Linux has it, at RATE bit/s (as iperf3's -b; 0: all
# that it gets), the agents are as they are by default, so that it shows whether they wait long
# enough for a marker, and the moves must be as quick as they should be. This is for a machine whose
# clock counts instructions (ICOUNT of scripts/vm), and not for `make test`.
set -eu
# shellcheck source=tests/lab/lab.sh
source "$(dirname "$0")/../lab/lab.sh"
# shellcheck source=tests/lab/handover.sh
source "$(dirname "$0")/../lab/handover.sh"
# shellcheck source=tests/lab/faults.sh
source "$(dirname "$0")/../lab/faults.sh"
TIMES='sort | map(. * 10 | round / 10) | "median \(.[length / 2 | floor]), most \(last) ms"'
MOVES=${1:-2} PATHS=${2:-0 50 lossy} PPS=${3:-100} RATE=${4:-}
declare -A APART
TCP_OPTIONS=(-b "${RATE:-2M}")
[ -n "$RATE" ] || TCP_OPTIONS+=(-N -l 1200) LAB_MR_OPTIONS='marker-timeout = 10000'

# field STREAM EXPRESSION - of its report
field() {
	jq -r "$2" "$LAB_RUN/$1.json"
}

# far HOST MS - from now on, one way
far() {
	RTT_MS=$((2 * $2))
	lab_delay core "host$1"
	lab_delay "host$1" eth0
}

# path WORD - from now on; into FAR, ms from host to host, and MORE, by which one has a longer way
# to all others. What is under way may be lost.
path() {
	local a=${DELAY[A]} b=${DELAY[B]}
	FAR=$1 MORE=0
	case $1 in
	lossy) lossy ;;
	*:*) a=${1%:*} b=${1#*:}; far A "$a"; far B "$b" ;;
	*) lab_rtt "$1"; return ;;
	esac
	FAR=$((a + b)) MORE=$((a > b ? a - b : b - a))
}

# patient NS PREFIX ROUTE...
patient() {
	on "$1" sysctl -qw net.ipv4.tcp_early_retrans=0
	ip -n "$1" route add "${@:2}" rto_min 5s
}

# counter NS NAME... - the sum of these
counter() {
	on "$1" nstat -asz "${@:2}" | awk -v names="${*:2}" '
		BEGIN { many = split(names, name); for (i in name) wanted[name[i]] }
		$1 in wanted { n += $2; k++ } END { print k == many ? n : "?" }'
}

# resent - segments that guest and correspondent have sent again, since they were made, but for
# those that the other one had already: it counts them, and they went again since the machine
# was late. Not so where three later ones had overtaken (fast retransmit).
# Who does not wait probes the tail in each pause: what counts there is what was taken for lost;
# a time-out that TCP has found needless and taken back was the machine's.
resent() {
	local ns again fast had other=cn
	for ns in guest1 cn; do
		if [ -n "$RATE" ]; then
			again=$(counter $ns TcpExtTCP{FastRetrans,SlowStartRetrans,Timeouts})
			had=$(counter $ns TcpExtTCPLossUndo)
			echo $((again - had))
		else
			again=$(counter $ns TcpRetransSegs)
			fast=$(counter $ns TcpExtTCPFastRetrans)
			had=$(counter $other TcpExtTCPDSACK{OldSent,OfoSent})
			echo $((again > had && again - had > fast ? again - had : fast))
		fi
		other=guest1
	done | xargs
}

# why - what the kernels' TCP says of it
why() {
	local ns
	for ns in guest1 cn; do
		on $ns nstat -as | awk -v ns=$ns '
			/Retrans|Timeouts|Reorder|DSACK|Lost|Loss|Probes|Recovery/ { print "# " ns ": " $1, $2 }'
	done
}

# goes_on_or_why UP DOWN - or says what each end's TCP and its process wait for
goes_on_or_why() {
	local ns
	lab_wait 20 goes_on "$@" && return
	for ns in guest1 cn; do
		on $ns ss -tinmopHO '( sport = :5201 or dport = :5201 )'
	done
	ps -o pid,stat,wchan:24,args -C iperf3
	return 1
}

# octets - that the guest's TCP has had acknowledged, and has received
octets() {
	on guest1 ss -tinHO 'dport = :5201' | awk '{
		for (i = 1; i <= NF; i++) {
			split($i, f, ":")
			if (f[1] == "bytes_acked") up += f[2]
			if (f[1] == "bytes_received") down += f[2]
		}
	} END { print up + 0, down + 0 }'
}

# goes_on UP DOWN - TCP has moved more than what its control connection says at an end
goes_on() {
	local up down
	read -r up down <<< "$(octets)"
	[ "$up" -gt $(($1 + 20000)) ] && [ "$down" -gt $(($2 + 20000)) ]
}

# let_go REASON - how often, by the kernels of both hosts
let_go() {
	cat "$LAB_RUN"/host[AB].events | grep -c "\"reason\":\"$1\"" || true
}

moved() {
	[ "$(lab_mr "$1" 1 .state) $(lab_mr "$2" 1 .state)" = "standby active" ] && finished
}

# moves NAME - MOVES of them; into SLOW, how many came to no end
moves() {
	local h i
	SLOW=0
	for i in $(seq "$MOVES"); do
		move_announced $HERE $THERE
		lab_wait 20 moved $HERE $THERE || SLOW=$((SLOW + 1))
		echo "# $1: $i moves"
		h=$HERE HERE=$THERE THERE=$h
	done
}

# streams NAME - what has become of them; one jq for all, which takes its time to start
streams() {
	local way said
	for way in up down; do
		mapfile -t said < <(field ${way}1 "
			def times: $TIMES;
			([.lost, .duplicated, .reordered] | join(\" \")),
			\"\(.sent) sent, \(.received) received\",
			\"silence of a move: \([.moves[].silence_ms] | times)\",
			\"silence less the time until the guest itself sends again: \([.moves[] |
				.silence_ms - .sender_ms] | times)\",
			\"longest gap: \([.moves[].gap_ms] | times)\",
			\"the guest's pause: \([.moves[].pause_ms] | times)\"")
		is "$1, $way: lost, doubled, out of order" "${said[0]:-}" "0 0 0"
		[ $way = up ] || unset 'said[3]'	# nobody pauses that sender
		printf "# $1, $way: %s\n" "${said[@]:1}"
	done
}

# quick NAME - it costs the guest no round trip; in us. Up, the guest itself is silent until it has
# found its gateway again, and the way may have become longer.
quick() {
	local most='max * 1000 | floor'
	le "$1, up: silence but for the guest's, and gap, at most 5 ms more than the way has become" \
		"$(field up1 "[.moves[] | .silence_ms - .sender_ms, .gap_ms] | $most")" \
		$((MORE * 1000 + 5000))
	le "$1, down: silence and gap, at most the way from host to host and 5 ms" \
		"$(field down1 "[.moves[] | .silence_ms // infinite, .gap_ms // infinite] | $most")" \
		$((FAR * 1000 + 5000))
}

# apart NS - packets that have met the lossy band, less the signalling that was sent
apart() {
	echo $(($(band "$1" 10 '.packets + .drops + .qlen') - $(signalling "$1" out)))
}

# Both are made under agents that may just say something: what they say from now on is compared.
lossy_begin() {
	local ns
	for ns in core hostA hostB; do
		APART[$ns]=$(apart $ns)
	done
}

is_apart() { [ "$(apart "$1")" = "${APART[$1]}" ]; }

lossy_end() {
	local ns lost
	for ns in core hostA hostB; do
		ok "path lossy: $ns: the lossy band has met signalling and nothing else" lab_wait 5 is_apart $ns
		is "path lossy: $ns: the other band has lost nothing" "$(band $ns 20 .drops)" 0
	done
	lost=$(signalling core lost)
	ok "path lossy: messages were lost" [ "$lost" -gt 0 ]
	echo "# path lossy: $lost messages lost of $(signalling core out) and those"
}

# leg PATH - all of it on one path
leg() {
	local before after markers late name="path $1"
	path "$1"
	LAB_MOVES=()
	lab_spawn guest1 tcp.log iperf3 -6 -c "$LAB_CN" -p 5201 --bidir -t 36000 \
		"${TCP_OPTIONS[@]}"
	TCP=$LAB_PID
	lab_streams_start "$PPS"
	ok "$name: TCP transfers each way" lab_wait 20 goes_on 0 0
	sleep 1
	[ "$1" != lossy ] || lossy_begin
	before=$(resent) markers=$(let_go marker) late=$(let_go marker-timeout)
	moves "$name"
	is "$name: all $MOVES moves end: the new host active, the old one in standby" $SLOW 0
	# shellcheck disable=SC2046 # two numbers
	ok "$name: TCP goes on each way" goes_on_or_why $(octets)
	after=$(resent)
	is "$name: TCP: segments sent again by the guest, and to it" "$after" "$before"
	[ "$after" = "$before" ] || why
	echo "# $name: octets of TCP, up and down: $(octets)"
	lab_end "$TCP"
	lab_streams_stop "$PPS"
	is "$name: both hosts have seen each move's end marker, and none was waited for in vain" \
		"$(($(let_go marker) - markers)) $(($(let_go marker-timeout) - late))" "$((2 * MOVES)) 0"
	streams "$name"
	[ -z "$RATE" ] || quick "$name"
	[ "$1" != lossy ] || lossy_end
}

lab_online
for h in A B; do
	lab_spawn host$h host$h.events "$BUILD/nemoctl" -j monitor mr
done
if [ -z "$RATE" ]; then
	patient cn "$(lab_mnp 1)" via 2001:db8:c::1
	patient guest1 2001:db8:c::/64 via fe80::1 dev eth0
fi
lab_spawn cn iperf.log iperf3 -s -p 5201
HERE=A THERE=B
for p in $PATHS; do
	leg "$p"
done

lab_down
ok "nothing is left" sh -c "! ip netns list | grep . && ! lsmod | grep nemo"
plan
