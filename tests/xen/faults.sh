#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# xl migrate goes wrong, or something dies on the way: the guest that lives on is served, once.
#
#   scripts/xen-lab tests/xen/faults.sh [CELL...]
set -u
here=$(dirname "$0")/../lab
# shellcheck source=tests/lab/lab.sh
source "$here/lab.sh"
# shellcheck source=tests/lab/handover.sh
source "$here/handover.sh"
# shellcheck source=tests/lab/xen.sh
source "$here/xen.sh"

RTT_MS=10
AT=A TO=B	# the guest is on $AT, and goes to $TO

state() { ctl "host$1" -j mr show guest1 | jq -r '.[0].state'; }
# A host that is prepared anew, since the other has not given up, serves nobody.
served() { [[ "$(state "$1") $(state "$2")" =~ ^"active "(standby|prepared)$ ]]; }
coming() { [ "$(state "$TO")" = prepared ]; }
leaving() { [ "$(state "$AT")" = leaving ]; }
bound() { ctl ha -j ha show | jq -e ".[0].coa == \"$(ip_text "$1")\"" > /dev/null; }
ip_text() { python3 -c 'import ipaddress, sys; print(ipaddress.ip_address(sys.argv[1]))' "$(lab_coa "$1")"; }
arrives() { [ "$(state "$TO")" = active ]; }

# owners - who has had the binding since begin: "A", or "A B"
owners() {
	{
		ip_text $AT
		tail -n +"$((EVENTS + 1))" "$LAB_RUN/ha.events" | jq -r '.coa // empty'
	} | uniq | while read -r coa; do
		for h in A B; do
			[ "$coa" != "$(ip_text "$h")" ] || echo "$h"
		done
	done | xargs
}

# reached NAME - what it took on the new host; a benchmark
reached() {
	agent "$TO" -j mr timeline guest1 | jq -r --arg name "$1" --arg rtt "$RTT_MS" '
		[.handovers[] | select(.role == "new")] | last // empty | .outcome as $outcome |
		[.steps[] | { (.step): .time_ns }] | add |
		def ms($to): if .[$to] and ."first-frame"
			then (.[$to] - ."first-frame") / 1e5 | round / 10 else "-" end;
		"# \($name): \($outcome); first frame to open uplink \(ms("uplink-open")) ms, " +
		"to acknowledgement \(ms("ba")) ms; round trip \($rtt) ms"'
}

swap() {
	local h=$AT
	AT=$TO TO=$h
}

# The records of all that follows begin here.
begin() {
	local h
	CELL=$LAB_RUN/cell EVENTS=$(wc -l < "$LAB_RUN/ha.events")
	rm -rf "$CELL"
	mkdir "$CELL"
	kill -HUP "$UP_RX" "$DOWN_TX"
	sleep 0.5
	: > "$LAB_RUN/up.rx"
	: > "$LAB_RUN/down.tx"
	# shellcheck disable=SC2016 # expanded in the guest
	xen_guest 'kill -HUP $(cat /down.pid) $(cat /up.pid); usleep 300000; : > /down.rx; : > /up.tx'
	for h in A B; do
		echo "$h $(xen_ahead $h | cut -d ' ' -f 1)" >> "$CELL/ahead"
		xen_watch $h
		vifs $h
	done
	sleep 1
}

vifs() {
	local v
	for v in $(xen_on "$1" sh -c 'cat /sys/class/net/vif*/ifindex 2> /dev/null'); do
		echo "$1:$v" >> "$CELL/vifs"
	done
}

