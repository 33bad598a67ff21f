#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Announced handovers that come to nothing, at each step, under a stream both ways of which
# nothing may get lost.
set -u
# shellcheck source=tests/lab/lab.sh
source "$(dirname "$0")/../lab/lab.sh"
# shellcheck source=tests/lab/handover.sh
source "$(dirname "$0")/../lab/handover.sh"

lab_up || exit 1
lab_guest_add 1 A
lab_agents || exit 1

ok 'the guest configures itself' lab_wait 20 lab_guest_ready 1
ok 'A is active' lab_wait 10 is_state A active
coa_is() { [ "$(ctl ha -j ha show | jget '.[0].coa')" = "$1" ]; }
home() { # all is as it was, and nothing is under way
	is_state A active && is_state B standby && finished && coa_is "$(lab_coa A)"
}

lab_streams_start 100
sleep 1

ok 'prepare' agent A mr prepare guest1 to hostB
ok 'abort of what is prepared, by the old host' agent A mr abort guest1
ok 'all is as it was' lab_wait 10 home

ok 'prepare' agent A mr prepare guest1 to hostB
ok 'abort of what is prepared, by the new host' agent B mr abort guest1
ok 'all is as it was' lab_wait 10 home

ok 'prepare' agent A mr prepare guest1 to hostB
freeze 1
ok 'leave' agent A mr leave guest1
sleep 0.3
ok 'abort while the guest is paused' agent A mr abort guest1
is 'A waits for the guest' "$(lab_mr A 1 .state) $(step A)" 'prepared back'
sleep 0.3
thaw
ok 'all is as it was' lab_wait 10 home

ok 'prepare' agent A mr prepare guest1 to hostB
freeze 1
ok 'leave' agent A mr leave guest1
sleep 0.3
# What B gave back before A is ready for it would go to and fro.
kill -STOP "${LAB_AGENT[hostA]}"
ok 'abort while the guest is paused, by the new host; the old one is slow' agent B mr abort guest1
sleep 1
kill -CONT "${LAB_AGENT[hostA]}"
ok 'A waits for the guest' lab_wait 10 is_state A prepared
sleep 0.3
thaw
ok 'all is as it was' lab_wait 10 home

ok 'prepare' agent A mr prepare guest1 to hostB
freeze 1
ok 'leave, and it is known that the guest is stopped' agent A mr leave guest1 stopped
sleep 0.3
thaw
ok 'the guest goes on where it was, unannounced: all is as it was' lab_wait 10 home

# arrived_unheard HOST - the guest runs at the new host, and no acknowledgement has come; HOST aborts
arrived_unheard() {
	ok 'prepare' agent A mr prepare guest1 to hostB
	ok 'the home agent takes a transient binding' lab_wait 5 open_uplink B
	lose 'iifname hostB ip6 nexthdr 60'
	ok 'leave' agent A mr leave guest1
	lab_settle
	lab_move A B
	ok 'the guest runs at the new host' lab_wait 5 is_state B active
	is 'without an acknowledgement' "$(lab_mr B 1 .lifetime)" 0
	freeze 1
	ok "abort before it comes, by host $1" agent "$1" mr abort guest1
	ok 'A waits for the guest' lab_wait 5 is_state A prepared
	ok 'B gives it back' lab_wait 5 is_state B leaving
	lab_move B A
	lose_nothing
	ok 'all is as it was' lab_wait 10 home
}
arrived_unheard A
arrived_unheard B

# An abort that is late is of the handover before, and not of the one that is under way.
ok 'prepare' agent A mr prepare guest1 to hostB
lose 'iifname hostA oifname hostB meta l4proto 135 @th,16,8 15'
agent B mr abort guest1 > "$LAB_RUN/late" 2>&1 &
late=$!
offered() { [ "$(step A)" = "$1" ]; }
ok 'A drops it, and B does not hear so' lab_wait 5 offered none
ok 'prepare again, before that' agent A mr prepare guest1 to hostB
sent=$(peer_count B .hi_sent)
again() { [ "$(peer_count B .hi_sent)" -gt "$sent" ]; }
ok 'B says abort again' lab_wait 5 again
sleep 0.3
is 'the handover stays' "$(step A) $(step B)" 'agreed ready'
lose_nothing
wait $late
sed 's/^/# /' "$LAB_RUN/late"
ok 'abort' agent A mr abort guest1
ok 'all is as it was' lab_wait 10 home

whole 100
outcomes=$(agent A -j mr timeline guest1 | jq -r '[.handovers[1:][].outcome] | unique | join(" ")')
is 'the timeline says so' "$outcomes" aborted

# What is given back has no binding, and takes none, whatever changes on the new host.
bus() { lab_status hostB | jget '.host.mr[0].bu_sent'; }
ok 'prepare' agent A mr prepare guest1 to hostB
lose 'iifname hostB ip6 nexthdr 60'
ok 'leave' agent A mr leave guest1
lab_move A B
ok 'B is active' lab_wait 5 is_state B active
freeze 1
ok 'abort' agent A mr abort guest1
ok 'B gives it back' lab_wait 5 is_state B leaving
lose_nothing
sent=$(bus)
sed -i 's#^mnp = .*#&\nmnp = 2001:db8:199::/64#' "$LAB_RUN/hostB.conf"
ok 'B has another prefix for it' agent B reload
is 'B sends no Binding Update' "$(bus)" "$sent"
ok 'the binding is still that of A' coa_is "$(lab_coa A)"
lab_move B A
ok 'all is as it was' lab_wait 10 home
sed -i '/^mnp = 2001:db8:199:/d' "$LAB_RUN/hostB.conf"
ok 'B has its prefix again' agent B reload

# The verbs after the end of a handover.
ok 'prepare' agent A mr prepare guest1 to hostB
ok 'leave' agent A mr leave guest1
lab_move A B
ok 'B is active' lab_wait 5 is_state B active
ok 'both have finished' lab_wait 5 finished
ok 'abort of what is finished' agent A mr abort guest1
ok 'abort of what is finished, by the new host' agent B mr abort guest1
is 'nothing has changed' "$(lab_mr A 1 .state) $(lab_mr B 1 .state)" 'standby active'
plan
