# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
#
# announced.sh - announced handovers without agents (sourced, after lab.sh): what two hosts'
# agents and a home agent's would say to their kernels, step by step, and numbered streams
# that say what became of the packets.

SEQ=1		# of the binding
PATIENCE=10000	# ms for an end marker: a slow machine is not to look like a lost marker
HOA=$(lab_hoa 1)
MNP=$(lab_mnp 1)
GUEST=$(lab_guest_addr 1)
declare -A COA

due() { lab_mr "$1" 1 '["marker-due"]'; }
held() { lab_mr "$1" 1 "[\"held-$2\"]"; }
# ... but for what the guest says with its link-local address ("spoofed")
drops() {
	ctl "host$1" -j link show |
		jq -c '.[0].drops | del(.spoofed) | with_entries(select(.value > 0))'
}
counter() { lab_mr "$1" 1 ".stats[\"$2\"]"; }
waits() { [ "$(held "$1" "$2")" -ge "$3" ]; }
set_mr() { local h=host$1; shift; ctl "$h" mr set guest1 "$@"; }

# What a kernel says, by `nemoctl monitor`: cheap to look at while packets are held
in_state() { tail -n 1 "$LAB_RUN/host$1.events" | grep -q "\"state\":\"$2\""; }
noticed() { grep -c "\"reason\":\"$2\"" "$LAB_RUN/host$1.events" || true; }
noticed_more() { [ "$(noticed "$1" "$2")" -gt "$3" ]; }

# neighbour HOST - the guest's, from the context that is handed over: what is held would meet
# an entry that is being resolved, which keeps but some 200 kB
neighbour() {
	ip -n "host$1" neigh replace "$GUEST" lladdr "$(lab_mac 1)" dev br0 nud stale
}

# prepare FROM TO [on|off] - HI and HAck, and the transient binding
prepare() {
	neighbour "$2"
	set_mr "$2" seq "$SEQ" peer "${COA[$1]}" prepared-uplink "${3:-on}" state prepared
	[ "${3:-on}" = off ] ||
		ctl ha ha transient "$HOA" tcoa "${COA[$2]}" tcoa-lifetime 60000
	set_mr "$1" peer "${COA[$2]}" undo off
}

leave() { set_mr "$1" state leaving; }

# bind FROM TO - the Binding Update that follows the guest's first frame, and its answer
bind() {
	SEQ=$((SEQ + 1))
	ctl ha ha bind "$HOA" name guest1 local "$LAB_HA" coa "${COA[$2]}" tcoa "${COA[$1]}" \
		tcoa-lifetime 2000 mnp "$MNP" seq $SEQ lifetime 600
	set_mr "$2" seq $SEQ lifetime 600 state active
}

# announced FROM TO [REASON] - a whole move, until the new host has let everything go
announced() {
	local reason=${3:-marker} before
	before=$(noticed "$2" "$reason")
	prepare "$1" "$2"
	leave "$1"
	lab_settle
	lab_move "$1" "$2"
	lab_wait 10 in_state "$2" active && bind "$1" "$2" &&
		lab_wait 10 noticed_more "$2" "$reason" "$before" || MISSED+=" $1->$2"
	set_mr "$1" state standby
}

