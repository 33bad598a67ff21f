#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# nemoctl against the kernel, without an agent: every command once, what it shows as
# text and as JSON, what it says when the kernel refuses.
set -eu
# shellcheck source=tests/lab/lab.sh
source "$(dirname "$0")/../lab/lab.sh"

trap lab_down EXIT
mkdir -p "$LAB_RUN"

nemo() {
	ctl cli "$@"
}

# mr FIELD, bce FIELD - of the first one, by jq
mr() {
	nemo -j mr show r1 | jq -c ".[0]$1"
}

bce() {
	nemo -j ha show "$hoa" | jq -c ".[0]$1"
}

# says STATUS TEXT COMMAND... - ends with STATUS and has TEXT among what it says
says() {
	local status=$1 text=$2 rc=0 out
	shift 2
	out=$(nemo "$@" 2>&1) || rc=$?
	echo "$out (status $rc)"
	[ $rc = "$status" ] && [[ $out == *"$text"* ]]
}

hoa=2001:db8:f:1::1 ha=2001:db8:f::1 coa=2001:db8:1a::1 coa2=2001:db8:1b::1
mnp=2001:db8:100:1::/64 mnp2=2001:db8:100:2::/64

ip netns add cli
not_loaded() {
	[ -d /sys/module/nemo_mr ] && return 0	# another scenario loaded it
	says 1 "modprobe nemo_mr" mr show && says 1 "modprobe nemo_ha" ha show &&
		says 1 "modprobe nemo_mr" link add nemo0 type mr &&
		says 1 "modprobe" monitor
}
ok "without the modules nemoctl says so" not_loaded
lab_modules
ip -n cli link add br0 type bridge
ip -n cli link set br0 up

# Devices
ok "no device yet: says how to make one" says 1 "nemoctl link add nemo0 type mr" \
	mr add r1 hoa $hoa ha $ha mnp $mnp
ok "link add mr" nemo link add nemo0 type mr
ok "link add ha" nemo link add nemo-ha0 type ha
ok "link add twice is refused" says 1 "File exists" link add nemo0 type mr
is "link show, both kinds" "$(nemo -j link show | jq -c '[.[] | [.dev, .type, .count]]')" \
	'[["nemo0","mr",0],["nemo-ha0","ha",0]]'
is "link show of one" "$(nemo -j link show nemo-ha0 | jq -c '[.[].dev]')" '["nemo-ha0"]'
is "all drops are there, and zero" \
	"$(nemo -j link show | jq -c '[.[].drops | length, add]')" '[13,0,13,0]'
ok "link set" nemo link set nemo0 hold-bytes 100000
is "link set did it" "$(nemo -j link show nemo0 | jget '.[0]["hold-bytes"]')" 100000
ok "link set out of range: attribute and range" \
	says 1 "hold-bytes: " link set nemo0 hold-bytes 1499
ok "link show of what is none" says 1 "there is no device lo" link show lo
ok "link del of what is none" says 1 "lo is not a device of kind" link del lo

# Mobile routers
lab_spawn cli monitor "$BUILD/nemoctl" -j monitor
subscribed() {
	# two generic netlink sockets, each with a group
	[ "$(on cli cat /proc/net/netlink | awk '$2 == 16 && $4 != "00000000"' | wc -l)" -ge 2 ]
}
lab_wait 10 subscribed
ok "mr add" nemo mr add r1 hoa $hoa ha $ha coa $coa mnp $mnp attachment br0 \
	guest 52:54:00:00:00:01 52:54:00:00:00:02 exclude eth1 hold-packets 100
is "mr show: what was given" \
	"$(mr '|[.hoa, .ha, .coa, .mnp, .attachment, .guest, .exclude, .["hold-packets"]]')" \
	"[\"$hoa\",\"$ha\",\"$coa\",[\"$mnp\"],\"br0\",[\"52:54:00:00:00:01\",\"52:54:00:00:00:02\"],[\"eth1\"],100]"
is "mr show: defaults" "$(mr '|[.state, .trigger, .dev, .stats.dropped]')" \
	'["standby",true,"nemo0",0]'
ok "mr show as text" says 0 "r1: dev nemo0 state standby" mr show
ok "mr add of a taken name" says 1 "a mobile router of this name exists" \
	mr add r1 hoa 2001:db8:f:1::2 ha $ha mnp $mnp2
ok "mr add of a taken prefix" says 1 "belongs to another one" \
	mr add r2 hoa 2001:db8:f:1::2 ha $ha mnp $mnp
ok "mr set keeps what it does not name" nemo mr set r1 trigger off mnp $mnp $mnp2
is "mr set did it" "$(mr '|[.trigger, .mnp, .coa, .guest[0]]')" \
	"[false,[\"$mnp\",\"$mnp2\"],\"$coa\",\"52:54:00:00:00:01\"]"
ok "mr set guest none" nemo mr set r1 guest none
is "mr set guest none did it" "$(mr .guest)" '[]'
is "mr show: defaults of a handover" \
	"$(mr '|[.["marker-timeout"], .["marker-due"], .["prepared-uplink"], .undo,
	     .["leave-with-port"]]')" '[200,false,false,false,false]'
ok "mr set of what a handover needs" nemo mr set r1 marker-timeout 500 prepared-uplink on undo on \
	leave-with-port on
