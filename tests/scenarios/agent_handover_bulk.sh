#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# One mobile router for all guests of a host, the paper's mode: two guests go together, prepared
# and left once, with a numbered stream each way for both. And one after the other.
set -u
# shellcheck source=tests/lab/lab.sh
source "$(dirname "$0")/../lab/lab.sh"
# shellcheck source=tests/lab/handover.sh
source "$(dirname "$0")/../lab/handover.sh"

# both in the prefix of the one mobile router
lab_guest_addr() { printf '2001:db8:100:1:5054:ff:fe00:%x' "$1"; }
coa_is() { [ "$(ctl ha -j ha show | jget '.[0].coa')" = "$(lab_coa "$1")" ]; }
moved() { is_state "$1" standby && is_state "$2" active && coa_is "$2" && finished; }
bus() { lab_status "host$1" | jget '.host.mr[0].bu_sent'; }

# resume N - after freeze; its programs go on when it has its gateway again (vifmove.c)
resume() {
	tc -n "guest$1" qdisc del dev eth0 root
	on "guest$1" ping -q -c 1 -W 3 fe80::1%eth0 > /dev/null
	kill -CONT "${FROZEN[@]}"
}

# together FROM TO - both are paused before the mobile router leaves, and the interfaces of
# both are there before the first goes on; the second does so a bit later
together() {
	local leave="$BUILD/nemoctl -S $LAB_RUN/host$1.sock mr leave guest1"
	local vif2="ip -n host$1 link set vif2 netns host$2 && ip -n host$2 link set vif2 master br0 up"
	agent "$1" mr prepare guest1 to "host$2"
	lab_wait 10 open_uplink "$2"
	freeze 2
	VIFMOVE_HOOK="$leave && $vif2" lab_move "$1" "$2"
	lab_wait 5 is_state "$2" active
	sleep 0.5
	resume 2
}

lab_up || exit 1
lab_guest_add 1 A
lab_guest_add 2 A
LAB_GUESTS=(1)
lab_agents || exit 1
for n in 1 2; do
	ok "guest $n configures itself" lab_wait 20 lab_guest_ready $n
	ok "... and reaches the correspondent" lab_wait 10 on guest$n ping -c 1 -W 1 "$LAB_CN"
done
ok 'A is active' lab_wait 10 is_state A active

lab_streams_start 100 1
lab_streams_start 100 2
sleep 1
together A B
ok 'both have gone to B' lab_wait 10 moved A B
sleep 1
together B A
ok 'and back to A' lab_wait 10 moved B A
sleep 1
whole 100 1
whole 100 2
is 'it was one handover each way' \
	"$(agent B -j mr timeline guest1 | jq -r '.handovers | map("\(.role) \(.outcome)") | join(", ")')" \
	'new done, old done'

# One after the other: a guest that is still on the old host does not claim the mobile router
# for it again.
lab_streams_start 100 1
sleep 1
move_announced A B
ok 'guest 1 has gone, with the mobile router' lab_wait 10 moved A B
sent=$(bus A)
not_ok 'guest 2 is out of reach at the old host' on guest2 ping -c 3 -i 0.5 -W 1 "$LAB_CN"
is '... which claims nothing' "$(bus A) $(lab_mr A 1 .state)" "$sent standby"
lab_move A B 2
ok 'guest 2 has followed' lab_wait 10 on guest2 ping -c 1 -W 1 "$LAB_CN"
whole 100 1
is 'nothing went around the tunnel' "$(lab_spoofed)" 0

# ... but one that comes back does, without a word of anybody.
freeze 2
lab_move B A
ok 'guest 1 is back' lab_wait 10 is_state A active
ok '... and reached' lab_wait 10 on guest1 ping -c 1 -W 1 "$LAB_CN"

lab_down
ok 'nothing is left' sh -c "! ip netns list | grep . && ! lsmod | grep nemo"
plan
