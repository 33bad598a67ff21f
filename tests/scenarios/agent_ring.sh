#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Three hosts in a ring, a guest with a numbered stream each way that goes around it, and a fault
# in each move. Ways of different length (5, 50, 10 ms); loss (1 %), doubling and reordering on
# signalling only. After each move exactly one host serves: the one with the guest. SEED and MOVES:
# see faults.sh.
set -u
# shellcheck source=tests/lab/lab.sh
source "$(dirname "$0")/../lab/lab.sh"
# shellcheck source=tests/lab/handover.sh
source "$(dirname "$0")/../lab/handover.sh"
# shellcheck source=tests/lab/faults.sh
source "$(dirname "$0")/../lab/faults.sh"

# replay TYPE... - what there was so far; the last ones are still under way
replay() {
	await 10 on core /usr/bin/python3 "$LAB/signalling.py" replay "$LAB_RUN/mh" "$@"
}

# All between hosts so far, also to agents that have forgotten what they have heard.
fault_replayed_HI() {
	prepared &&
		move "$TO" "$(leaves)" &&
		await 10 bound "$TO" &&
		replay 14 15 &&
		again "host$TO" &&
		again "host$FROM" &&
		replay 14 15
}

# ... and all from and to the home agent
fault_replayed_BU() {
	prepared &&
		move "$TO" "$(leaves)" &&
		await 10 bound "$TO" &&
		replay 5 6 16 &&
		again ha &&
		replay 5 6 16
}

# No message to or from FROM, from the pause on; its packets go.
fault_deaf() {
	prepared &&
		lose "iifname host$FROM meta l4proto 135" "oifname host$FROM meta l4proto 135" &&
		move "$TO" "$(leaves)" &&
		await 10 bound "$TO" &&
		heal
}

has_claimed() {
	way
	[[ "$WAY" == *" $FROM"* ]]
}

# An administrator believes that the guest is still here: it is served here, until it speaks
# where it is.
fault_claimed() {
	prepared &&
		move "$TO" "$(leaves)" &&
		await 10 settled "$TO" &&
		ctl "host$FROM" mr set guest1 state activating &&
		await 10 has_claimed
}

# delay HOST MS... - of what it says
delay() {
	tc -n "host$1" qdisc change dev eth0 parent 1:1 handle 10: netem limit 1000 delay "${@:2}"
}

# ... and so does the host where the guest is: both ask at the same time, and their Updates are
# under way for so long that both have asked before either is answered.
fault_both_claim() {
	local begin h
	prepared &&
		move "$TO" "$(leaves)" &&
		await 10 settled "$TO" || return 1
	begin=${EPOCHREALTIME/./}000
	for h in "$FROM" "$TO"; do
		delay "$h" 700ms
	done
	ctl "host$FROM" mr set guest1 state activating &
	ctl "host$TO" mr set guest1 state activating
	wait $! && await 10 has_claimed && await 10 bound "$TO" || return 1
	for h in "$FROM" "$TO"; do
		delay "$h" "${DELAY[$h]}ms" reorder 100% gap 5
	done
	is "$FROM and $TO were activating at one time" "$(at_once activating "$begin")" 2
}

ring_up
ring none:to:whole \
	replayed_HI:to:whole \
	replayed_BU:to:whole \
	deaf:to:whole \
	claimed:to,from,to:downlink \
	both_claim:to,from,to:downlink
ring_end
