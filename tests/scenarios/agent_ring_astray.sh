#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# As agent_ring: what was announced comes to nothing, or to something else. A host that was
# prepared in vain stays so for a while, and must not be in the way of the moves that follow.
set -u
# shellcheck source=tests/lab/lab.sh
source "$(dirname "$0")/../lab/lab.sh"
# shellcheck source=tests/lab/handover.sh
source "$(dirname "$0")/../lab/handover.sh"
# shellcheck source=tests/lab/faults.sh
source "$(dirname "$0")/../lab/faults.sh"

# Each word twice, the last one also when the guest is gone.
fault_announced_twice() {
	prepared &&
		agent "$FROM" mr prepare guest1 to "host$TO" &&
		move "$TO" "$(leaves) && $(leaves)" || return 1
	# it may have been finished by now, and then the word is refused
	agent "$FROM" mr leave guest1 to "host$TO" || true
}

# TO is prepared for a guest that goes to THIRD.
fault_elsewhere() {
	prepared &&
		move "$THIRD"
}

# ... and FROM sends to TO what comes for it
fault_left_for_another() {
	prepared &&
		move "$THIRD" "$(leaves)"
}

# FROM has lost the guest and does not know: it announces it to THIRD, and to TO.
fault_announced_late() {
	lose "oifname host$FROM ip6 saddr $LAB_HA meta l4proto 135" &&
		move "$TO" &&
		await 10 bound "$TO" || return 1
	says "a host that serves it refuses" "$FROM" 'the peer serves it already' \
		mr prepare guest1 to "host$TO"
	agent "$FROM" mr prepare guest1 to "host$THIRD" &&
		agent "$FROM" mr leave guest1 &&
		heal
}

# TO is not prepared for it any more
gives_up() {
	state "$TO"
	[ "$TEXT" = standby ]
}

fault_aborted_by_the_old_host() {
	prepared &&
		agent "$FROM" mr abort guest1 || return 1
	ok "the new host gives up" await 10 gives_up
}

fault_aborted_by_the_new_host() {
	prepared &&
		agent "$TO" mr abort guest1 || return 1
	ok "the new host gives up" await 10 gives_up
}

fault_aborted_in_the_pause() {
	local rc=0
	prepared || return 1
	freeze 1
	agent "$FROM" mr leave guest1 && agent "$FROM" mr abort guest1 || rc=1
	thaw
	[ $rc = 0 ] || return 1
	ok "the new host gives up" await 10 gives_up
}

ring_up
ring none:to:whole \
	announced_twice:to:whole \
	elsewhere:third:downlink \
	left_for_another:third:downlink \
	announced_late:to:downlink \
	aborted_by_the_old_host::whole \
	aborted_by_the_new_host::whole \
	aborted_in_the_pause::whole
ring_end
