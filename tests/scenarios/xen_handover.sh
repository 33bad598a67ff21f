#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A guest moves with nothing but what xl writes into xenstore: nemo-xen and the agents of two
# hosts, with a stand-in for each host's xenstored.
set -u
# shellcheck source=tests/lab/lab.sh
source "$(dirname "$0")/../lab/lab.sh"
# shellcheck source=tests/lab/handover.sh
source "$(dirname "$0")/../lab/handover.sh"

export LAB_RUN BUILD
UUID=5d1c0e0a-0000-4000-8000-000000000001

# xs HOST COMMAND... - xenstore-COMMAND in its store
xs() { XENSTORED_PATH=$LAB_RUN/xenstored$1 "xenstore-$2" "${@:3}"; }
name() { xs "$1" write "/local/domain/$2/vm" "/vm/$UUID" "/local/domain/$2/name" "$3"; }
word() { xs "$1" write "/local/domain/$2/control/shutdown" "$3"; }
# The stand-in announces what is written to this path, which no xenstored has.
released() { xs "$1" write @releaseDomain ''; }
gone() {
	xs "$1" rm "/local/domain/$2"
	released "$1"
}

is_left() { [ "$("$BUILD/nemoctl" -n "host$1" -j mr show guest1 | jq -r '.[0].state')" = leaving ]; }
# The guest of domain 1 of a host is asked to suspend, obeys, and has stopped.
suspended() {
	local i
	word "$1" 1 suspend
	word "$1" 1 ''
	released "$1"
	for ((i = 0; i < 100; i++)); do
		is_left "$1" && return
		sleep 0.05
	done
	return 1
}

lab_up || exit 1
lab_guest_add 1 A
lab_agents || exit 1
for h in A B; do
	lab_spawn "host$h" "xenstored$h.log" python3 "$LAB/xenstore.py" "$LAB_RUN/xenstored$h"
	ok "$h: a store" lab_wait 20 test -S "$LAB_RUN/xenstored$h"
	lab_spawn "host$h" "nemo-xen$h.log" env "XENSTORED_PATH=$LAB_RUN/xenstored$h" \
		"$BUILD/nemo-xen" -d -c "$LAB_RUN/host$h.conf"
done
# vifmove's hook is run by sh, which knows none of these.
{
	declare -f xs word released is_left suspended
	echo suspended \"\$1\"
} > "$LAB_RUN/suspended"
name A 1 guest1

ok 'the guest configures itself' lab_wait 20 lab_guest_ready 1
ok 'A is active' lab_wait 10 is_state A active
home() { is_state "$1" active && is_state "$2" standby && finished; }
outcome() { agent "$1" -j mr timeline guest1 | jq -r '.handovers[-1] | "\(.role) \(.outcome)"'; }
steps() { agent "$1" -j mr timeline guest1 | jq -r '.handovers[-1].steps[].step' | tr '\n' ' '; }

# migrate FROM TO - domain 1 of a host becomes domain 2, then 1, of the other
migrate() {
	name "$2" 2 guest1--incoming
	ok "$1 to $2: prepared when the copy begins" lab_wait 10 open_uplink "$2"
	VIFMOVE_HOOK="bash $LAB_RUN/suspended $1" lab_move "$1" "$2"
	name "$1" 1 guest1--migratedaway
	name "$2" 2 guest1
	ok "$1 to $2: the new host is active, the old one is not" lab_wait 10 home "$2" "$1"
	gone "$1" 1
	gone "$2" 2
	name "$2" 1 guest1
	is "$1 to $2: as the old host has it" "$(outcome "$1")" "old done"
	is "$1 to $2: as the new host has it" "$(outcome "$2")" "new done"
	ok "$1 to $2: announced" grep -q 'prepared pause forward .*standby' <<< "$(steps "$1")"
}

lab_streams_start 100
sleep 1
migrate A B
sleep 1
migrate B A
sleep 1

# Aborted late: what the guest sends when it goes on is all that is seen.
name B 2 guest1--incoming
ok 'prepared again' lab_wait 10 open_uplink B
mapfile -t pids < <(ip netns pids guest1)
kill -STOP "${pids[@]}"
ok 'the guest pauses' suspended A
sleep 0.5
kill -CONT "${pids[@]}"
# The new host may be prepared anew meanwhile: the guest is still coming, for all that it knows.
back() { is_state A active && { is_state B standby || is_state B prepared; }; }
ok 'it goes on here, and only here' lab_wait 10 back
gone B 2
ok 'the domain at the new host goes: all is as it was' lab_wait 10 home A B

# Aborted early: the guest does not pause.
name B 3 guest1--incoming
ok 'prepared once more' lab_wait 10 open_uplink B
gone B 3
ok 'it does not come: all is as it was' lab_wait 10 home A B

# What is no migration.
word A 1 suspend
word A 1 ''
released A
sleep 1
ok 'xl save: nothing has changed' home A B
whole 100
sed 's/^/# A: /' "$LAB_RUN/nemo-xenA.log"
sed 's/^/# B: /' "$LAB_RUN/nemo-xenB.log"
plan