is "mr set of these did it and kept the trigger" \
	"$(mr '|[.["marker-timeout"], .["prepared-uplink"], .undo, .["leave-with-port"], .trigger]')" \
	'[500,true,true,true,false]'
ok "marker-timeout out of range: attribute and range" \
	says 1 "marker-timeout: " mr set r1 marker-timeout 10001
ok "mr set: a state that cannot follow" says 1 "this state cannot follow" mr set r1 state leaving
ok "activate" nemo activate r1
is "activate did it" "$(mr .state)" '"activating"'
ok "mr set state active" nemo mr set r1 state active seq 7 lifetime 60
is "mr set state active did it" "$(mr '|[.state, .seq, .lifetime, .expires > 50000]')" \
	'["active",7,60,true]'
ok "mr del" nemo mr del r1
ok "mr del again is refused" says 1 "no mobile router of this name" mr del r1
ok "mr show of what is not there" says 1 "there is no mobile router r1" mr show r1

# Bindings
ok "ha bind" nemo ha bind $hoa name r1 local $ha coa $coa mnp $mnp seq 10 lifetime 60
is "ha show by address" "$(bce '|[.hoa, .name, .local, .coa, .mnp, .seq, .lifetime]')" \
	"[\"$hoa\",\"r1\",\"$ha\",\"$coa\",[\"$mnp\"],10,60]"
is "ha show by name" "$(nemo -j ha show r1 | jq -r '.[].hoa')" $hoa
ok "ha show as text" says 0 "$hoa: name r1 dev nemo-ha0" ha show
ok "an old sequence number is refused" says 1 "sequence number is not newer" \
	ha bind $hoa local $ha coa $coa2 seq 10 lifetime 60
ok "ha set takes the next one" nemo ha set $hoa coa $coa2
is "ha set did it and kept the rest" "$(bce '|[.coa, .seq, .mnp, .name]')" \
	"[\"$coa2\",11,[\"$mnp\"],\"r1\"]"
ok "ha transient" nemo ha transient $hoa tcoa $coa tcoa-lifetime 50000
is "ha transient did it and nothing else" \
	"$(bce '|[.tcoa, .["tcoa-lifetime"] > 10000, .coa, .seq, .lifetime]')" \
	"[\"$coa\",true,\"$coa2\",11,60]"
ok "ha set that does not name it" nemo ha set $hoa lifetime 61
is "... keeps the transient care-of address" "$(bce '|[.tcoa, .lifetime]')" "[\"$coa\",61]"
ok "ha transient needs a lifetime" says 1 "needs tcoa-lifetime" ha transient $hoa tcoa $coa
ok "... and that has a limit" \
	says 1 "tcoa-lifetime: " ha transient $hoa tcoa $coa tcoa-lifetime 60001
ok "ha transient ::" nemo ha transient $hoa tcoa ::
is "... ends it" "$(bce .tcoa)" null
ok "ha transient of a moment" nemo ha transient $hoa tcoa $coa tcoa-lifetime 100
over() {
	[ "$(bce .tcoa)" = null ]
}
ok "... ends by itself" lab_wait 10 over
ok "ha transient without a binding" says 1 "no binding for this home address" \
	ha transient 2001:db8:f:1::9 tcoa $coa tcoa-lifetime 100
ok "ha del with an old number is refused" says 1 "sequence number is not newer" ha del $hoa seq 12
ok "ha del" nemo ha del $hoa seq 13
is "ha show is empty" "$(nemo -j ha show)" '[]'
ok "ha show of what is not there" says 1 "there is no binding of $hoa" ha show $hoa

# Notifications
want='["new","r1",null] ["state","r1","activating"] ["state","r1","active"] ["del","r1",null] '
want+='["registered","r1",null] ["replaced","r1",null] ["transient","r1",null] '
want+='["refreshed","r1",null] ["transient","r1",null] ["transient","r1",null] '
want+='["deregistered","r1",null] '
events() {
	jq -c '[.event, .name, if .event == "state" then .state else null end]' "$LAB_RUN/monitor" |
		tr '\n' ' '
}
heard() {
	[ "$(events)" = "$want" ]
}
lab_wait 10 heard || true
is "monitor heard all of it, in order" "$(events)" "$want"
ok "every event has a time, and they rise" \
	jq -es 'map(.time) | . == sort and all(. > 1000000000000000000)' "$LAB_RUN/monitor"

# Devices: which one?
ok "link add: a second one" nemo link add nemo1 type mr
ok "two devices: says to choose" says 1 "say which one" mr add r1 hoa $hoa ha $ha mnp $mnp
ok "two devices: dev" nemo mr add r1 dev nemo1 hoa $hoa ha $ha mnp $mnp
is "mr show finds it without dev" "$(mr .dev)" '"nemo1"'
ok "a device of the other kind" says 1 "is not a device of kind nemo_mr" mr add r2 dev nemo-ha0 hoa $hoa ha $ha mnp $mnp
ok "link del takes it along" nemo link del nemo1
is "nothing is left" "$(nemo -j mr show)" '[]'
is "another namespace sees nothing of it" "$("$BUILD/nemoctl" -j link show)" '[]'

# The agent
ok "no agent: says so" says 1 "nemod is not running" -S "$LAB_RUN/none.sock" status
plan
