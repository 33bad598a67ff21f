#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The life of the agents: registration, kill -9, restart, reload, release, a host that
# changes its own network, a home agent that has lost its bindings. Numbered streams to and
# from a guest go on meanwhile.
set -u
# shellcheck source=tests/lab/lab.sh
source "$(dirname "$0")/../lab/lab.sh"

lab_up || exit 1
lab_guest_add 1 A
lab_agents || exit 1

log_has() { grep -q "$2" "$LAB_RUN/$1.log"; }
active() { [ "$(lab_mr "$1" 1 .state)" = active ]; }
standby() { [ "$(lab_mr "$1" 1 .state)" = standby ]; }
seq_of() { lab_mr A 1 .seq; }
bound_to() { [ "$(ctl ha -j ha show | jget '.[0].coa')" = "$1" ]; }
reach() { on guest1 ping -q -i 0.2 -c 5 -W 3 "$LAB_CN"; }
rss() { awk '/^VmRSS/ { print $2 }' "/proc/${LAB_AGENT[$1]}/status"; }

# unharmed - ends the streams; nothing was lost, each way
unharmed() {
	local way
	lab_streams_stop 50
	for way in up down; do
		is "$way: none lost" "$(jget .lost "$LAB_RUN/${way}1.json")" 0
		jq -c 'select(.lost > 0) | .lost_seq' "$LAB_RUN/${way}1.json" | sed 's/^/# /'
	done
}

# again NODE - kill -9 and start
again() {
	kill -9 "${LAB_AGENT[$1]}"
	wait "${LAB_AGENT[$1]}" 2> /dev/null
	rm "$LAB_RUN/$1.sock"
	mv "$LAB_RUN/$1.log" "$LAB_RUN/$1.log.old"
	lab_agent "$1"
}

ok 'the guest configures itself from the RAs' lab_wait 20 lab_guest_ready 1
ok 'its first frame makes the host active' lab_wait 10 active A
ok 'and the other host stays in standby' standby B
ok 'the guest reaches its correspondent' reach
is 'the RA says the MTU' "$(on guest1 cat /proc/sys/net/ipv6/conf/eth0/mtu)" 1460
le 'memory of the host agent, KiB' "$(rss hostA)" 8192
le 'memory of the home agent, KiB' "$(rss ha)" 8192
caps=$(awk '/^CapEff/ { print $2 }' "/proc/${LAB_AGENT[hostA]}/status")
is 'capabilities: net_admin and net_raw' "$caps" 0000000000003000

lab_streams_start 50
before=$(seq_of)
again hostA
ok 'kill -9 of the host agent: adopted' log_has hostA 'adopted, active'
again ha
ok 'kill -9 of the home agent: adopted' log_has ha 'binding adopted'
is 'nothing was sent for that' "$(seq_of)" "$before"
# The next agent finds a binding that is about to expire.
ctl hostA mr set guest1 lifetime 4
again hostA
refreshed() { [ "$(seq_of)" != "$before" ]; }
ok 'the adopted binding is refreshed' lab_wait 30 refreshed
unharmed

# A second one, by hand: the first goes on to hear what the home agent says.
filters() { ip -n hostA xfrm policy; ip -n hostA xfrm state; }
before=$(filters)
not_ok 'a second agent is refused' on hostA "$BUILD/nemod" -c "$LAB_RUN/hostA.conf"
is 'and takes nothing from the first' "$(filters)" "$before"

# Reload: a bad file changes nothing, neither does one that changes what cannot be while the
# agent runs; a good one changes only what differs.
reload() { ctl hostA -S "$LAB_RUN/hostA.sock" reload; }
settings() {
	ctl hostA -j mr show | jq -c '[.[] | del(.stats, .expires, .seq, .["last-frame"])]'
	lab_status hostA | jq -c '.host | .interface, [.mr[] | [.name, .hoa, .attachment]]'
}

# no_reload NAME TEXT SED - of a file that differs in this; TEXT is why
no_reload() {
	local out
	{
		sed "$3" "$LAB_RUN/good.conf"
		echo 'hold-packets = 76'
	} > "$LAB_RUN/hostA.conf"
	out=$(reload 2>&1) && out='no failure'
	ok "reload: $1: refused" grep -q "$2" <<< "$out"
	is '... the old configuration stays' "$(settings)" "$before"
}

