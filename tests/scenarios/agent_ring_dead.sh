#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# As agent_ring: the old host is dead before the pause or in it, as seen from the network, and
# comes back later. The new one asks for the binding once, and has it with the answer.
set -u
# shellcheck source=tests/lab/lab.sh
source "$(dirname "$0")/../lab/lab.sh"
# shellcheck source=tests/lab/handover.sh
source "$(dirname "$0")/../lab/handover.sh"
# shellcheck source=tests/lab/faults.sh
source "$(dirname "$0")/../lab/faults.sh"

# cut_off - a command for when the guest has stopped: what it has sent is at home, and then
# no packet goes to or from FROM
cut_off() {
	cat > "$LAB_RUN/cut" <<-END
	table ip6 loss {
	chain forward {
	type filter hook forward priority -10;
	iifname host$FROM counter drop
	oifname host$FROM counter drop
	}
	}
	END
	echo "sleep 0.2 && ip netns exec core nft -f $LAB_RUN/cut"
}

idle() { [ "$(of "$1" exchange)" = none ]; }

# about_to_ask - TO; what it has sent so far has its answer
about_to_ask() {
	await 5 idle "$TO" || return 1
	SENT=$(of "$TO" bu_sent)
	LOST=$(signalling core lost)
}

# asked_once - since then. A message that was lost is said once more.
asked_once() {
	local ms lost
	await 10 idle "$TO" || return 1
	SENT=$(($(of "$TO" bu_sent) - SENT))
	lost=$(($(signalling core lost) - LOST))
	ms=$(of "$TO" frame_to_ba_ms)
	echo "# $ms ms from first frame to acknowledgement, $(jq -n "$ms / ${DELAY[$TO]} / 2 * 10 |
		round / 10") round trips; $SENT Updates, $lost messages lost"
	le "$FROM to $TO in one round trip: Updates, less messages lost" $((SENT - lost)) 1
}

# No packet to or from FROM, from the pause on.
fault_cut_off() {
	prepared &&
		about_to_ask &&
		move "$TO" "$(leaves) && $(cut_off)" &&
		await 10 bound "$TO" &&
		heal &&
		asked_once
}

more_updates() { [ "$(of "$FROM" bu_sent)" -gt "$1" ]; }

# ... and nobody has told it that the guest leaves: it believes that it serves, and tries to
# keep its binding.
fault_cut_off_and_back() {
	local sent
	sent=$(of "$FROM" bu_sent)
	about_to_ask &&
		move "$TO" "$(cut_off)" &&
		await 10 bound "$TO" &&
		on core /usr/bin/python3 "$LAB/signalling.py" error "$LAB_HA" "${COA[$FROM]}" \
			"$(lab_hoa 1)" &&
		await 10 more_updates "$sent" &&
		heal &&
		asked_once
}

# No packet to or from FROM, from before the pause on: so nobody can tell it to leave, and what
# the guest says there is lost. What it says on TO is not.
fault_dead_before() {
	prepared &&
		about_to_ask &&
		lose "iifname host$FROM" "oifname host$FROM" &&
		await 5 has_lost &&
		move "$TO" || return 1
	stretch "${NAMES[-1]}, from the resumption on" downlink "${LAB_MOVE#*:}"
	await 10 bound "$TO" &&
		heal &&
		asked_once
}

ring_up
ring cut_off:to:downlink \
	cut_off_and_back:to:downlink \
	dead_before:to:both
ring_end
