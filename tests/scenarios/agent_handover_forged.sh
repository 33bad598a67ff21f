#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The messages of announced handovers: lost, doubled, replayed, forged, and not agreeing.
set -u
# shellcheck source=tests/lab/lab.sh
source "$(dirname "$0")/../lab/lab.sh"
# shellcheck source=tests/lab/handover.sh
source "$(dirname "$0")/../lab/handover.sh"
here=$(cd "$(dirname "$0")" && pwd)

lab_up || exit 1
lab_guest_add 1 A
LAB_GUESTS=(1 2 3)
lab_agents || exit 1
ok 'the guest configures itself' lab_wait 20 lab_guest_ready 1
ok 'A is active' lab_wait 10 is_state A active

# Every second message is lost.
lose 'ip6 nexthdr 135 @th,16,8 14 numgen inc mod 2 0' 'ip6 nexthdr 135 @th,16,8 15 numgen inc mod 2 0'
before=$(peer_count A .hi_sent)
ok 'prepare, with lost messages' agent A mr prepare guest1 to hostB
is 'four were sent' $(($(peer_count A .hi_sent) - before)) 4
lose_nothing
is 'B is prepared, once' "$(lab_mr B 1 .state)" prepared
ok 'abort' agent A mr abort guest1
ok 'B goes back to standby' lab_wait 5 is_state B standby

# One is doubled, and replayed.
lab_spawn core replay.log python3 "$here/agent_hi.py" replay hostB
lab_wait 5 grep -q ready "$LAB_RUN/replay.log"
before=$(lab_status hostB | jget .host.hi_dropped)
heard=$(peer_count B .hi_received) sent=$(peer_count A .hi_sent)
ok 'prepare, and somebody repeats it' agent A mr prepare guest1 to hostB
lab_wait 10 grep -q twice "$LAB_RUN/replay.log"
dropped() { [ "$(lab_status hostB | jget .host.hi_dropped)" -ge $((before + $1)) ]; }
ok 'what is repeated is dropped' lab_wait 5 dropped 2
is 'what A has sent was heard, and no more' $(($(peer_count B .hi_received) - heard)) \
	$(($(peer_count A .hi_sent) - sent))
ok 'abort' agent A mr abort guest1
ok 'B goes back to standby' lab_wait 5 is_state B standby

# Forged ones: from no peer; with another key.
before=$(lab_status hostB | jget .host.hi_dropped)
on ha python3 "$here/agent_hi.py" forge "$LAB_HA" "$(lab_coa B)" "$(lab_hoa 1)"
ok 'a message from no peer is dropped' lab_wait 5 dropped 1
is 'and changes nothing' "$(lab_mr B 1 .state)" standby
ok 'it is said' grep -q 'which is no peer' "$LAB_RUN/hostB.log"
lab_key "$LAB_RUN/other.key"
sed -i "s#$(lab_peer_key A B)#$LAB_RUN/other.key#" "$LAB_RUN/hostB.conf"
ok 'B has another key' agent B reload
says 'prepare with another key' A 'does not answer' mr prepare guest1 to hostB
is 'nothing has changed' "$(step A) $(lab_mr B 1 .state)" 'none standby'
sed -i "s#$LAB_RUN/other.key#$(lab_peer_key A B)#" "$LAB_RUN/hostB.conf"
ok 'B has the right key again' agent B reload

# What does not agree is refused.
sed -i "s#^mnp = $(lab_mnp 2)#mnp = 2001:db8:199::/64#" "$LAB_RUN/hostB.conf"
ok 'B has another prefix for one' agent B reload
ok 'A serves it' agent A mr arrive guest2
ok 'A is active' lab_wait 5 is_state A active 2
says 'prefixes differ' A 'other prefixes' mr prepare guest2 to hostB
ok 'A serves another' agent A mr arrive guest3
ok 'A is active' lab_wait 5 is_state A active 3
says 'prefixes differ, in a list' A 'guest2: .*other prefixes' mr prepare guest2 guest3 to hostB
is 'the other is prepared' "$(lab_mr B 3 .state)" prepared
sed -i "s#^mnp = 2001:db8:199::/64#mnp = $(lab_mnp 2)#" "$LAB_RUN/hostB.conf"
ok 'B has the right prefix again' agent B reload
plan
