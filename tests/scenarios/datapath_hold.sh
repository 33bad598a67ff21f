#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The gate, the first-frame trigger and the hold queues, without agents: a guest moves
# and this script does what an agent would do.
set -eu
# shellcheck source=tests/lab/lab.sh
source "$(dirname "$0")/../lab/lab.sh"

lab_up
lab_guest_add 1 A
lab_static


# field STREAM EXPRESSION - of its report
field() {
	jq -r "$2" "$LAB_RUN/$1.json"
}

activating() {
	[ "$(lab_mr "$1" 1 .state)" = activating ]
}

frame_activates() {
	on guest1 ping -c 1 -W 0.3 fe80::1%eth0
	activating "$1"
}

is "the guest's first frame has served its purpose on A" "$(lab_mr A 1 .state)" active
is "B stands by" "$(lab_mr B 1 .state)" standby

# With agents the Binding Update has found the way out already. Without them a long
# queue would meet a neighbour entry that is being resolved, which keeps 200 kB.
for h in hostA hostB; do
	on $h ping -c 1 -W 2 "$LAB_HA" > /dev/null
done

# A move: held until the binding is there, then released in order
lab_streams_start 100
sleep 2
lab_move A B
ok "the guest's first frame on B activates" lab_wait 5 activating B
sleep 1
ok "uplink is held" test "$(lab_mr B 1 '["held-uplink"]')" -ge 50
lab_static_bind B 1 2
sleep 2

# The same, with a queue that is too short: the rest is counted
ctl hostA mr set guest1 state standby
lab_move B A
ok "back on A" lab_wait 5 activating A
lab_static_bind A 1 3
sleep 1
ctl hostB mr set guest1 state standby hold-packets 20
full=$(lab_drops hostB hold-full)
lab_move A B
ok "again on B" lab_wait 5 activating B
sleep 1
is "no more than 20 are held" "$(lab_mr B 1 '["held-uplink"]')" 20
lab_static_bind B 1 4
sleep 2
full=$(($(lab_drops hostB hold-full) - full))
lab_streams_stop 100

is "uplink of the first move: nothing lost" "$(field up1 '.moves[0].lost')" 0
is "uplink of the second move: nothing lost" "$(field up1 '.moves[1].lost')" 0
is "nothing is duplicated or put out of order" \
	"$(field up1 '[.duplicated, .reordered] + [.moves[].duplicated] | add')" 0
ok "the short queue overflowed" test "$(field up1 '.moves[2].lost')" -gt 20
ok "what overflowed is counted" test "$full" -ge "$(field up1 '.moves[2].lost')"
# Downlink overflows, too, between the binding and the state that follows it.
le "... and no more than was lost" "$full" \
	$(($(field up1 '.moves[2].lost') + $(field down1 '.moves[2].lost')))
is "downlink is neither duplicated nor put out of order" \
	"$(field down1 '[.duplicated, .reordered] | add')" 0

# The gate: a host that does not serve neither answers nor forwards
ctl hostB mr set guest1 state standby
"$BUILD/nemoctl" -n hostB mr set guest1 trigger off
on guest1 ip -6 neigh flush dev eth0
not_ok "a host in standby does not answer for the gateway" \
	on guest1 ping -c 2 -i 0.3 -W 0.5 fe80::1%eth0
is "... and without the trigger nothing activates" "$(lab_mr B 1 .state)" standby
ctl hostB mr set guest1 trigger on
ok "with the trigger the next frame activates" lab_wait 5 frame_activates B

# Held packets die with the mobile router, and are counted
on guest1 ping -c 3 -i 0.2 -W 0.3 "$LAB_CN" > /dev/null || true
held=$(lab_mr B 1 '["held-uplink"]')
ok "the guest's packets are held" test "$held" -ge 3
flushed=$(lab_drops hostB flushed)
ctl hostB mr set guest1 state standby
is "going to standby drops them, counted" "$(($(lab_drops hostB flushed) - flushed))" "$held"

# The kernel has the last word on order
not_ok "an old sequence number does not take the prefix back" \
	ctl ha ha bind "$(lab_hoa 1)" dev nemo-ha0 local "$LAB_HA" coa "$(lab_coa A)" \
	mnp "$(lab_mnp 1)" seq 3 lifetime 600
is "the binding is still B's" "$(ctl ha -j ha show | jget '.[0].coa')" "$(lab_coa B)"

lab_down
ok "nothing is left" sh -c "! ip netns list | grep . && ! lsmod | grep nemo"
plan
