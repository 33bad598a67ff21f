#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A home address on the home agent's own link: it answers there for the mobile router while
# that is bound (RFC 6275 section 10.4.1). Explicit mode. And a node without authentication.
set -u
# shellcheck source=tests/lab/lab.sh
source "$(dirname "$0")/../lab/lab.sh"

export LAB_HOSTS=A LAB_HA_OPTIONS='home-link = eth0' LAB_MR_OPTIONS='mode = explicit'
lab_hoa() { printf '2001:db8:f::10%x' "$1"; }
hoa=$(lab_hoa 1)

lab_up || exit 1
lab_guest_add 1 A
tcpdump=$LAB_RUN/home.txt
ip netns exec core tcpdump -lni ha 'icmp6[0] = 136' > "$tcpdump" 2> /dev/null &
LAB_PIDS+=($!)
lab_agents || exit 1

proxied() { ip -n ha -6 neigh show proxy | grep -q "^$hoa dev eth0"; }
not_proxied() { ! proxied; }
reach() { on core ping -q -c 3 -i 0.2 -W 3 "$1"; }
announced() { grep -q "tgt is $hoa" "$tcpdump"; }

ok 'explicit mode: registered' lab_wait 20 lab_is_active A
ok 'the home agent answers for the home address' lab_wait 5 proxied
ok 'and has announced it to its link' lab_wait 5 announced
ok 'the home address is reached from the link' reach "$hoa"
ok 'the guest configures itself' lab_wait 20 lab_guest_ready 1
ok 'and is reached' reach "$(lab_guest_addr 1)"

ip -n guest1 link set eth0 down
ok 'release' ctl hostA -S "$LAB_RUN/hostA.sock" release guest1
ok 'the home agent no longer answers for it' lab_wait 5 not_proxied

# A binding that expires takes the proxy with it.
events() { sed '/^nemoctl/d' "$LAB_RUN/ha.monitor" | jq -r "select(.hoa == \"$hoa\") | .event"; }
expired() { events | grep -qx expired; }
lab_spawn ha ha.monitor "$BUILD/nemoctl" -j monitor ha
monitor=$LAB_PID
ip -n guest1 link set eth0 up
ok 'registered again' lab_wait 20 lab_is_active A
ok 'the home agent answers again' lab_wait 5 proxied
lab_end "${LAB_AGENT[hostA]}"
ctl ha ha set "$hoa" lifetime 4
ok 'a binding that nobody refreshes expires' lab_wait 20 expired
ok '... and takes the proxy with it' lab_wait 5 not_proxied
ok '... which the agent says' grep -q 'guest1: the binding has expired' "$LAB_RUN/ha.log"

# So does one that is removed when there are more notifications than a socket holds. The same
# on the host: a state that it was not told of.
told_standby() { [ "$(lab_status hostA | jget '.host.mr[0].state')" = standby ]; }
lab_agent hostA
ctl hostA mr set guest1 state standby
on guest1 ping -q -c 1 -W 3 "$LAB_CN" > /dev/null
ok 'registered once more' lab_wait 20 proxied
ok 'the host agent knows' lab_wait 10 lab_is_active A
ip -n guest1 link set eth0 down
kill -STOP "$monitor" "${LAB_AGENT[ha]}" "${LAB_AGENT[hostA]}"
ok 'many other bindings are made' on ha "$BUILD/lab/load" bindings nemo-ha0 3000
ok '... and other mobile routers' on hostA "$BUILD/lab/load" routers nemo0 3000
ctl ha ha del "$hoa"
ctl hostA mr set guest1 state standby
kill -CONT "$monitor" "${LAB_AGENT[ha]}" "${LAB_AGENT[hostA]}"
lost() { grep -q '^nemoctl: some notifications were lost' "$LAB_RUN/ha.monitor"; }
ok 'a monitor says that some were lost' lab_wait 10 lost
is '... among them the removal' "$(events | grep -cx deregistered)" 0
ok 'a removed binding takes the proxy with it all the same' lab_wait 10 not_proxied
ok 'the host agent stands by all the same' lab_wait 10 told_standby
lab_end "$monitor" "${LAB_AGENT[hostA]}"
ip -n guest1 link set eth0 up

# Without authentication: works, and says loudly what it means.
lab_end "${LAB_AGENT[ha]}"
LAB_MR_OPTIONS='auth = none'
lab_config() {
	case $1 in
	ha) printf '%s\n' '[nemod]' "socket = $LAB_RUN/ha.sock" '[ha]' "address = $LAB_HA" ;;
	*) printf '%s\n' '[nemod]' "socket = $LAB_RUN/hostA.sock" '[host]' 'interface = eth0' ;;
	esac
	printf '%s\n' '[mr guest1]' "hoa = $hoa" "mnp = $(lab_mnp 1)" "home-agent = $LAB_HA" \
		'attachment = br0' 'auth = none'
}
lab_agents
ctl hostA mr set guest1 state standby > /dev/null
on guest1 ping -q -c 1 -W 3 "$LAB_CN" > /dev/null
bound() { ctl ha ha show "$hoa"; }
ok 'auth = none: registered' lab_wait 20 bound
# A home agent that is silent cannot be asked to forget.
lab_end "${LAB_AGENT[ha]}"
out=$(ctl hostA -S "$LAB_RUN/hostA.sock" release guest1 2>&1)
ok 'a release without an answer says so' grep -q 'does not answer' <<< "$out"
ok 'and the host goes on' lab_is_active A
ok 'auth = none: said loudly' grep -q ANYBODY "$LAB_RUN/hostA.log" "$LAB_RUN/ha.log"
plan
