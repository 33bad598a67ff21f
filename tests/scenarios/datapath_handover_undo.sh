#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# An announced handover that is taken back at any step, without agents: the guest goes on
# where it was, and nothing is lost. And what two hosts do that both are leaving.
set -eu
# shellcheck source=tests/lab/lab.sh
source "$(dirname "$0")/../lab/lab.sh"
# shellcheck source=tests/lab/announced.sh
source "$LAB/announced.sh"

released() { [ "$(due A)" = false ]; }

# taken_back NAME - the guest runs on A again; A's own marker goes to B and comes back,
# perhaps before the guest speaks
taken_back() {
	ok "$1: the old host serves" lab_wait 10 in_state A active
	set_mr B state leaving
	ok "$1: its marker comes back" lab_wait 10 released
	is "$1: ... in time" "$(noticed A marker-timeout)" 0
	set_mr B state standby
	unharmed "$1"
}

begin() {
	streams "$1"
	prepare A B
}

announced_up

# Taken back, at every step
begin 100
set_mr B state standby
unharmed "abort of what was prepared"

begin 2000
leave A
pause A
ok "the new host holds" lab_wait 10 waits B downlink 100
neighbour A
set_mr A state prepared prepared-uplink on
set_mr B state leaving
resume A
taken_back "abort while paused"

begin 2000
leave A
pause A
neighbour A
set_mr A undo on prepared-uplink on
ok "the new host holds" lab_wait 10 waits B downlink 100
resume A
ok "the new host learns it from the marker" lab_wait 10 in_state B leaving
taken_back "a frame of the stopped guest on the old host"

begin 2000
leave A
lab_settle
lab_move A B
ok "the guest runs on the new host" lab_wait 10 in_state B active
neighbour A
set_mr A state prepared prepared-uplink on
set_mr B state leaving
lab_settle
lab_move B A
taken_back "abort after the guest ran on the new host"

# What is held is counted where it is held, and comes home
prepare A B
leave A
pause A
was="$(counter A forwarded) $(counter B held) $(counter B forwarded)"
on cn sh -c "for i in 1 2 3 4 5; do $BUILD/lab/inject $LAB_CN $GUEST 0; done"
ok "five packets wait" lab_wait 5 waits B downlink 5
is "... which the old host forwarded, and the new one held" \
	"$(counter A forwarded) $(counter B held)" \
	"$(awk '{ print $1 + 5, $2 + 5 }' <<< "$was")"
set_mr A state prepared
set_mr B state leaving
ok "... back at the old host" lab_wait 10 waits A downlink 5
is "... all five" "$(held A downlink) $(held B downlink) $(counter B forwarded)" \
	"5 0 $(awk '{ print $3 + 5 }' <<< "$was")"
rx=$(counter A rx-packets)
resume A
all_five() { [ "$(counter A rx-packets)" -ge $((rx + 5)) ] && [ "$(held A downlink)" = 0 ]; }
ok "... and go to the guest" lab_wait 10 all_five

# Both hosts are leaving: a mistake that must end by itself
set_mr B state prepared
leave A
set_mr B state leaving
was=$(($(counter A forwarded) + $(counter B forwarded)))
on cn ping -c 3 -i 0.2 -W 1 -t 64 "$GUEST" > /dev/null || true
hops=$(($(counter A forwarded) + $(counter B forwarded) - was))
ok "packets bounce between two hosts that leave" test "$hops" -gt 100
le "... until their hop limit ends" "$hops" $((3 * 64))
is "... and no longer" $(($(counter A forwarded) + $(counter B forwarded) - was)) "$hops"
before=$(noticed A marker)
send_marker hostA "${COA[A]}" "${COA[B]}" $((SEQ + 1))
not_ok "... nor does an end marker go round for ever" \
	lab_wait 5 noticed_more A marker $((before + 64))
set_mr A state active
set_mr B state standby

announced_end
