#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A hundred mobile routers, one for each guest, move with one command: announced in one list,
# and no packet for any of them is lost.
set -eu
# shellcheck source=tests/lab/lab.sh
source "$(dirname "$0")/../lab/lab.sh"
# shellcheck source=tests/lab/handover.sh
source "$(dirname "$0")/../lab/handover.sh"
ROUTERS=100
PPS=4	# for each guest, each way

# All of them, with one key: what is tested is the list.
lab_config() {
	echo "[nemod]"
	echo "socket = $LAB_RUN/$1.sock"
	if [ "$1" = ha ]; then
		echo "[ha]"
		echo "address = $LAB_HA"
	else
		echo "[host]"
		echo "interface = eth0"
		lab_peers "${1#host}"
	fi
	awk -v n=$ROUTERS -v node="$1" -v ha="$LAB_HA" -v key="$LAB_RUN/group.key" 'BEGIN {
		for (i = 1; i <= n; i++) {
			printf "[mr guest%d]\nhoa = 2001:db8:f:1::%x\n", i, i
			printf "mnp = 2001:db8:100:%x::/64\nhome-agent = %s\n", i, ha
			printf "key-file = %s\nspi = 256\n", key
			if (node != "ha")
				printf "attachment = br0\nguest = 52:54:00:00:00:%02x\n", i
		}
	}'
}

# in_state HOST STATE - how many are, in the kernel
in_state() {
	ctl "host$1" -j mr show | jq "[.[] | select(.state == \"$2\")] | length"
}
all_are() { [ "$(in_state "$1" "$2")" = $ROUTERS ]; }
all_open() {
	[ "$(ctl hostB -j mr show | jq '[.[] | select(."prepared-uplink")] | length')" = $ROUTERS ]
}
moved() { all_are B active && all_are A standby; }

# bound COA - how many bindings are there
bound() {
	ctl ha -j ha show | jq "[.[] | select(.coa == \"$1\")] | length"
}

# initiated - how many different HI have crossed the core, before the first renewal: that is 20 s
# after the first answer (HANDOVER_RENEW_S), which a slow machine takes longer than
initiated() {
	tcpdump -nttr "$LAB_RUN/hi.pcap" -x 'ip6[42] = 14' 2> /dev/null | awk '
		/^[0-9]/ { if (!first) first = $1; early = $1 - first < 20 }
		early && $1 == "0x0020:" { print $9 }' | sort -u | wc -l
}

# sum FIELD LOG - of all guests
sum() {
	awk -v f="$1" '{ n += $f } END { print n + 0 }' "$LAB_RUN/$2"
}

# losers SENT RECEIVED - guests that have not got all that was sent
losers() {
	join "$LAB_RUN/$1" "$LAB_RUN/$2" | awk '$2 != $7 { printf "%s ", $1 }'
}

lab_up
lab_guest_add 1 A
on guest1 sysctl -qw net.ipv6.conf.eth0.disable_ipv6=1	# the guests have their own
LAB_GUESTS=()
lab_key "$LAB_RUN/group.key"
lab_agents
lab_spawn cn cn.log "$BUILD/lab/group" cn $ROUTERS $PPS "$LAB_RUN/cn.n"
cn=$LAB_PID
# guest 1 is registered already, by what its interface has said for itself
lab_wait 10 on cn grep -q :138B /proc/net/udp6
lab_spawn guest1 guests.log "$BUILD/lab/group" guests eth0 $ROUTERS $PPS "$LAB_RUN/guests.n"
guests=$LAB_PID
ok "each guest's first frame registers its mobile router" lab_wait 30 all_are A active
is "... with a binding" "$(bound "$(lab_coa A)")" $ROUTERS

lab_spawn core hi.log tcpdump --immediate-mode -U -i hostB -w "$LAB_RUN/hi.pcap" 'ip6 proto 135'
capture=$LAB_PID
lab_wait 10 test -s "$LAB_RUN/hi.pcap"
ok "one command prepares all" agent A mr prepare all to hostB
is "all are prepared" "$(in_state B prepared)" $ROUTERS
captured() { [ "$(initiated)" -ge 3 ]; }
lab_wait 5 captured || true
lab_end "$capture"
n=$(initiated)
# 31 options in each: a mobile router, and the guest's neighbour entry, which may not be there
echo "# $n different Handover Initiate messages"
ok "one list, in as many messages as it needs" test "$n" -ge 3 -a "$n" -le 7
ok "every uplink is open" lab_wait 20 all_open
VIFMOVE_HOOK="$BUILD/nemoctl -S $LAB_RUN/hostA.sock mr leave all" lab_move A B
ok "all are active on the new host, and none on the old one" lab_wait 30 moved
is "every binding is there" "$(bound "$(lab_coa B)")" $ROUTERS

# What is under way arrives; then the numbers count.
kill -USR1 "$guests" "$cn"
sleep 1
lab_end "$guests" "$cn"
echo "# sent and received up: $(sum 2 guests.n), $(sum 3 cn.n); down: $(sum 2 cn.n), $(sum 3 guests.n)"
for node in hostA hostB ha; do
	echo "# dropped by $node: $(ctl $node -j link show |
		jq -c '.[0].drops | with_entries(select(.value > 0))')"
done
is "up: none lost" "$(losers guests.n cn.n)" ""
is "up: none twice, none out of order" "$(sum 4 cn.n) $(sum 5 cn.n)" "0 0"
is "down: none lost" "$(losers cn.n guests.n)" ""
is "down: none twice, none out of order" "$(sum 4 guests.n) $(sum 5 guests.n)" "0 0"

lab_down
ok "nothing is left" sh -c "! ip netns list | grep . && ! lsmod | grep nemo"
plan