lab_streams_start 50
cp "$LAB_RUN/hostA.conf" "$LAB_RUN/good.conf"
before=$(settings)
no_reload 'a bad file' 'hostA.conf:[0-9]*: hoa = nonsense' 's/^hoa = .*/hoa = nonsense/'
cannot='cannot change while nemod runs; restart it'
host="interface, device and gateway-mac of \[host\] $cannot"
no_reload 'another interface' "$host" 's/^interface = .*/interface = br0/'
no_reload 'another device' "$host" '/^interface = /adevice = nemo1'
no_reload 'another gateway' "$host" '/^interface = /agateway-mac = 02:00:5e:00:01:ff'
no_reload 'another socket' "socket $cannot" 's/^socket = .*/&2/'
no_reload 'a home agent, too' "\[ha\] $cannot" "1i[ha]\naddress = $LAB_HA"
{
	cat "$LAB_RUN/good.conf"
	echo 'hold-packets = 77'
	printf '%s\n' '[mr extra]' 'hoa = 2001:db8:f:1::99' 'mnp = 2001:db8:100:99::/64' \
		"home-agent = $LAB_HA" 'attachment = br1' "key-file = $LAB_RUN/guest1.key" 'spi = 300'
} > "$LAB_RUN/hostA.conf"
ok 'reload' reload
is 'what differs is changed' "$(lab_mr A 1 '."hold-packets"')" 77
is 'what is new is made' "$(ctl hostA -j mr show extra | jget '.[0].state')" standby
ip -n hostA link add br1 type bridge
ip -n hostA link set br1 up
attached() { [ "$(ctl hostA -j mr show extra | jget '.[0].attachment')" = br1 ]; }
ok 'an attachment that comes later is taken' lab_wait 5 attached
cp "$LAB_RUN/good.conf" "$LAB_RUN/hostA.conf"
kill -HUP "${LAB_AGENT[hostA]}"
gone() { [ "$(ctl hostA -j mr show | jq length)" = 1 ]; }
ok 'SIGHUP: what is no longer there goes' lab_wait 5 gone
unharmed

# The host changes its own network: core renumbers the link.
lab_streams_start 50
old=$(lab_coa A)
ip -n core addr add 2001:db8:1a:1::1/64 dev hostA
on core nft insert rule ip6 source forward iifname hostA ip6 saddr 2001:db8:1a:1::/64 accept
sed -i 's|2001:db8:1a::/64|2001:db8:1a:1::/64|' "$LAB_RUN/radvd.conf"
kill -HUP "$(cat "$LAB_RUN/radvd.pid")"
moved() { ctl ha -j ha show | jget '.[0].coa' | grep -q '^2001:db8:1a:1:'; }
ok 'another care-of address: registered' lab_wait 20 moved
ok 'and the host is active again' lab_wait 5 active A
ip -n hostA addr del "$old/64" dev eth0
ok 'the guest still reaches its correspondent' reach
unharmed

# The home agent loses all its bindings. It answers the tunnel's packets with an error,
# from which the host learns it before its next refresh.
lab_streams_start 50
lab_end "${LAB_AGENT[ha]}"
ip -n ha link del nemo-ha0
lab_agent ha
rebound() { [ "$(ctl ha -j ha show | jq length)" = 1 ]; }
ok 'a home agent without bindings has them back' lab_wait 30 rebound
ok 'and the guest reaches its correspondent' reach
ok 'an ICMPv6 error told the host' log_has hostA 'does not take the tunnel'
lab_streams_stop 50

# Somebody removes things; what comes back is used again.
ip -n hostA link set br0 down
ip -n hostA link set br0 up
ok 'a bridge that was down works again' lab_wait 10 reach

# A reload that cannot do all: the rest is done, and nothing of the old configuration is used
# any more. glibc writes over what is freed.
lab_end "${LAB_AGENT[hostA]}"
export MALLOC_PERTURB_=165
lab_agent hostA
unset MALLOC_PERTURB_
ip -n hostA link del nemo0
ip -n hostA link add nemo0 type dummy
echo 'hold-packets = 78' >> "$LAB_RUN/hostA.conf"
out=$(reload 2>&1)
ok 'not all can be applied: said' grep -q 'not all .* applied: \[host\]: .*reload again' <<< "$out"
not_ok '... and not that the old configuration stays' log_has hostA 'configuration stays'
is 'the agent still knows all' "$(lab_status hostA | jq -c '[.host.mr[].name]')" '["guest1"]'
ip -n hostA link del nemo0
ok 'reload makes the tunnel device again' reload
not_ok 'the mobile router has stayed' log_has hostA 'no longer configured'
is 'as it is configured now' "$(lab_mr A 1 '."hold-packets"')" 78
ok 'and the guest makes the host active' lab_wait 10 reach

# The other host takes over; then an orderly end.
lab_move A B
ok 'a move: the new host is active' lab_wait 10 active B
ok 'a move: the old host is told, standby' lab_wait 10 standby A
ok 'the guest still reaches its correspondent' reach
ip -n guest1 link set eth0 down
ok 'release' ctl hostB -S "$LAB_RUN/hostB.sock" release guest1
ok 'a released mobile router is in standby' standby B
is 'a released binding has gone' "$(ctl ha -j ha show | jq length)" 0
not_ok 'release where nothing is served' ctl hostB -S "$LAB_RUN/hostB.sock" release guest1
plan
