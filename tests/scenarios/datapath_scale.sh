#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Many mobile routers on one device, many bindings on one home agent.
set -eu
# shellcheck source=tests/lab/lab.sh
source "$(dirname "$0")/../lab/lab.sh"

LAB_HOSTS=A
ROUTERS=1000 BINDINGS=10000

count() {
	ctl "$1" -j link show | jget '.[0].count'
}

lab_up
lab_guest_add 1 A
lab_static

ok "$ROUTERS mobile routers on one device" on hostA "$BUILD/lab/load" routers nemo0 $ROUTERS
is "the device counts them" "$(count hostA)" $((ROUTERS + 1))
ok "$BINDINGS bindings" on ha "$BUILD/lab/load" bindings nemo-ha0 $BINDINGS
is "the device counts them" "$(count ha)" $((BINDINGS + 1))
is "a dump shows every binding once" \
	"$(ctl ha -j ha show | jq '[.[].hoa] | unique | length')" $((BINDINGS + 1))
is "a dump shows every mobile router once" \
	"$(ctl hostA -j mr show | jq '[.[].name] | unique | length')" $((ROUTERS + 1))
ok "the guest among them reaches the correspondent" on guest1 ping -c 3 -i 0.2 -W 2 "$LAB_CN"
ok "... and the other way" on cn ping -c 3 -i 0.2 -W 2 "$(lab_guest_addr 1)"
ok "$BINDINGS bindings change" on ha "$BUILD/lab/load" changes nemo-ha0 $BINDINGS $BINDINGS
not_ok "an old sequence number is refused" on ha "$BUILD/lab/load" bindings nemo-ha0 1
is "no binding was lost or added" "$(count ha)" $((BINDINGS + 1))

ip -n ha link del nemo-ha0
ip -n hostA link del nemo0
lab_down
ok "nothing is left" sh -c "! ip netns list | grep . && ! lsmod | grep nemo"
plan
