# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# attach.sh - what every kind of attachment has to do, without agents (sourced after
# lab.sh). A scenario names them in KIND, says what lab_bridge and lab_attachment are, and how a
# guest moves (move FROM TO N).

declare -a KIND		# guest: what its attachment is
SEQ=1
TRACE=/sys/kernel/tracing

# bridges HOST - as the administrator has made them, and an attachment beside each
bridges() {
	local ns=host$1 dev
	# With addresses of their own: a bridge has its first port's otherwise.
	ip -n "$ns" link add br1 address "52:54:01:00:01:0${1,,}" type bridge mcast_snooping 0
	ip -n "$ns" link add br2 address "52:54:01:00:02:0${1,,}" type bridge mcast_snooping 0
	ip -n "$ns" link add leg0 type veth peer name leg1
	lab_steer "$ns" leg0
	lab_steer "$ns" leg1
	ip -n "$ns" link set leg1 master br1
	ip -n "$ns" link add mv0 link br2 type macvlan mode bridge
	for dev in br1 br2 leg1 leg0 mv0; do
		on "$ns" sysctl -qw "net.ipv6.conf.$dev.accept_dad=0" \
			"net.ipv6.conf.$dev.accept_ra=0"
		ip -n "$ns" link set $dev up
	done
}

in_state() { [ "$(lab_mr "$1" "$2" .state)" = "$3" ]; }
holds() { [ "$(lab_mr "$1" "$2" '["held-uplink"]')" -ge "$3" ]; }
unattached() { [ "$(lab_mr "$1" "$2" .attachment)" = null ]; }
gateway() { on "guest$1" ping -c 2 -i 0.3 -W 0.5 fe80::1%eth0; }
from_guest() { on "guest$1" ping -c 3 -i 0.2 -W 2 "$LAB_CN"; }
to_guest() { on cn ping -c 3 -i 0.2 -W 2 "$(lab_guest_addr "$1")"; }
field() { jq -r "$2" "$LAB_RUN/$1.json"; }

# The gate of a host that does not serve, and the trigger
standby() {
	local n=$1 kind=${KIND[$1]} kept
	ctl hostB mr set "guest$n" trigger off
	ctl hostB mr set "guest$n" state standby
	move A B "$n"
	not_ok "$kind: a host in standby does not answer for the gateway" gateway "$n"
	is "$kind: ... and nothing activates without the trigger" "$(lab_mr B "$n" .state)" standby
	kept=$(lab_drops hostB state)
	from_guest "$n" > /dev/null || true
	is "$kind: ... and nothing gets as far as the tunnel" "$(lab_drops hostB state)" "$kept"
	move B A "$n"
	ctl hostB mr set "guest$n" trigger on
}

# A whole move under traffic, the script in the agent's place
handover() {
	local n=$1 kind=${KIND[$1]}
	lab_wait 5 from_guest "$n"
	lab_streams_start 100 "$n"
	sleep 1
	move A B "$n"
	ok "$kind: the guest's first frame activates" lab_wait 5 in_state B "$n" activating
	ok "$kind: uplink is held" lab_wait 10 holds B "$n" 50
	SEQ=$((SEQ + 1))
	# known: what waits for a neighbour is let go one by one, and overtaken
	ip -n hostB neigh replace "$(lab_guest_addr "$n")" lladdr "$(lab_mac "$n")" \
		dev "$(lab_attachment "$n")" nud stale
	lab_static_bind B "$n" $SEQ
	ctl hostA mr set "guest$n" state standby
	sleep 1
	lab_streams_stop 100 "$n"
	is "$kind: uplink: lost, duplicated, out of order" \
		"$(field "up$n" '[.lost, .duplicated, .reordered] | join(" ")')" "0 0 0"
	is "$kind: downlink: duplicated, out of order" \
		"$(field "down$n" '[.duplicated, .reordered] | join(" ")')" "0 0"
	ok "$kind: correspondent to guest, now on B" to_guest "$n"
}

# room_watch on|off - look at what veths are asked for
room_watch() {
	if [ "$1" = on ]; then
		echo 'p:nemo_test veth_set_rx_headroom hr=%si:s32' > $TRACE/kprobe_events
		echo 1 > $TRACE/events/kprobes/nemo_test/enable
	else
		echo 0 > $TRACE/events/kprobes/nemo_test/enable
		echo > $TRACE/kprobe_events
	fi
}

# room COMMAND... - what a veth was asked for meanwhile: octets in front of a frame
room() {
	echo > $TRACE/trace
	"$@"
	sed -n 's/.* nemo_test: .* hr=/hr /p' $TRACE/trace | awk '{ print $2 }' | xargs
}

# An attachment is given back as it was found. A macvlan has no room of its own.
detach() {
	local n=$1 kind=${KIND[$1]} asked
	asked=$(room ctl hostB mr set "guest$n" attachment none)
	[ "$kind" = macvlan ] || is "$kind: detached, the request for headroom is undone" "$asked" "-1"
	ok "$kind: ... and no gate is left" gateway "$n"
	asked=$(room ctl hostB mr set "guest$n" attachment "$(lab_attachment "$n")")
	[ "$kind" = macvlan ] || ok "$kind: attached, there is headroom for the outer header" \
		test "${asked:-0}" -ge 40
}

# listens NS - a monitor has subscribed
# shellcheck disable=SC2016 # awk's fields
listens() { on "$1" awk '$2 == 16 && $4 != "00000000"' /proc/net/netlink | grep -q .; }

# gone N - of guest N's state with its attachment, as a monitor on B has heard
gone() {
	[ "$(jq -r "select(.name == \"guest$1\" and .reason == \"attachment-gone\") |
		.[\"old-state\"] + \" \" + .state" "$LAB_RUN/monitor$1")" = 'active active' ]
}

# The interface goes while packets go through it
deleted() {
	local n=$1 kind=${KIND[$1]} monitor
	lab_spawn hostB "monitor$n" "$BUILD/nemoctl" -j monitor mr
	monitor=$LAB_PID
	lab_wait 10 listens hostB
	lab_streams_start 500 "$n"
	ip -n hostB link del "$(lab_attachment "$n")"
	ok "$kind: deleted under traffic, there is no attachment" unattached B "$n"
	is "$kind: ... and the state is as before" "$(lab_mr B "$n" .state)" active
	ok "$kind: ... which a monitor is told" lab_wait 5 gone "$n"
	not_ok "$kind: ... and the guest is cut off" on cn ping -c 1 -W 0.5 "$(lab_guest_addr "$n")"
	lab_end "$monitor" "${LAB_SEND[@]}" "${LAB_RECV[@]}"
}

# attachment N - all of it, for a guest that is on A and served there
attachment() {
	local n=$1
	ok "${KIND[n]}: guest to correspondent" from_guest "$n"
	ok "${KIND[n]}: correspondent to guest" to_guest "$n"
	standby "$n"
	handover "$n"
	detach "$n"
	deleted "$n"
}
