# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
#
# faults.sh - a guest goes around a ring of three hosts, and each move has a fault (sourced,
# after lab.sh and handover.sh).
#
# A cell is one move, or one that comes to nothing. Its function does it, with FROM, TO and
# THIRD (hosts), and leaves the guest where it should be served. It fails where something that the
# cell is about did not happen.
#
# What SEED (1) says: the order of the cells, and which messages are lost and which doubled, by their
# number in the order in which core has them. When something happens is the machine's, and so
# how many messages there are and what the Nth one is may differ from run to run.
# MOVES is how many cells (each once):
#
#   APPEND='SEED=7 MOVES=20' tests/run agent_ring

SEED=${SEED:-1}
WRAP_S=30	# from the agents' start until the sequence numbers come around
declare -A COA DELAY=([A]=5 [B]=50 [C]=10)	# ms, each way
CELLS=()	# for nstream: each cell's beginning
NAMES=()	# what it was
LOSS=()		# "whole", or what may lose packets: "downlink", "both"
DEAD=()		# nodes whose agents were killed and are to be started again

# Signalling goes by a band of its own, where each fifth message of a link is not delayed, and so
# overtakes (netem's own loss and doubling have no seed before 6.7). By next header, as it is on the
# wire: 60 is a Binding Update's, 43 an Acknowledgement's. Inner packets cannot be taken for it: their
# outer next header is 41.
lossy_band() {
	local ns=$1 dev=$2 ms=$3 next
	tc -n "$ns" qdisc replace dev "$dev" root handle 1: prio bands 2 \
		priomap 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1
	tc -n "$ns" qdisc add dev "$dev" parent 1:1 handle 10: \
		netem limit 1000 delay "${ms}ms" reorder 100% gap 5
	tc -n "$ns" qdisc add dev "$dev" parent 1:2 handle 20: netem limit 10000 delay "${ms}ms"
	for next in 135 60 43; do
		tc -n "$ns" filter add dev "$dev" parent 1: protocol ipv6 \
			u32 match ip6 protocol $next 0xff flowid 1:1
	done
}

# count_signalling NS DEVS - what goes out and has a Mobility Header, wherever in the packet:
# another way to say what signalling is
count_signalling() {
	{
		echo 'table ip6 signalling {'
		echo 'chain out {'
		echo 'type filter hook postrouting priority 0;'
		echo "oifname { $2 } meta l4proto 135 counter"
		echo '}'
		echo '}'
	} | on "$1" nft -f -
}

# unlucky - core loses one of each hundred messages that it forwards
unlucky() {
	{
		echo 'table ip6 signalling {'
		echo 'chain lost {'
		echo 'type filter hook forward priority -5;'
		echo "meta l4proto 135 numgen inc mod 100 == $((SEED * 7 % 20)) counter drop"
		echo '}'
		echo '}'
	} | on core nft -f -
}

lossy() {
	local h
	for h in $LAB_HOSTS; do
		count_signalling "host$h" eth0
		lossy_band "host$h" eth0 "${DELAY[$h]}"
		lossy_band core "host$h" "${DELAY[$h]}"
	done
	count_signalling core "host${LAB_HOSTS// /, host}"
	unlucky
}

# band NS HANDLE EXPRESSION - of the bands' counters
band() {
	tc -n "$1" -s -j qdisc show | jq "[.[] | select(.handle == \"$2:\") | $3] | add"
}

# signalling NS out|lost - so many messages
signalling() {
	on "$1" nft -j list chain ip6 signalling "$2" |
		jq '[.. | .counter? // empty | .packets] | add'
}

# Each message, and nothing else, has met the lossy band.
band_is_right() {
	[ "$(band "$1" 10 '.packets + .drops + .qlen')" = "$(signalling "$1" out)" ]
}

# wrap_soon - the clock is set so that the numbers that are drawn from it (67 ms units) come
# around in WRAP_S; before the agents begin
wrap_soon() {
	local lead=$((WRAP_S * 1000000000))
	WRAP=$(((($(date +%s%N) + lead >> 42) + 1) << 42))
	date -s "@$(((WRAP - lead) / 1000000000))" > /dev/null
}

has_wrapped() { [ "${EPOCHREALTIME/./}000" -gt "$WRAP" ]; }

# What the kernels say by `nemoctl monitor`, read without a process: each costs a tenth of a
# second and more on an emulated machine, and there are many moves. ------------------------