# end - and what became of the packets
end() {
	local h
	sleep 2
	for h in A B; do
		vifs $h
		xen_watched $h "$CELL/$h.pcap" 2> /dev/null
	done
	kill -HUP "$UP_RX" "$DOWN_TX"
	# shellcheck disable=SC2016 # expanded in the guest
	xen_guest 'kill -HUP $(cat /down.pid); usleep 500000; cat /down.rx' > "$CELL/down.rx"
	cp "$LAB_RUN/up.rx" "$LAB_RUN/down.tx" "$CELL/"
	RESULT=$(PYTHONPATH=$LAB python3 "$LAB/xen_cell.py" "$CELL")
	echo "# $RESULT"
	mkdir -p "/mnt/$1"
	cp "$CELL"/* "/mnt/$1/"
}

result() { jq -r "$1" <<< "$RESULT"; }

# kept NAME HOST OTHER - the guest is on HOST, and only there; nothing of it was lost, and nothing
# doubled.
kept() {
	ok "$1: $2 serves the guest, $3 does not" lab_wait 30 served "$2" "$3"
	ok "$1: the home agent has it on $2" lab_wait 10 bound "$2"
	ok "$1: the correspondent reaches the guest" lab_wait 20 xen_guest true
	is "$1: who had the binding" "$(owners)" "$AT$([ "$2" = $AT ] || echo " $2")"
	[ "$2" = $AT ] || reached "$1"
	end "$1"
	is "$1: of the guest's packets lost, doubled, out of order" \
		"$(result '"\(.up.lost) \(.up.duplicated) \(.up.reordered)"')" "0 0 0"
	is "$1: of those to the guest doubled, out of order" \
		"$(result '"\(.down.duplicated) \(.down.reordered)"')" "0 0"
}

# ... and nothing that was sent to it was lost either
kept_whole() {
	kept "$@"
	is "$1: of those to the guest lost" "$(result .down.lost)" 0
}

announced() {
	agent $AT -j mr timeline guest1 |
		jq -e '.handovers[-1] | .role == "old" and
			(.steps | any(.step == "pause") and any(.step == "forward"))' > /dev/null
}

# start [SCRIPT] - xl migrate, in the background
start() {
	xen_migrate $AT $TO "${1:-vif-nemo}" > "$LAB_RUN/xl.log" 2>&1 &
	XL=$!
}

# ended OK|not
ended() {
	local rc=0
	wait "$XL" || rc=$?
	case $1 in
	ok) is "$2: xl migrate" $rc 0 ;;
	*) ok "$2: xl migrate fails" test $rc != 0 ;;
	esac
	sed 's/^/# xl: /' "$LAB_RUN/xl.log"
}

# restart HOST nemod|nemo-xen - as systemd would after kill -9
restart() {
	xen_end "$1" "$2" KILL
	case $2 in
	nemod) xen_spawn "$1" nemod nemod ;;
	nemo-xen) xen_spawn "$1" nemo-xen nemo-xen -d ;;
	esac
}

boot_id() { xen_on "$1" cat /proc/sys/kernel/random/boot_id; }
booted() {
	local id
	id=$(boot_id "$1") && [ "$id" != "$BOOT" ]
}

# reset HOST - its power fails for a moment
reset() {
	BOOT=$(boot_id "$1")
	xen_on "$1" bash -c 'echo 1 > /proc/sys/kernel/sysrq
		(sleep 0.5; echo b > /proc/sysrq-trigger) > /dev/null 2>&1 &'
}

revive() {
	lab_wait 300 booted "$1" || return
	xen_clock "$1"
	xen_agents "$1"
}

# Memory is short on the new host: no domain is made, or it goes again at once.
cell_early() {
	xen_on $TO bash -c "sed 's/^name.*/name = \"hog\"/; s/^uuid.*//; s/^memory.*/memory = 400/; s/^vif.*//' \
		/etc/xen/vif-nemo.cfg > /run/hog.cfg; xl create -p /run/hog.cfg" > /dev/null
	begin
	start
	ended not early
	kept_whole early $AT $TO
	xen_on $TO xl destroy hog
}

# The vif cannot be attached on the new host, while the guest is paused.
cell_late() {
	xen_on $AT bash -c "sed 's/bridge=br0/bridge=br9/' /etc/xen/vif-nemo.cfg > /etc/xen/no-bridge.cfg"
	begin
	start no-bridge
	ended not late
	kept_whole late $AT $TO
}

