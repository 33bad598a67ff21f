#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Announced handovers without half of those that arrange them: agents that are killed in between, and a
# home agent that does not know RFC 6058.
set -u
# shellcheck source=tests/lab/lab.sh
source "$(dirname "$0")/../lab/lab.sh"
# shellcheck source=tests/lab/handover.sh
source "$(dirname "$0")/../lab/handover.sh"
here=$(cd "$(dirname "$0")" && pwd)

lab_up || exit 1
lab_guest_add 1 A
lab_agents || exit 1

ok 'the guest configures itself' lab_wait 20 lab_guest_ready 1
ok 'A is active' lab_wait 10 is_state A active

# again HOST - kill -9 and start
again() {
	lab_crash "host$1"
	rm "$LAB_RUN/host$1.sock"
	mv "$LAB_RUN/host$1.log" "$LAB_RUN/host$1.log.old"
	lab_agent "host$1"
}

is_at() { [ "$(step "$1")" = "$2" ]; }

# Asked for, and called off before the answer comes: the old host is told.
kill -STOP "${LAB_AGENT[hostA]}"
agent B mr prepare guest1 2> "$LAB_RUN/prepare.err" &
ok 'the new host asks, and the old one is slow' lab_wait 5 is_at B asked
ok 'abort' agent B mr abort guest1
kill -CONT "${LAB_AGENT[hostA]}"
wait $!
outcome() { [ "$(agent "$1" -j mr timeline guest1 | jq -r '.handovers[-1].outcome')" = "$2" ]; }
ok 'what the old host has given is aborted' lab_wait 5 outcome A aborted
ok 'and forgotten' is_at A none

# Said again, it is asked again: a peer may have died, or started again, since.
ok 'prepare' agent A mr prepare guest1 to hostB
lab_crash hostB
rm "$LAB_RUN/hostB.sock"
says 'prepare again, and the new host is dead' A 'does not answer' mr prepare guest1 to hostB
ctl hostB mr set guest1 state standby	# as after a boot
lab_agent hostB
ok 'prepare again, and it has forgotten' agent A mr prepare guest1 to hostB
is 'B is prepared again' "$(lab_mr B 1 .state) $(step B)" 'prepared ready'
heard=$(peer_count A .hi_received)
ok 'prepare again at the new host' agent B mr prepare guest1
is 'the old host has heard it' $(($(peer_count A .hi_received) - heard)) 1
ok 'abort' agent A mr abort guest1
ok 'B goes back to standby' lab_wait 5 is_state B standby

# Killed in between: the next agent reads the kernel's state, and nothing is lost.
lab_streams_start 100
on cn ping -q -c 1 -W 5 "$(lab_guest_addr 1)" > "$LAB_RUN/ping"	# A learns its neighbour
ok 'prepare' agent A mr prepare guest1 to hostB
again B
ok 'the new host: adopted, prepared' log_has B 'adopted, prepared'
is 'the new host: ready' "$(step B)" ready
is 'the new host: has the neighbour that it was told of' "$(knows B)" "$(lab_mac 1)"
again A
ok 'the old host: adopted, active' log_has A 'adopted, active'
ok 'the old host: asks who is prepared' lab_wait 5 is_at A agreed
again A
ok 'leave, which waits for the answer' agent A mr leave guest1
is 'A is leaving' "$(lab_mr A 1 .state)" leaving
again A
ok 'the old host: adopted, leaving' log_has A 'adopted, leaving'
is 'the old host: left' "$(step A)" left
lab_move A B
ok 'B is active' lab_wait 5 is_state B active
ok 'A is in standby' lab_wait 10 is_state A standby
ok 'both have finished' lab_wait 5 finished
whole 100

# A peer that the kernel still has need not be prepared.
again B
ok 'the new host, which is the old one of no move: adopted, active' log_has B 'adopted, active'
says 'leave without prepare' B 'no peer is prepared' mr leave guest1
is 'and nobody was prepared by the question' "$(step B) $(step A) $(lab_mr A 1 .state)" 'none none standby'

lab_move B A
ok 'it goes back, unannounced' lab_wait 10 is_state A active

# Said to be stopped before anybody is prepared: it leaves when one is, unless it has sent since.
speaks() { on guest1 ping -q -c 1 -W 1 "$LAB_CN" > "$LAB_RUN/ping"; }
forwarded() { agent A -j mr timeline guest1 | jq -e '.handovers[-1].steps | any(.step == "forward")'; }
ok 'both have finished' lab_wait 5 finished
says 'leave of a stopped guest without prepare' A 'no peer is prepared' mr leave guest1 stopped
ok 'the guest is not stopped' speaks
ok 'prepare' agent B mr prepare guest1
ok 'the old host has agreed' lab_wait 5 is_at A agreed
sleep 0.5
not_ok 'it has not left' forwarded
ok 'abort' agent B mr abort guest1
ok 'B goes back to standby' lab_wait 5 is_state B standby
freeze 1
says 'leave without prepare of one that is stopped' A 'no peer is prepared' mr leave guest1 stopped
ok 'prepare in the pause' agent B mr prepare guest1
ok 'it leaves' lab_wait 5 is_state A leaving
thaw
ok 'the guest goes on where it was' lab_wait 5 speaks
ok 'and is served there' lab_wait 5 is_state A active
ok 'B goes back to standby' lab_wait 10 is_state B standby

# A home agent that does not know RFC 6058 does not repeat the option.
for node in hostA hostB ha; do
	lab_end "${LAB_AGENT[$node]}"
done
ip -n hostA link del nemo0
ip -n hostB link del nemo0
ip -n ha link del nemo-ha0
export COA HA=$LAB_HA HOA MNP SPI=257 KEY=$LAB_RUN/guest1.key
COA=$(lab_coa A) HOA=$(lab_hoa 1) MNP=$(lab_mnp 1)
MNP=${MNP%/*}
lab_spawn ha fake.log python3 "$here/agent_mh.py" --plain
lab_agent hostA
lab_agent hostB
served() { speaks; is_state A active; }
ok 'a plain home agent: A is active' lab_wait 20 served
ok 'prepare' agent A mr prepare guest1 to hostB
ok 'B says that uplink will be held' log_has B 'home agent without RFC 6058: uplink will be held'
is 'and sends no transient Binding Update' "$(lab_status hostB | jget '.host.mr[0].bu_sent')" 0
ok 'leave' agent A mr leave guest1
lab_move A B
ok 'B is active' lab_wait 5 is_state B active
ok 'by an acknowledged Binding Update' lab_wait 10 is_at B none
plan
