#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Announced handovers between the agents of two hosts and their home agent: wrong orders, the
# flow, begun by either host, and many mobile routers at once.
set -u
# shellcheck source=tests/lab/lab.sh
source "$(dirname "$0")/../lab/lab.sh"
# shellcheck source=tests/lab/handover.sh
source "$(dirname "$0")/../lab/handover.sh"

lab_up || exit 1
lab_guest_add 1 A
LAB_GUESTS=({1..21})
lab_agents || exit 1

ok 'the guest configures itself' lab_wait 20 lab_guest_ready 1
ok 'A is active' lab_wait 10 is_state A active

# Wrong orders get a sentence.
says 'a name that is not configured' A 'no mobile router of this name' mr prepare guest99 to hostB
says 'a peer that is not configured' A 'no peer of this name' mr prepare guest1 to hostZ
says 'prepare without to, where it is served' A 'say where it goes' mr prepare guest1
says 'prepare what is not served here' A 'not served here' mr prepare guest2 to hostB
says 'leave without prepare' A 'no peer is prepared' mr leave guest1
says 'leave where it is not served' B 'not served here' mr leave guest1 to hostA
says 'a peer that serves it refuses' B 'no peer serves it' mr prepare guest2
ok 'abort of nothing' agent A mr abort guest1
ok 'arrive where it is' agent A mr arrive guest1
is 'nothing has changed' "$(step A) $(step B)" 'none none'

# The flow, with a stream both ways. A's queue sends a packet when its time stamp says.
tc -n hostA qdisc replace dev eth0 root fq
lab_spawn hostA told "$BUILD/nemoctl" -S "$LAB_RUN/hostA.sock" -j monitor handover
lab_streams_start 100
on cn ping -q -c 1 -W 5 "$(lab_guest_addr 1)" > "$LAB_RUN/ping"	# A learns its neighbour
ok 'prepare' agent A mr prepare guest1 to hostB
is 'B is prepared when the verb answers' "$(lab_mr B 1 .state)" prepared
same_binding() { [ "$(lab_mr B 1 .seq)" = "$(lab_mr A 1 .seq)" ]; }
ok 'and knows the binding' lab_wait 5 same_binding
ok 'the home agent takes a transient binding' lab_wait 5 open_uplink B
is 'downlink stays with A' "$(ctl ha -j ha show | jget '.[0].coa')" "$(lab_coa A)"
is 'uplink is taken from B' "$(ctl ha -j ha show | jget '.[0].tcoa')" "$(lab_coa B)"
is 'B knows the guest as its neighbour' \
	"$(ip -n hostB neigh show "$(lab_guest_addr 1)" dev br0 | awk '{ print $3 }')" "$(lab_mac 1)"
ok 'prepare again' agent A mr prepare guest1 to hostB
is 'changes nothing' "$(step A) $(step B)" 'agreed ready'
ok 'leave' agent A mr leave guest1
is 'A is leaving when the verb answers' "$(lab_mr A 1 .state)" leaving
ok 'leave again' agent A mr leave guest1
lab_move A B
ok 'B is active' lab_wait 5 is_state B active
ok 'A is in standby' lab_wait 5 is_state A standby
ok 'both have finished' lab_wait 5 finished
whole 100
steps() { agent "$1" -j mr timeline guest1 | jq -r '.handovers[-1] | [.role, .outcome, .steps[].step] | join(" ")'; }
count() { agent "$1" -j mr timeline guest1 | jq ".handovers[-1].$2"; }
is 'timeline of the old host' "$(steps A)" 'old done prepare prepared pause forward marker standby'
ok 'it counts what was sent after the guest' [ "$(count A forwarded)" -gt 0 ]
ok 'and the new host what was held' [ "$(count B held)" -gt 0 ]
is 'nothing was dropped' "$(count A dropped) $(count B dropped)" '0 0'
is 'who listens is told the same' "$(jq -rs 'map(.step // .outcome) | join(" ")' "$LAB_RUN/told")" \
	'prepare prepared pause forward marker standby done'
