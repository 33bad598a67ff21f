#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The end markers of announced handovers, without agents: some are lost, some are none.
set -eu
# shellcheck source=tests/lab/lab.sh
source "$(dirname "$0")/../lab/lab.sh"
# shellcheck source=tests/lab/announced.sh
source "$LAB/announced.sh"

# markers_lost DEV - none gets through core that comes in there, until `nft delete`
markers_lost() {
	on core nft -f - <<-END
	table ip6 lost {
		counter markers { }
		chain forward {
			type filter hook forward priority 1;
			iifname $1 ip6 nexthdr 41 @nh,368,8 59 counter name markers drop
		}
	}
	END
}

were_lost() {
	on core nft list counter ip6 lost markers | awk '/packets/ { print $2 }'
	on core nft delete table ip6 lost
}

announced_up

# No marker: neither to the old host nor, on the way back, from it to the new one
for case in "A B ha 100" "B A hostB 2000"; do
	read -r from to dev pps <<< "$case"
	set_mr "$to" marker-timeout 300
	markers_lost "$dev"
	streams "$pps"
	announced "$from" "$to" marker-timeout
	unharmed "marker lost behind $dev"
	is "... and host $to let go by itself" "$MISSED $(due "$to") $(were_lost)" " false 1"
	set_mr "$to" marker-timeout $PATIENCE
done

# Markers that are none
streams 100
prepare A B
leave A
lab_settle
lab_move A B
ok "the guest's first frame on the prepared host opens the uplink" lab_wait 10 in_state B active
is "... and a marker is due" "$(due B)" true
spoofed=$(lab_drops ha spoofed)
send_marker core - - $((SEQ + 1))
send_marker core - - $((SEQ + 1)) "$GUEST"
more_spoofed() { [ "$(lab_drops ha spoofed)" = $((spoofed + 2)) ]; }
ok "the home agent drops markers from outside" lab_wait 5 more_spoofed
before=$(noticed B marker)
send_marker hostA "${COA[A]}" "${COA[B]}" $SEQ
send_marker hostA "${COA[A]}" "${COA[B]}" $((SEQ - 1))
on hostA ping -c 2 -i 0.2 "${COA[B]}" > /dev/null
is "a marker of an older handover releases nothing" "$(due B) $(noticed B marker)" "true $before"
bind A B
ok "the right one does" lab_wait 10 noticed_more B marker "$before"
set_mr A state standby
unharmed "false markers"

# What the marker is for: the way by B is long, that to A short
delay B 250
delay A 2
set_mr A marker-timeout 0
streams 500
announced B A marker-timeout
lab_streams_stop 500
ok "without waiting for it, packets overtake others" \
	test "$(jq .reordered "$LAB_RUN/down1.json")" -gt 0

announced_end