# The guest's processes stop, and its interface goes and comes, without a move.
pause() {
	mapfile -t FROZEN < <(ip netns pids guest1)
	[ ${#FROZEN[@]} = 0 ] || kill -STOP "${FROZEN[@]}"
	sleep 0.1		# what they have sent is on its way
	lab_settle
	ip -n "host$1" link set vif1 down
}

guest_up() { ip -n guest1 link show eth0 | grep -q "state UP"; }

resume() {
	ip -n "host$1" link set vif1 up
	lab_wait 10 guest_up
	[ ${#FROZEN[@]} = 0 ] || kill -CONT "${FROZEN[@]}"
}

# streams PPS - one each way
streams() {
	LAB_MOVES=() MISSED='' PPS=$1
	lab_streams_start "$PPS"
	sleep 0.3
}

# unharmed NAME - ends the streams; they have lost, doubled or reordered nothing
unharmed() {
	local way
	sleep 0.3
	lab_streams_stop "$PPS"
	for way in up down; do
		is "$1, ${way}link: lost, duplicated, out of order" \
			"$(jq -r '[.lost, .duplicated, .reordered] | join(" ")' "$LAB_RUN/${way}1.json")" \
			"0 0 0"
		jq -c 'select(.lost + .duplicated + .reordered > 0) | [.lost_seq, .moves]' \
			"$LAB_RUN/${way}1.json" | cut -c 1-500 | sed 's/^/# /'
	done
}

# delay HOST MS - in each direction
delay() {
	tc -n core qdisc replace dev "host$1" root netem limit 20000 delay "${2}ms"
	tc -n "host$1" qdisc replace dev eth0 root netem limit 20000 delay "${2}ms"
}

# send_marker NS OUTER_SRC OUTER_DST SEQ [DST] - an end marker; "-": not in a tunnel
send_marker() {
	on "$1" /usr/bin/python3 - "$2" "$3" "$4" "$LAB_HA" "${5:-$HOA}" <<-'END'
	import socket, struct, sys
	outer_src, outer_dst, seq, ha, hoa = sys.argv[1:]
	def header(flow, length, proto, src, dst):
	    return struct.pack("!IHBB", 6 << 28 | flow, length, proto, 64) + \
	        socket.inet_pton(socket.AF_INET6, src) + socket.inet_pton(socket.AF_INET6, dst)
	packet, to = header(int(seq), 0, 59, ha, hoa), hoa
	if outer_src != "-":
	    packet, to = header(0, 40, 41, outer_src, outer_dst) + packet, outer_dst
	s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_RAW)
	s.sendto(packet, (to, 0))
	END
}

# shellcheck disable=SC2016 # for awk
listening() { on "$1" awk '$2 == 16 && $4 != "00000000" { n++ } END { exit !n }' /proc/net/netlink; }

# announced_up - the lab with guest 1 on A, and each kernel's notifications in a file
announced_up() {
	local h
	lab_up
	# A router of our size is not overrun by the streams below; an emulated one, whose
	# CPUs wait for each other, is, before it comes to us.
	BACKLOG=$(sysctl -n net.core.netdev_max_backlog)
	trap announced_down EXIT
	sysctl -qw net.core.netdev_max_backlog=50000
	lab_guest_add 1 A
	lab_static
	for h in $LAB_HOSTS; do
		COA[$h]=$(lab_coa "$h")
		# this script is slower than an agent, and more has to wait for it
		ctl "host$h" link set nemo0 hold-bytes 200000000
		set_mr "$h" marker-timeout $PATIENCE hold-packets 100000 hold-bytes 200000000
		lab_spawn "host$h" "host$h.events" "$BUILD/nemoctl" -j monitor mr
		lab_wait 10 listening "host$h"
	done
}

announced_down() {
	sysctl -qw net.core.netdev_max_backlog="$BACKLOG"
	lab_down
}

drained() {
	[ "$(for h in hostA hostB; do ctl $h -j link show; done | jq -s 'map(.[0]["held-bytes"]) | add')" = 0 ]
}

# announced_end - what is so after every scenario; its last line
announced_end() {
	ok "nothing is left in a queue" lab_wait 20 drained
	is "no queue was full, none was thrown away" \
		"$(for h in hostA hostB; do lab_drops $h hold-full; lab_drops $h flushed; done | xargs)" \
		"0 0 0 0"
	is "nothing went around the tunnel" \
		"$(lab_spoofed)" 0
	announced_down
	ok "nothing is left" sh -c "! ip netns list | grep . && ! lsmod | grep nemo"
	plan
}
