#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Attachments that are no bridge, without agents: guest 1 behind a veth leg and guest 2
# behind a macvlan, both on a bridge whose addresses stay the administrator's; guest 3
# with no bridge at all: its own interface is the attachment, and moves with it.
set -eu
# shellcheck source=tests/lab/lab.sh
source "$(dirname "$0")/../lab/lab.sh"

BRIDGE=([1]=br1 [2]=br2 [3]=-)
ATTACHMENT=([1]=leg0 [2]=mv0 [3]=vif3)
KIND=([1]="veth leg" [2]="macvlan" [3]="plain interface")
SEQ=([1]=1 [2]=1 [3]=1)
TRACE=/sys/kernel/tracing

lab_bridge() { echo "${BRIDGE[$1]}"; }
lab_attachment() { echo "${ATTACHMENT[$1]}"; }

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

bridge_macs() {
	ip -n "host$1" -j link show type bridge | jq -c '[.[] | {ifname, address}]'
}

# plug HOST N - what a hypervisor's hook and an agent do with a guest's own interface
plug() {
	local ns=host$1 n=$2 dev
	dev=$(lab_attachment "$n")
	on "$ns" sysctl -qw "net.ipv6.conf.$dev.accept_dad=0" "net.ipv6.conf.$dev.accept_ra=0"
	lab_static_gateway "$1" "$dev"
	ctl "$ns" mr set "guest$n" attachment "$dev"
	ip -n "$ns" link set "$dev" up
	ip -n "$ns" -6 route replace "$(lab_mnp "$n")" dev "$dev" table 9002
}

# move FROM TO N - a guest that has no bridge is stopped until its interface is set up
move() {
	local n=$3 pids
	if [ "$(lab_bridge "$n")" != - ]; then
		lab_move "$1" "$2" "$n"
		return
	fi
	mapfile -t pids < <(ip netns pids "guest$n")
	[ ${#pids[@]} = 0 ] || kill -STOP "${pids[@]}"
	ip -n "host$1" link set "vif$n" netns "host$2"
	plug "$2" "$n"
	lab_wait 5 running "$n"
	[ ${#pids[@]} = 0 ] || kill -CONT "${pids[@]}"
}

running() { ip -n "guest$1" link show eth0 | grep -q LOWER_UP; }
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
	SEQ[n]=$((SEQ[n] + 1))
	lab_static_bind B "$n" "${SEQ[n]}"
	[ "$n" = 3 ] || ctl hostA mr set "guest$n" state standby
	sleep 1
	lab_streams_stop 100 "$n"
	is "$kind: uplink: lost, duplicated, out of order" \
		"$(field "up$n" '[.lost, .duplicated, .reordered] | join(" ")')" "0 0 0"
	is "$kind: downlink: duplicated, out of order" \
		"$(field "down$n" '[.duplicated, .reordered] | join(" ")')" "0 0"
	ok "$kind: correspondent to guest, now on B" to_guest "$n"
}

# room COMMAND... - what a veth was asked for meanwhile: octets in front of a frame
room() {
	echo > $TRACE/trace
	"$@"
	sed -n 's/.* nemo_test: .* hr=/hr /p' $TRACE/trace | awk '{ print $2 }' | xargs
}

# An attachment is given back as it was found
detach() {
	local n=$1 kind=${KIND[$1]} asked
	asked=$(room ctl hostB mr set "guest$n" attachment none)
	[ "$n" = 2 ] || is "$kind: detached, the request for headroom is undone" "$asked" "-1"
	ok "$kind: ... and no gate is left" gateway "$n"
	asked=$(room ctl hostB mr set "guest$n" attachment "$(lab_attachment "$n")")
	[ "$n" = 2 ] || ok "$kind: attached, there is headroom for the outer header" \
		test "${asked:-0}" -ge 40
}

# The interface goes while packets go through it
deleted() {
	local n=$1 kind=${KIND[$1]}
	lab_streams_start 500 "$n"
	ip -n hostB link del "$(lab_attachment "$n")"
	ok "$kind: deleted under traffic, there is no attachment" unattached B "$n"
	is "$kind: ... and the state is as before" "$(lab_mr B "$n" .state)" active
	not_ok "$kind: ... and the guest is cut off" on cn ping -c 1 -W 0.5 "$(lab_guest_addr "$n")"
	lab_end "${LAB_SEND[@]}" "${LAB_RECV[@]}"
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
lab_guest_add 3 A
lab_static_guest 3
for h in $LAB_HOSTS; do
	ctl "host$h" mr add guest3 dev nemo0 hoa "$(lab_hoa 3)" ha "$LAB_HA" \
		coa "$(lab_coa "$h")" mnp "$(lab_mnp 3)" trigger on
	# one mobile router on each attachment, so that any guest's frame speaks for it
	ctl "host$h" mr set guest1 guest none
	ctl "host$h" mr set guest2 guest none
done
plug A 3
lab_static_bind A 3 1
echo 'p:nemo_test veth:veth_set_rx_headroom hr=%si:s32' > $TRACE/kprobe_events
echo 1 > $TRACE/events/kprobes/nemo_test/enable

is "the administrator's bridges keep their addresses" "$(bridge_macs A)" "$macs"
on hostB ping -c 2 -i 0.3 -W 0.3 ff02::1%br1 > /dev/null || true
is "a frame of the host itself activates nothing" "$(lab_mr B 1 .state)" standby
for n in 1 2 3; do
	ok "${KIND[n]}: guest to correspondent" from_guest $n
	ok "${KIND[n]}: correspondent to guest" to_guest $n
	standby $n
	handover $n
	detach $n
	deleted $n
done
is "nothing went around the tunnel" \
	"$(on core nft list counter ip6 source spoofed | awk '/packets/ { print $2 }')" 0

echo 0 > $TRACE/events/kprobes/nemo_test/enable
echo > $TRACE/kprobe_events
lab_down
ok "nothing is left" sh -c "! ip netns list | grep . && ! lsmod | grep nemo"
plan
