#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A preparation that nobody uses, since the old host's agent has died: it goes away by itself, and
# the guest may still move.
set -u
# shellcheck source=tests/lab/lab.sh
source "$(dirname "$0")/../lab/lab.sh"
# shellcheck source=tests/lab/handover.sh
source "$(dirname "$0")/../lab/handover.sh"

lab_online || exit 1
on cn ping -q -c 1 -W 5 "$(lab_guest_addr 1)" > "$LAB_RUN/ping"	# A learns its neighbour
ok 'prepare' agent A mr prepare guest1 to hostB
is 'B is told of the neighbour' "$(knows B)" "$(lab_mac 1)"
lab_crash hostA
rm "$LAB_RUN/hostA.sock"
ok 'a preparation that nobody renews lapses' lab_wait 90 is_state B standby
ok 'and it is said' log_has B 'lapses: nobody renews it'
unknown() { [ -z "$(knows B)" ]; }
ok 'and the neighbour is forgotten' lab_wait 5 unknown
is 'in the timeline, too' "$(agent B -j mr timeline guest1 | jq -r '.handovers[-1].outcome')" lapsed
lab_agent hostA
is 'the guest is still on A' "$(lab_mr A 1 .state)" active
lab_move A B
ok 'and may go, unannounced' lab_wait 10 is_state B active

lab_down
ok "nothing is left" sh -c "! ip netns list | grep . && ! lsmod | grep nemo"
plan
