# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# handover.sh - announced handovers with agents (sourced after lab.sh)

# agent HOST COMMAND... - of its agent
agent() {
	"$BUILD/nemoctl" -S "$LAB_RUN/host$1.sock" "${@:2}"
}

# is_state HOST STATE [N] - in the kernel
is_state() {
	[ "$(lab_mr "$1" "${3:-1}" .state)" = "$2" ]
}

# step HOST [N] - of the handover, as its agent has it
step() {
	lab_status "host$1" |
		jget ".host.mr[name=guest${2:-1}].handover.step"
}

finished() {
	[ "$(step A) $(step B)" = 'none none' ]
}

open_uplink() {
	[ "$(lab_mr "$1" 1 '."prepared-uplink"')" = true ]
}

# peer_count HOST FIELD - of the messages with its only peer
peer_count() {
	lab_status "host$1" | jget ".host.peer[0]$2"
}

# says NAME HOST TEXT COMMAND... - it fails with a sentence
says() {
	local name=$1 host=$2 text=$3 out
	shift 3
	out=$(agent "$host" "$@" 2>&1) && out="no failure; $out"
	ok "$name" grep -q "^nemoctl: .*$text" <<< "$out"
	echo "# $out"
}

# freeze N - the guest stands still, as one that is paused: its programs have stopped, what they
# have sent has left it, and its kernel answers no solicitation and sends none
freeze() {
	local n=$1 pid
	mapfile -t FROZEN < <(ip netns pids "guest$n")
	kill -STOP "${FROZEN[@]}"
	for pid in "${FROZEN[@]}"; do
		lab_wait 5 stopped "$pid"
	done
	tc -n "guest$n" qdisc add dev eth0 root pfifo limit 0
	lab_settle
}
stopped() { [[ $(< "/proc/$1/stat") = *") T "* ]]; }
thaw() {
	tc -n guest1 qdisc del dev eth0 root
	kill -CONT "${FROZEN[@]}"
}

log_has() { grep -q "$2" "$LAB_RUN/host$1.log"; }

# knows HOST - which MAC address it has for the guest
knows() {
	ip -n "host$1" neigh show "$(lab_guest_addr 1)" dev br0 | awk '{ print $3 }'
}

# lose MATCH... - what core does not forward from now on
lose() {
	local match
	{
		echo 'table ip6 loss {'
		echo 'chain forward {'
		echo 'type filter hook forward priority -10;'
		for match in "$@"; do
			echo "$match counter drop"
		done
		echo '}'
		echo '}'
	} | on core nft -f -
}

# has_lost - something, since `lose`
has_lost() {
	on core nft list table ip6 loss | grep -q 'counter packets [1-9]'
}

lose_nothing() {
	on core nft delete table ip6 loss
}

# move_announced FROM TO - as a hypervisor's part has it done: prepared while the guest is
# copied, left when it stops
move_announced() {
	agent "$1" mr prepare guest1 to "host$2"
	lab_wait 10 open_uplink "$2"
	VIFMOVE_HOOK="$BUILD/nemoctl -S $LAB_RUN/host$1.sock mr leave guest1" lab_move "$1" "$2"
}

# whole PPS [N] - ends the streams; nothing was lost, doubled or put out of order, each way
whole() {
	local n=${2:-1} way log
	lab_streams_stop "$1" "$n"
	for way in up down; do
		log=$LAB_RUN/$way$n.json
		jq -c . "$log" | sed 's/^/# /'
		is "${2:+guest $n, }$way: lost" "$(jget .lost "$log")" 0
		is "${2:+guest $n, }$way: doubled" "$(jget .duplicated "$log")" 0
		is "${2:+guest $n, }$way: reordered" "$(jget .reordered "$log")" 0
	done
}
