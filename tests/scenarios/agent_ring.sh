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

# No packet to or from FROM, from the pause on.
fault_cut_off() {
	prepared &&
		move "$TO" "$(leaves) && $(cut_off)" &&
		await 10 bound "$TO" &&
		heal
}

more_updates() { [ "$(of "$FROM" bu_sent)" -gt "$1" ]; }

# ... and nobody has told it that the guest leaves: it believes that it serves, and tries to
# keep its binding.
fault_cut_off_and_back() {
	local sent
	sent=$(of "$FROM" bu_sent)
	move "$TO" "$(cut_off)" &&
		await 10 bound "$TO" &&
		on core /usr/bin/python3 "$LAB/signalling.py" error "$LAB_HA" "${COA[$FROM]}" \
			"$(lab_hoa 1)" &&
		await 10 more_updates "$sent" &&
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

ring_up
ring none:to:whole \
	replayed_HI:to:whole \
	replayed_BU:to:whole \
	deaf:to:whole \
	cut_off:to:downlink \
	cut_off_and_back:to:downlink \
	claimed:to,from,to:downlink
ring_end
