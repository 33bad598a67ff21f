#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# An aggregated home network (RFC 4887): home addresses and mobile networks lie in one prefix that
# is routed to the home agent, so that nothing has to be answered for on a link. It has a home
# link, too, but the home address of guest 2 is neither here nor there.
set -eu
# shellcheck source=tests/lab/lab.sh
source "$(dirname "$0")/../lab/lab.sh"

export LAB_HOSTS=A LAB_HA_OPTIONS=$'aggregate = 2001:db8:100::/40\nhome-link = eth0'
lab_hoa() {
	case $1 in
	1) echo 2001:db8:100::1 ;;
	2) echo 2001:db8:f:1::2 ;;
	esac
}

routes() { ip -n ha -6 route show dev nemo-ha0 | awk '!/^fe80/ { print $1 }' | sort | xargs; }
judged() { [ "$(lab_status "$1" | jget "$2.mr[name=guest2].status")" = 132 ]; }

lab_up
lab_guest_add 1 A
lab_guest_add 2 A
lab_agents

ok 'registered' lab_wait 20 lab_is_active A 1
ok 'the guest has an address' lab_wait 20 lab_guest_ready 1
ok 'the guest reaches its correspondent' lab_wait 10 on guest1 ping -q -c 1 -W 1 "$LAB_CN"
ok 'the home address is reached' lab_wait 10 on cn ping -q -c 1 -W 1 "$(lab_hoa 1)"
is 'one route for all of the aggregate' "$(routes)" "2001:db8:100::/40 $(lab_hoa 2)"
is 'the home agent answers for no address on its link' "$(ip -n ha -6 neigh show proxy)" ''

ok 'a home address elsewhere: refused, 132' lab_wait 20 judged ha .ha
ok '... the host knows' lab_wait 10 judged hostA .host
ok '... and says what to do' grep -q 'guest2: .*(132); hoa must be in' "$LAB_RUN/hostA.log"
ok '... as the home agent has from the start' grep -q 'guest2: .*will be refused (132)' "$LAB_RUN/ha.log"
is '... nothing is bound' "$(ctl ha -j ha show | jq -r '.[].name')" guest1
is '... the host does not serve it' "$(lab_mr A 2 .state)" activating
plan
