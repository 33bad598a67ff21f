#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Agents with nothing to do: how often they wake up and how much memory they have. And what
# they tell the service manager: sd_notify(3), Type=notify.
set -eu
# shellcheck source=tests/lab/lab.sh
source "$(dirname "$0")/../lab/lab.sh"

IDLE_S=20

# said NODE STATE [TIMES] - has the node's agent told the service manager so?
said() {
	[ "$(grep -c "^${LAB_AGENT[$1]} $2$" "$LAB_RUN/notify.log")" -ge "${3:-1}" ]
}

lab_up
lab_spawn ha notify.log "$LAB/notify.py" "$LAB_RUN/notify"
lab_wait 10 test -S "$LAB_RUN/notify"
export NOTIFY_SOCKET=$LAB_RUN/notify
lab_guest_add 1 A
lab_agents
for node in ha hostA hostB; do
	ok "$node: READY=1" lab_wait 10 said $node READY=1
done
ok "registered on A" lab_wait 20 lab_is_active A
ok "the guest reaches its correspondent" lab_wait 20 on guest1 ping -c 1 -W 1 "$LAB_CN"

# wakes WORDS - nobody may wake up more than once a second
wakes() {
	local node
	lab_wakes $IDLE_S ha hostA hostB
	for node in ha hostA hostB; do
		echo "# $node, $1: woke up ${LAB_WAKES[$node]} times in $IDLE_S s"
		le "$node, $1: no wake-up more than once a second" "${LAB_WAKES[$node]}" $IDLE_S
	done
}

wakes "nothing to do"
lab_streams_start 100
wakes "traffic"
lab_streams_stop 100
is "which passed" "$(jget .lost "$LAB_RUN/up1.json")" 0
for node in ha hostA hostB; do
	echo "# $node: $(lab_rss $node) KiB"
	le "$node: memory, KiB" "$(lab_rss $node)" 8192
done

kill -HUP "${LAB_AGENT[hostA]}"
ok "a reload: RELOADING=1" lab_wait 10 said hostA RELOADING=1
ok "... and READY=1 again" lab_wait 10 said hostA READY=1 2
kill "${LAB_AGENT[hostA]}"
ok "the end: STOPPING=1" lab_wait 10 said hostA STOPPING=1
wait "${LAB_AGENT[hostA]}" && rc=0 || rc=$?
is "... and exit status 0" "$rc" 0
ok "the guest reaches its correspondent without it" on guest1 ping -c 3 -i 0.2 -W 2 "$LAB_CN"

lab_down
ok "nothing is left" sh -c "! ip netns list | grep . && ! lsmod | grep nemo"
plan