# The copy ends half-way: no memory has to be short for that.
cell_copy_dies() {
	begin
	start
	ok "copy_dies: prepared" lab_wait 60 coming
	# shellcheck disable=SC2016 # expanded there
	xen_on $AT bash -c 'kill -KILL $(pidof libxl-save-helper)'
	ended not copy_dies
	kept_whole copy_dies $AT $TO
}

restart_all() {
	local h
	for h in A B; do
		restart $h nemod
		restart $h nemo-xen
	done
}

cell_all_before() {
	restart_all
	begin
	start
	ended ok all_before
	kept_whole all_before $TO $AT
	swap
}

cell_all_after() {
	begin
	start
	ok "all_after: the guest is on $TO" lab_wait 120 arrives
	restart_all
	ended ok all_after
	kept_whole all_after $TO $AT
	swap
}

cell_agent_new_copy() {
	begin
	start
	ok "agent_new_copy: prepared" lab_wait 60 coming
	restart $TO nemod
	ended ok agent_new_copy
	kept agent_new_copy $TO $AT
	swap
}

cell_agent_old_copy() {
	begin
	start
	ok "agent_old_copy: prepared" lab_wait 60 coming
	restart $AT nemod
	ended ok agent_old_copy
	kept_whole agent_old_copy $TO $AT
	swap
}

# vif-bridge is slow: time to act in the pause
cell_agent_old_pause() {
	begin
	start vif-bridge
	ok "agent_old_pause: left" lab_wait 60 leaving
	restart $AT nemod
	ended ok agent_old_pause
	kept_whole agent_old_pause $TO $AT
	swap
}

cell_agent_new_pause() {
	begin
	start vif-bridge
	ok "agent_new_pause: left" lab_wait 60 leaving
	restart $TO nemod
	ended ok agent_new_pause
	kept_whole agent_new_pause $TO $AT
	swap
}

cell_source_events() {
	begin
	start
	ok "source_events: prepared" lab_wait 60 coming
	restart $AT nemo-xen
	restart $TO nemo-xen
	ended ok source_events
	kept_whole source_events $TO $AT
	swap
}

# silent NAME HOST - nobody there says anything
silent() {
	begin
	xen_end "$2" nemo-xen KILL
	start
	ended ok "$1"
	kept "$1" $TO $AT
	xen_spawn "$2" nemo-xen nemo-xen -d
	swap
}

# Nobody asks: unannounced
cell_no_events_new() { silent no_events_new $TO; }

# ... but the hook of vif-bridge, in the pause: the guest, which has stopped, leaves then
cell_hook() {
	local dir=/etc/xen/scripts/vif-post.d
	xen_on $TO install -D -m 755 /usr/share/doc/nemo/examples/nemo.hook $dir/nemo.hook
	begin
	xen_end $TO nemo-xen KILL
	start vif-bridge
	ended ok hook
	ok "hook: the guest had stopped, and left when the new host was prepared" announced
	kept hook $TO $AT
	xen_on $TO rm -r $dir
	xen_spawn $TO nemo-xen nemo-xen -d
	swap
}

# Prepared, and nobody says that the guest pauses: its interface does, when it goes away.
cell_no_events_old() { silent no_events_old $AT; }

# Nobody says anything: unannounced
cell_no_events() {
	begin
	xen_end A nemo-xen KILL
	xen_end B nemo-xen KILL
	start
	ended ok no_events
	kept no_events $TO $AT
	swap
	xen_spawn A nemo-xen nemo-xen -d
	xen_spawn B nemo-xen nemo-xen -d
}