is 'of this mobile router, with what was counted' \
	"$(jq -rs '.[-1] | [.event, .name, .role, .peer, .forwarded] | join(" ")' "$LAB_RUN/told")" \
	"handover guest1 old hostB $(count A forwarded)"
is 'timeline of the new host' "$(steps B | tr ' ' '\n' | sort | tr '\n' ' ')" \
	'ba bu done first-frame marker new prepare prepared release transient uplink-open '
agent B mr timeline guest1 | sed 's/^/# /'

# The new host begins.
ok 'prepare at the new host: it asks' agent A mr prepare guest1
is 'both have a handover' "$(step B) $(step A)" 'agreed ready'
ok 'leave' agent B mr leave guest1
lab_move B A
ok 'A is active' lab_wait 5 is_state A active
ok 'B is in standby' lab_wait 5 is_state B standby
ok 'both have finished' lab_wait 5 finished

# Nobody says that the guest leaves: its port goes. What was in its queue, one packet perhaps,
# goes with it.
lab_streams_start 100
ok 'prepare' agent A mr prepare guest1 to hostB
ok 'the home agent takes a transient binding' lab_wait 5 open_uplink B
lab_move A B
ok 'B is active' lab_wait 5 is_state B active
ok 'A is in standby' lab_wait 5 is_state A standby
ok 'both have finished' lab_wait 5 finished
is 'timeline of the old host' "$(steps A)" 'old done prepare prepared forward marker standby'
lab_streams_stop 100
jq -c . "$LAB_RUN/up1.json" "$LAB_RUN/down1.json" | sed 's/^/# /'
is 'up: lost' "$(jget .lost "$LAB_RUN/up1.json")" 0
ok 'down: what came during the pause was sent after it' [ "$(jget .lost "$LAB_RUN/down1.json")" -le 1 ]
ok 'the guest goes back' move_announced B A
ok 'A is active' lab_wait 5 is_state A active
ok 'both have finished' lab_wait 5 finished

# A group moves; agent_group counts the messages.
names=(guest{2..21})
all_are() { [ "$(ctl "host$1" -j mr show | jq "[.[] | select(.name != \"guest1\" and .state == \"$2\")] | length")" = 20 ]; }
ok 'A serves 20 more' agent A mr arrive "${names[@]}"
ok 'all are active' lab_wait 20 all_are A active
ok 'prepare them all' agent A mr prepare "${names[@]}" to hostB
ok 'all are prepared' all_are B prepared
ok 'leave, all' agent A mr leave all
ok 'all are leaving' all_are A leaving
ok 'arrive, all' agent B mr arrive all
ok 'all are active there' lab_wait 20 all_are B active
ok 'all are in standby here' lab_wait 20 all_are A standby
# As many neighbours as there is no room for in one answer.
for n in {2..21}; do
	echo "neigh replace $(lab_mnp "$n" | sed 's#/64#1#') lladdr $(lab_mac "$n") dev br0 nud stale"
	echo "neigh replace $(lab_mnp "$n" | sed 's#/64#2#') lladdr $(lab_mac "$n") dev br0 nud stale"
done | lab_batch hostB
all_agreed() { [ "$(lab_status hostB | jq '[.host.mr[] | select(.handover.step == "agreed")] | length')" = 20 ]; }
ok 'the new host asks for all of them' agent A mr prepare "${names[@]}"
ok 'and is prepared for all' all_are A prepared
ok 'the old host knows' all_agreed
ok 'abort, all' agent A mr abort all
ok 'all are in standby' lab_wait 10 all_are A standby
says 'one of two is refused, and named' B 'guest1: it is not served here' mr prepare guest1 guest2 to hostA
is 'the other is prepared' "$(lab_mr A 2 .state)" prepared
ok 'abort, all' agent B mr abort all
ok 'it goes back to standby' lab_wait 5 is_state A standby 2
plan
