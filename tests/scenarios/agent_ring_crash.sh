#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# As agent_ring: in each move an agent is killed and started again, that of the old host, of the
# new one or of the home agent. What the kernels do goes on, and the next agent takes over.
set -u
# shellcheck source=tests/lab/lab.sh
source "$(dirname "$0")/../lab/lab.sh"
# shellcheck source=tests/lab/handover.sh
source "$(dirname "$0")/../lab/handover.sh"
# shellcheck source=tests/lab/faults.sh
source "$(dirname "$0")/../lab/faults.sh"

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

ring_up
ring killed,old,before:to:whole \
	killed,old,ready:to:whole \
	killed,old,speechless:to:downlink \
	killed,old,paused:to:whole \
	killed,old,resumed:to:whole \
	killed,new,before:to:whole \
	killed,new,ready:to:whole \
	killed,new,paused:to:whole \
	killed,new,resumed:to:whole \
	killed,home,before:to:whole \
	killed,home,ready:to:whole \
	killed,home,paused:to:whole \
	killed,home,resumed:to:whole
ring_end
