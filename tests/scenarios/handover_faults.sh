#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What an administrator or bad luck does to a host and to the home agent, under traffic,
# with agents. Each time: no splat (the kernel panics on a warning), a state that
# says what is the matter, and traffic again when the cause is gone.
set -eu
# shellcheck source=tests/lab/lab.sh
source "$(dirname "$0")/../lab/lab.sh"

reaches() {
	on guest1 ping -c 1 -W 0.5 "$LAB_CN"
}

recovers() {
	ok "$1: traffic again" lab_wait 30 reaches
}

attached() {
	[ "$(lab_mr "$1" 1 .attachment)" = br0 ]
}

# Packets that a host has no route for, and those that core has sent back to nobody
no_routes() { on "$1" cat /proc/net/snmp6 | awk '$1 == "Ip6InNoRoutes" { print $2 }'; }
more_no_routes() { [ "$(no_routes "$1")" -gt "$2" ]; }

# rename NS FROM TO - under traffic, which kernels before 6.2 refuse
rename() {
	local out
	out=$(ip -n "$1" link set "$2" name "$3" 2>&1) && return
	echo "$out"
	[[ $(uname -r) = 6.1.* && $out = *busy* ]]
}

# gone NS DEV
gone() { ! ip -n "$1" link show "$2"; }

lab_up
lab_guest_add 1 A
lab_agents
ok "registered on A" lab_wait 20 lab_is_active A
ok "the guest has an address" lab_wait 20 lab_guest_ready 1
recovers "at first"
lab_streams_start 100

# The tunnel devices are renamed. Routing rules have names, so that of the host comes back first.
ok "the host's tunnel device is renamed" rename hostA nemo0 tunnel0
gone hostA tunnel0 > /dev/null 2>&1 || ip -n hostA link set tunnel0 name nemo0
recovers "... to and fro"
ok "the home agent's tunnel device is renamed" rename ha nemo-ha0 tunnel0
ok "... and traffic goes on" lab_wait 5 reaches

# The address of the host goes; RAs bring it back
ip -n hostA addr flush dev eth0 scope global
recovers "care-of address removed"
gone ha tunnel0 > /dev/null 2>&1 || ip -n ha link set tunnel0 name nemo-ha0
ok "the home agent's tunnel device has its name again" lab_wait 5 reaches

# The interface is renamed under the tunnel, and the bridge under the attachment
ip -n hostA link set br0 down
ip -n hostA link set br0 name guests0
ip -n hostA link set guests0 up
is "a renamed bridge stays the attachment" "$(lab_mr A 1 .attachment)" guests0
ip -n hostA link set guests0 down
ip -n hostA link set guests0 name br0
ip -n hostA link set br0 up
recovers "bridge renamed to and fro"
ip -n hostA link set eth0 down
ip -n hostA link set eth0 name outer0
ip -n hostA link set outer0 name eth0
ip -n hostA link set eth0 up
recovers "outer interface renamed to and fro"

# The home agent's agent dies, and then its bindings, too
lab_crash ha
ok "traffic goes on without the home agent's agent" lab_wait 5 reaches
lab_agent ha
ok "... and with its next" lab_wait 5 reaches
lab_crash ha
ip -n ha link del nemo-ha0
not_ok "no traffic without a home agent" reaches
lab_agent ha
ok "bindings are back without an operator" lab_wait 90 reaches

# The bridge goes, and comes back with the guest
spoofed=$(lab_spoofed) dropped=$(no_routes hostA)
ip -n hostA link del br0
is "without the bridge there is no attachment" "$(lab_mr A 1 .attachment)" null
ok "what comes for the guest has nowhere to go" lab_wait 10 more_no_routes hostA "$dropped"
is "... and does not go back into the core" "$(lab_spoofed)" "$spoofed"
ip -n hostA link add br0 type bridge mcast_snooping 0
ip -n hostA link set br0 up
ip -n hostA link set vif1 master br0
ok "the agent attaches it again" lab_wait 20 attached A
recovers "bridge deleted and made again"

# The lower device goes; a new one has another address
ip -n hostA link del eth0
lab_link core hostA hostA eth0
ip -n core addr add "$(lab_host_net A)::1/64" dev hostA
lab_end "$LAB_RADVD"
lab_radvd
recovers "outer interface deleted and made again"

# The same of the home agent
ip -n ha link del eth0
not_ok "no traffic without the home agent's interface" reaches
lab_home
recovers "home agent's interface deleted and made again"

# A host dies with the guest's traffic; the other one takes the guest
lab_move A B
ok "moved to B" lab_wait 20 lab_is_active B
lab_crash hostB
lab_move B A
ip netns del hostB
recovers "namespace of the old host deleted"

# The modules go under traffic; nothing holds them
ok "rmmod nemo_mr under traffic" rmmod nemo_mr
ok "rmmod nemo_ha under traffic" rmmod nemo_ha
lab_modules
lab_end "${LAB_AGENT[hostA]}" "${LAB_AGENT[ha]}"
lab_agent ha
lab_agent hostA
recovers "modules loaded again, agents started again"

# The home agent's namespace dies under traffic; the modules can go then
lab_crash ha
ok "traffic goes on without the home agent's agent, again" lab_wait 5 reaches
ip netns del ha
ok "namespace of the home agent deleted" lab_wait 20 gone core ha
ok "... rmmod nemo_ha" rmmod nemo_ha
ok "... rmmod nemo_mr" rmmod nemo_mr

lab_streams_stop 100
lab_down
ok "nothing is left" sh -c "! ip netns list | grep . && ! lsmod | grep nemo"
plan
