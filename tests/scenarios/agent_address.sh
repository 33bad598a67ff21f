#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Which of a host's addresses is the care-of address: the newest that may be used as one. An
# address that may not changes nothing, and not one Binding Update is sent for it.
set -eu
# shellcheck source=tests/lab/lab.sh
source "$(dirname "$0")/../lab/lab.sh"

LAB_HOSTS=A
LAB_MR_OPTIONS='lifetime = 400'		# no refresh meanwhile

has() { ip -n hostA -6 -o addr show dev eth0 scope global "$1" | grep -q .; }
coa() { ctl ha -j ha show | jget '.[0].coa'; }
registered() { [ "$(coa)" = "$1" ]; }

# same WHAT [COA] - not another care-of address, not another registration. The agent answers when
# it has seen what came before.
same() {
	lab_status hostA > /dev/null
	is "$1: the care-of address stays" "$(lab_mr A 1 .coa)" "${2:-$first}"
	is "$1: nothing is sent" "$(lab_mr A 1 .seq)" "$seq"
}

lab_up
lab_guest_add 1 A
lab_agents
ok "registered" lab_wait 20 lab_is_active A
first=$(lab_mr A 1 .coa)
seq=$(lab_mr A 1 .seq)
net=$(lab_host_net A)

is "an end marker is waited for three round trips, 20 to 200 ms" \
	"$(lab_mr A 1 '."marker-timeout"')" \
	"$(lab_status hostA | jq '.host.mr[0].round_trip_ms * 3 | [., 20] | max | [., 200] | min | floor')"

ip -n hostA addr add "$net::d/64" dev eth0 nodad preferred_lft 0
ok "a deprecated address" has deprecated
same "a deprecated address"

ip -n core addr add "$net::e/64" dev hostA nodad
ip -n hostA addr add "$net::e/64" dev eth0
ok "an address that somebody else has" lab_wait 20 has dadfailed
same "an address that somebody else has"

on hostA sysctl -qw net.ipv6.conf.eth0.use_tempaddr=2
ok "a temporary address" lab_wait 20 has temporary
ok "... that is no longer tentative" lab_wait 20 \
	sh -c "ip -n hostA -6 -o addr show dev eth0 temporary -tentative | grep -q ."
same "a temporary address"

ip -n hostA addr add "$net::f/64" dev eth0 nodad
ok "a newer one that may be used is registered" lab_wait 20 registered "$net::f"
ok "the guest reaches its correspondent over it" lab_wait 10 on guest1 ping -c 1 -W 1 "$LAB_CN"
ip -n hostA addr del "$net::f/64" dev eth0
ok "without it: back to the one before" lab_wait 20 registered "$first"
ok "the guest reaches its correspondent" lab_wait 10 on guest1 ping -c 1 -W 1 "$LAB_CN"

# Optimistic duplicate address detection (RFC 4429), here for at least 10 s
on hostA sysctl -qw net.ipv6.conf.eth0.use_tempaddr=0 net.ipv6.conf.eth0.dad_transmits=10
ip -n core addr add 2001:db8:1a:1::1/64 dev hostA nodad
on core nft insert rule ip6 source forward iifname hostA ip6 saddr 2001:db8:1a:1::/64 accept
sed -i 's|2001:db8:1a::/64|2001:db8:1a:1::/64|' "$LAB_RUN/radvd.conf"
kill -HUP "$(cat "$LAB_RUN/radvd.pid")"
new() { [[ $(coa) = 2001:db8:1a:1:* ]]; }
ok "an address of another network is registered at once" lab_wait 20 new
ok "... while its detection is at work" has optimistic
ok "the guest reaches its correspondent over it" lab_wait 10 on guest1 ping -c 1 -W 1 "$LAB_CN"
new=$(coa)
advertised() {
	ip -n hostA -6 -j addr show dev eth0 | jq -e --arg a "$new" '.[0].addr_info[] |
		select(.local == $a and (.optimistic | not) and .valid_life_time > 86000)'
}
ok "... which ends, and Router Advertisements keep it" lab_wait 40 advertised
is "it stays registered" "$(coa)" "$new"

# Somebody has it: it is registered before that is known, and not with each advertisement again.
on hostA sysctl -qw net.ipv6.conf.eth0.dad_transmits=1
taken=2001:db8:1a:2:${new#2001:db8:1a:1:}
ip -n core addr add "$taken/64" dev hostA nodad
lab_spawn hostA addresses ip monitor address
sed -i 's|2001:db8:1a:1::/64|2001:db8:1a:2::/64|' "$LAB_RUN/radvd.conf"
kill -HUP "$(cat "$LAB_RUN/radvd.pid")"
gone() { grep -q "^Deleted.*$taken/64" "$LAB_RUN/addresses"; }
ok "an address that somebody has, of an advertisement: removed" lab_wait 20 gone
ok "back to the one before" lab_wait 20 registered "$new"
seq=$(lab_mr A 1 .seq)
sleep 10	# two advertisements, or three
same "advertised again" "$new"

lab_down
ok "nothing is left" sh -c "! ip netns list | grep . && ! lsmod | grep nemo"
plan
