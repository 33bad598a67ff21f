#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Attachments beside a bridge whose addresses stay the administrator's, without agents: guest 1
# behind a veth leg, guest 2 behind a macvlan.
set -eu
# shellcheck source=tests/lab/lab.sh
source "$(dirname "$0")/../lab/lab.sh"
# shellcheck source=tests/lab/attach.sh
source "$LAB/attach.sh"

BRIDGE=([1]=br1 [2]=br2)
ATTACHMENT=([1]=leg0 [2]=mv0)
KIND=([1]="veth leg" [2]="macvlan")

lab_bridge() { echo "${BRIDGE[$1]}"; }
lab_attachment() { echo "${ATTACHMENT[$1]}"; }
move() { lab_move "$@"; }

bridge_macs() {
	ip -n "host$1" -j link show type bridge | jq -c '[.[] | {ifname, address}]'
}

lab_up
for h in $LAB_HOSTS; do
	bridges "$h"
	on "host$h" ping -c 1 -W 2 "$LAB_HA" > /dev/null
done
macs=$(bridge_macs A)
lab_guest_add 1 A
lab_guest_add 2 A
lab_static
for h in $LAB_HOSTS; do
	# one mobile router on each attachment, so that any guest's frame speaks for it
	ctl "host$h" mr set guest1 guest none
	ctl "host$h" mr set guest2 guest none
done
room_watch on

is "the administrator's bridges keep their addresses" "$(bridge_macs A)" "$macs"
on hostB ping -c 2 -i 0.3 -W 0.3 ff02::1%br1 > /dev/null || true
is "a frame of the host itself activates nothing" "$(lab_mr B 1 .state)" standby

# A request that is refused has changed nothing
not_ok "an attachment that is not Ethernet is refused" ctl hostA mr set guest1 attachment lo
is "... and the one before stays" "$(ctl hostA -j mr show guest1 | jget '.[0].attachment')" leg0
seq=$(lab_mr B 1 .seq)
not_ok "a state that cannot follow is refused" ctl hostB mr set guest1 state active seq 4711
is "... and what came with it" "$(lab_mr B 1 .seq)" "$seq"

attachment 1
attachment 2
is "nothing went around the tunnel" "$(lab_spoofed)" 0

room_watch off
lab_down
ok "nothing is left" sh -c "! ip netns list | grep . && ! lsmod | grep nemo"
plan
