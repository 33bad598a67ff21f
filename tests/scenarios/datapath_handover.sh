#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The kernel's part of an announced handover, without agents: whole moves, and one with a
# home agent that does not know RFC 6058.
set -eu
# shellcheck source=tests/lab/lab.sh
source "$(dirname "$0")/../lab/lab.sh"
# shellcheck source=tests/lab/announced.sh
source "$LAB/announced.sh"

announced_up

# Whole moves: the delays of A and B, and packets a second
for case in "0 0 100" "10 10 2000" "25 2 100" "25 2 2000"; do
	read -r a b pps <<< "$case"
	delay A "$a"
	delay B "$b"
	name="A $a ms, B $b ms, $pps/s"
	streams "$pps"
	announced A B
	announced B A
	unharmed "$name"
	is "$name: each marker released" "$MISSED" ""
done
ok "the old host has sent packets on" test "$(counter A forwarded)" -gt 100
ok "the new host has held packets" test "$(counter B held)" -gt 100
is "no host has dropped a packet" "$(drops A) $(drops B)" "{} {}"
is "no packet waited in vain" "$(noticed A marker-timeout) $(noticed B marker-timeout)" "0 0"

# Without a transient binding: the uplink waits for the acknowledgement
streams 100
before=$(noticed B marker)
prepare A B off
leave A
lab_settle
lab_move A B
ok "without RFC 6058 the first frame only activates" lab_wait 10 in_state B activating
ok "... and uplink is held" lab_wait 10 waits B uplink 10
bind A B
ok "... until the binding is there" lab_wait 10 noticed_more B marker "$before"
set_mr A state standby
unharmed "without RFC 6058"

announced_end