# One mobile router for all guests of the host, which are migrated one after the other
cell_all_guests() {
	local h other
	other=$(lab_guest_addr 1)
	other=${other%1}2
	for h in A B; do
		# shellcheck disable=SC2016 # expanded there
		xen_on $h bash -c 'sed -i "/^attachment/a xen = all" /etc/nemo/nemo.conf
			kill -HUP "$(cat /run/nemo-xen.pid)"'
	done
	xen_on $AT bash -c 'sed "s/^name.*/name = \"other\"/; s/^uuid.*//; s/00:01,bridge/00:02,bridge/" \
		/etc/xen/vif-nemo.cfg > /etc/xen/other.cfg; xl create /etc/xen/other.cfg'
	ok "all_guests: a second one starts" lab_wait 120 xen_at "$other" true
	# shellcheck disable=SC2016 # expanded in the guest
	xen_at "$other" 'kill $(cat /up.pid)'	# the records are of one guest
	begin
	start
	ended ok all_guests
	kept all_guests $TO $AT
	ok "all_guests: the other follows" xen_migrate $AT $TO other other
	ok "all_guests: and is reached" lab_wait 20 xen_at "$other" true
	ok "all_guests: the first one, too" xen_guest true
	ok "all_guests: $TO serves them, $AT does not" served $TO $AT
	xen_on $TO xl destroy other
	for h in A B; do
		# shellcheck disable=SC2016 # expanded there
		xen_on $h bash -c 'sed -i "/^xen = all/d" /etc/nemo/nemo.conf
			kill -HUP "$(cat /run/nemo-xen.pid)"'
	done
	swap
}

# Xen 3.2 came to its end at 128.
cell_domids() {
	local h i
	for h in A B; do
		ok "domids: $h has had 300 domains" xen_on $h domains 300
	done
	for i in 1 2; do
		begin
		start
		ended ok "domids $i"
		ok "domids $i: the guest's is higher on $TO" test "$(xen_on $TO xl domid guest1)" -gt 300
		kept_whole "domids $i" $TO $AT
		swap
	done
}

cell_target_dies() {
	begin
	start
	ok "target_dies: prepared" lab_wait 60 coming
	reset $TO
	sleep 5
	ok "target_dies: $TO comes back" revive $TO
	ended not target_dies
	kept_whole target_dies $AT $TO
}

cell_source_dies() {
	begin
	start
	ok "source_dies: the guest is on $TO" lab_wait 120 arrives
	reset $AT
	kill "$XL"
	wait "$XL"
	ok "source_dies: the guest is reached without $AT" lab_wait 20 xen_guest true
	ok "source_dies: $AT comes back" revive $AT
	ok "source_dies: $TO serves the guest, $AT does not" lab_wait 30 served $TO $AT
	ok "source_dies: the home agent has it on $TO" lab_wait 10 bound $TO
	is "source_dies: who had the binding" "$(owners)" "$AT $TO"
	reached source_dies
	xen_end $TO capture	# the other one has died with its host
	swap
}

cells=("$@")
[ $# != 0 ] || cells=(early late copy_dies all_before agent_new_copy agent_old_copy agent_old_pause
	agent_new_pause all_after source_events no_events_new hook no_events_old no_events
	all_guests domids target_dies source_dies)

xen_up || exit 1
xen_delay
xen_all_agents || exit 1
lab_spawn ha ha.events "$BUILD/nemoctl" -j monitor ha
lab_spawn cn up.log "$BUILD/lab/nstream" recv 5001 "$LAB_RUN/up.rx"
UP_RX=$LAB_PID
ok "the guest starts on A" xen_create A
ok "A serves it" lab_wait 20 served A B
lab_spawn cn down.log "$BUILD/lab/nstream" send "$(lab_guest_addr 1)" 5002 100 "$LAB_RUN/down.tx"
DOWN_TX=$LAB_PID
sleep 2
for cell in "${cells[@]}"; do
	echo "# $SECONDS s: $cell, $AT to $TO"
	"cell_$cell"
done
for h in A B; do
	for log in nemod nemo-xen; do
		xen_on $h cat /run/$log.log | sed "s/^/# $h $log: /"
	done
done
plan