# await SECONDS COMMAND... - poll until the command succeeds, which may set variables
await() {
	local tries=$(($1 * 20))
	shift
	until "$@"; do
		[ $((tries--)) -gt 0 ] || return 1
		lab_pause 0.05
	done
}

# events NODE - into EVENTS
events() { mapfile -t EVENTS < "$LAB_RUN/$1.events"; }

# text KEY LINE - into TEXT
text() {
	TEXT=''
	[[ "$2" =~ \"$1\":\"?([^\",}]*) ]] && TEXT=${BASH_REMATCH[1]}
}

# state HOST - as it was told last, into TEXT
state() {
	local i
	events "host$1"
	for ((i = ${#EVENTS[@]} - 1; i >= 0; i--)); do
		text state "${EVENTS[i]}"
		[ -z "$TEXT" ] || return 0
	done
	TEXT=standby
}

bound() {
	events ha
	[ ${#EVENTS[@]} -gt 0 ] && text coa "${EVENTS[-1]}" && [ "$TEXT" = "${COA[$1]}" ]
}

# settled HOST - it has the binding and serves, and no other does; who is prepared may remain so
settled() {
	local h
	bound "$1" || return 1
	for h in $LAB_HOSTS; do
		state "$h"
		case $h:$TEXT in
		"$1:active") ;;
		"$1:"*) return 1 ;;
		*:standby | *:prepared) ;;
		*) return 1 ;;
		esac
	done
}

# at_once STATE SINCE - the most hosts that were in it at one time: their kernels have one clock
at_once() {
	jq -n --arg state "$1" --argjson since "$2" '
		[inputs | select(.state) | { time, state, host: input_filename }] | sort_by(.time) |
		reduce .[] as $e ({ is: {}, most: 0 };
			.is[$e.host] = ($e.state == $state) |
			if $e.time < $since then .
			else .most = ([.most, ([.is[] | select(.)] | length)] | max) end) |
		.most' "$LAB_RUN"/host?.events
}

# each number that the home agent's kernel has accepted is newer than the one before
numbers_rise() {
	jq -en '[inputs | select(.event | IN("registered", "refreshed", "replaced")) | .seq] as $n |
		all(range(1; $n | length); ($n[.] - $n[. - 1] + 65536) % 65536 |
			. > 0 and . < 32768)' "$LAB_RUN/ha.events"
}

# way - hosts that the binding has gone to in this cell
way() {
	local h last=$FROM line
	WAY=''
	events ha
	for line in "${EVENTS[@]:$BEGIN}"; do
		text coa "$line"
		for h in $LAB_HOSTS; do
			[ "${COA[$h]}" != "$TEXT" ] || [ "$h" = "$last" ] || WAY+=" $h" last=$h
		done
	done
}

# The same from the kernels themselves.

binding() { ctl ha -j ha show | jq -r ".[0].$1"; }

# everyone - each host's state, and the care-of address of the binding
everyone() {
	local h
	{
		for h in $LAB_HOSTS; do
			ctl "host$h" -j mr show guest1
		done
		ctl ha -j ha show
	} | jq -rs 'map(.[0] | .state // .coa) | join(" ")'
}

# one_serves HOST - and has the binding
one_serves() {
	local h now want=''
	for h in $LAB_HOSTS; do
		[ "$h" = "$1" ] && want+='active ' || want+='(standby|prepared) '
	done
	now=$(everyone)
	echo "$now"
	[[ "$now" =~ ^${want}${COA[$1]}$ ]]
}

answers() { on cn ping -q -c 1 -W 2 "$(lab_guest_addr 1)"; }

# Agents ------------------------------------------------------------------------------

# kill_agent NODE - until start_dead
kill_agent() {
	kill -0 "${LAB_AGENT[$1]}" || return 1
	lab_crash "$1"
	DEAD+=("$1")
}

start_dead() {
	local node rc=0
	for node in "${DEAD[@]}"; do
		rm -f "$LAB_RUN/$node.sock"
		cat "$LAB_RUN/$node.log" >> "$LAB_RUN/$node.logs"
		lab_agent "$node" || rc=1
	done
	DEAD=()
	return $rc
}

again() { kill_agent "$1" && start_dead; }

# Moves -------------------------------------------------------------------------------

# of HOST FIELD - of what its agent says about the mobile router
of() { lab_status "host$1" | jq -r ".host.mr[0].$2"; }

is_prepared() {
	state "$1"
	[ "$TEXT" = prepared ]
}

# prepared - at TO; the last handover may not be quite finished. An agent that has just begun
# does not know yet whether the home agent has transient bindings, and goes without.
prepared() {
	local heard
	heard=$(of "$FROM" ba_received)
	await 10 agent "$FROM" mr prepare guest1 to "host$TO" &&
		await 5 is_prepared "$TO" || return 1
	[ "$heard" = 0 ] || await 10 open_uplink "$TO"
}

leaves() { echo "$BUILD/nemoctl -S $LAB_RUN/host$FROM.sock mr leave guest1 to host$TO"; }

# move HOST COMMAND - the guest goes from FROM; the command, when it has stopped
move() {
	VIFMOVE_HOOK=${2:-:} lab_move "$FROM" "$1"
	[ -n "$LAB_MOVE" ]
}

# heal - nothing is lost any more, and something was
heal() {
	await 5 has_lost && lose_nothing
}

fault_none() {
	prepared &&
		move "$TO" "$(leaves)"
}

# fault_killed WHOSE WHEN - before: the preparation; ready: after it; speechless: as well, and
# started again only when the move is over; paused: when the guest is; resumed: when it goes on
fault_killed() {
	local node when=$2 hook
	local -A nodes=([old]="host$FROM" [new]="host$TO" [home]=ha)
	node=${nodes[$1]}
	[ "$when" != before ] || again "$node" || return 1
	prepared || return 1
	[ "$when" != ready ] || again "$node" || return 1
	[ "$when" != speechless ] || kill_agent "$node" || return 1
	hook=$(leaves)
	[ "$1,$when" != old,speechless ] || hook=
	if [ "$when" = paused ]; then
		hook+=" && kill -9 ${LAB_AGENT[$node]}"
		DEAD+=("$node")
	fi
	move "$TO" "$hook" || return 1
	[ "$when" != resumed ] || again "$node"
}

# Cells ---------------------------------------------------------------------------------

# stretch NAME LOSS SINCE - what is sent from then on is this one's
stretch() {
	local t=$(($3 + 1000000000))	# nstream: all that was sent a second before
	CELLS+=("$t:$t")
	NAMES+=("$1")
	LOSS+=("$2")
}

# cell FAULT[,ARGUMENT]... WAY LOSS FROM - carries it out, and tells what came of it. WAY: where the
# binding goes, of from, to, third; the last one is where the guest is then.
cell() {
	local name=$1 way=$2 where want='' w words rc=0 most=1
	local -A host
	FROM=$4
	read -r TO THIRD <<< "${NEXT[$FROM]}"
	host=([from]=$FROM [to]=$TO [third]=$THIRD)
	for w in $way; do
		want+=" ${host[$w]}"
	done
	where=${want##* }
	where=${where:-$FROM}
	name="${#CELLS[@]}, ${name//[_,]/ }, $FROM to ${where}"
	w=${EPOCHREALTIME/./}000
	stretch "$name" "$3" "$w"
	events ha
	BEGIN=${END:-${#EVENTS[@]}}
	text seq "${EVENTS[-1]}"
	echo "# $name: sequence $TEXT"
	IFS=, read -ra words <<< "$1"
	"fault_${words[0]}" "${words[@]:1}" || rc=$?
	start_dead || rc=$?
	is "$name: that is what happened" $rc 0
	await 30 settled "$where" || true
	ok "$name: the guest's host serves, and no other" one_serves "$where"
	ok "$name: the guest answers" lab_wait 10 answers
	way
	END=${#EVENTS[@]}	# what comes late is the next cell's
	# who has claimed it and did not hear the answer, which may be lost, says so once more
	[[ "${words[0]}" != *claim* ]] || WAY=${WAY/%" $FROM $TO $FROM $TO"/" $FROM $TO"}
	is "$name: the binding went there, and nowhere else" "$WAY" "$want"
	# one that was told to leave does not serve from then on; else it has yet to hear of it
	[ "$3" = whole ] || most=2
	le "$name: hosts that were active at one time" "$(at_once active "$w")" $most
	echo "# in $(((${EPOCHREALTIME/./}000 - w) / 1000000)) ms"
	AT=$where
}

# ring FAULT:WAY:LOSS... - MOVES of them (all) in SEED's order, again and again
declare -A NEXT=([A]='B C' [B]='C A' [C]='A B')
ring() {
	local i j t order=() faults=("$@") moves=${MOVES:-$#}
	RANDOM=$SEED
	while [ ${#order[@]} -lt "$moves" ]; do
		for ((i = ${#faults[@]} - 1; i > 0; i--)); do
			j=$((RANDOM % (i + 1)))
			t=${faults[i]} faults[i]=${faults[j]} faults[j]=$t
		done
		order+=("${faults[@]}")
	done
	echo "# SEED=$SEED MOVES=$moves"
	AT=A
	for ((i = 0; i < moves; i++)); do
		IFS=: read -r t j w <<< "${order[i]}"
		cell "$t" "${j//,/ }" "$w" "$AT"
	done
	# an abort draws no number, so the last one is a plain move
	await $((2 * WRAP_S)) has_wrapped
	cell none to whole "$AT"
}

# ring_up - the lab, the guest on A, its streams
ring_up() {
	local h
	# a slow machine is not to look like a lost marker
	LAB_HOSTS='A B C' LAB_MR_OPTIONS=$'lifetime = 32\nmarker-timeout = 2000'
	lab_up || exit 1
	lossy
	lab_guest_add 1 A
	lab_spawn ha ha.events "$BUILD/nemoctl" -j monitor ha
	for h in $LAB_HOSTS; do
		COA[$h]=$(lab_coa "$h")
		lab_spawn "host$h" "host$h.events" "$BUILD/nemoctl" -j monitor mr
	done
	wrap_soon
	lab_agents || exit 1
	ok 'A serves' await 20 settled A
	ok 'the guest configures itself' lab_wait 20 lab_guest_ready 1
	ok 'the sequence numbers begin before their wrap' [ "$(binding seq)" -gt 32768 ]
	on cn ping -q -c 1 -W 5 "$(lab_guest_addr 1)" > "$LAB_RUN/ping"
	lab_spawn core record.log /usr/bin/python3 "$LAB/signalling.py" record "$LAB_RUN/mh" \
		$((SEED % 7)) ha hostA hostB hostC
	lab_wait 20 grep -q ready "$LAB_RUN/record.log"
	lab_streams_start 100
	sleep 1
}

# What became of the messages.
signalling_end() {
	local ns all lost doubled overtook
	for ns in core hostA hostB hostC; do
		ok "$ns: the lossy band has met signalling and nothing else" lab_wait 5 band_is_right "$ns"
		is "$ns: the other band has lost nothing" "$(band "$ns" 20 .drops)" 0
	done
	all=$(wc -l < "$LAB_RUN/mh")
	lost=$(signalling core lost)
	doubled=$(sort "$LAB_RUN/mh" | uniq -d | wc -l)
	overtook=$(for ns in core hostA hostB hostC; do band $ns 10 .requeues; done | jq -s add)
	ok "a message was lost" [ "$lost" -gt 0 ]
	ok "messages were doubled" [ "$doubled" -gt 0 ]
	ok "messages were not delayed, as others" [ "$overtook" -gt 0 ]
	echo "# signalling: $all messages; $lost lost, $doubled doubled, $overtook not delayed"
}

# tallies WAY - of each cell: lost, doubled, out of order
tallies() {
	jq -r '.moves[] | [.lost, .duplicated, .reordered] | join(" ")' "$LAB_RUN/${1}1.json"
}

# unharmed WAY CELL TALLY LOSSES - by what becomes of such cells, nothing of this way is lost
unharmed() {
	local name="${NAMES[$2]}: $1" tally=$3
	if [[ " $4 " = *" ${LOSS[$2]} "* ]]; then
		is "$name: lost, doubled, out of order" "$tally" '0 0 0'
	else
		echo "# $name: $tally"
		is "$name: doubled" "$(cut -d ' ' -f 2 <<< "$tally")" 0
	fi
}

# ring_end - what has become of the packets of each cell; the last line of a scenario
ring_end() {
	local i up down
	ok 'the sequence numbers have come around' [ "$(binding seq)" -lt 32768 ]
	ok 'the home agent has accepted newer ones only' numbers_rise
	LAB_MOVES=("${CELLS[@]}")
	lab_streams_stop 100
	mapfile -t up < <(tallies up)
	mapfile -t down < <(tallies down)
	for i in "${!CELLS[@]}"; do
		unharmed uplink "$i" "${up[i]}" 'whole downlink'
		unharmed downlink "$i" "${down[i]}" whole
	done
	for i in up down; do
		echo "# $i: $(jq -c 'del(.moves)' "$LAB_RUN/${i}1.json")"
	done
	for i in hostA hostB hostC ha; do
		echo "# dropped by $i: $(ctl "$i" -j link show |
			jq -c '.[0].drops | with_entries(select(.value > 0))')"
	done
	signalling_end
	lab_down
	ok 'nothing is left' sh -c '! ip netns list | grep . && ! lsmod | grep nemo'
	plan
}
