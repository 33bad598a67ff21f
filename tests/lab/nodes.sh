# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
#
# nodes.sh - nemo on the lab's nodes (sourced by lab.sh): with agents, as in
# operation, or set up by hand with nemoctl, so that the kernel's part can be tested alone.

LAB_MTU=1460
LAB_GATEWAY_MAC=02:00:5e:00:01:fe
LAB_MR_OPTIONS=${LAB_MR_OPTIONS:-}	# more lines for each [mr] section
LAB_HA_OPTIONS=${LAB_HA_OPTIONS:-}	# … and for [ha]
declare -A LAB_AGENT	# node: its agent's process
declare -A LAB_WAKES	# node: how often its agent woke up
declare -a LAB_AT	# guest: host it is on

# lab_peer_key HOST HOST - the file that the two share
lab_peer_key() {
	if [[ $1 < $2 ]]; then
		echo "$LAB_RUN/peers-$1-$2.key"
	else
		echo "$LAB_RUN/peers-$2-$1.key"
	fi
}

# lab_peers HOST - every other host, for announced handovers
lab_peers() {
	local h coa
	for h in $LAB_HOSTS; do
		coa=$(lab_coa "$h")
		if [ "$h" = "$1" ] || [ -z "$coa" ]; then
			continue
		fi
		echo "[peer host$h]"
		echo "address = $coa"
		echo "key-file = $(lab_peer_key "$1" "$h")"
		echo "spi = 1000"
	done
}

# lab_config NODE - of an agent
lab_config() {
	local n
	echo "[nemod]"
	echo "socket = $LAB_RUN/$1.sock"
	case $1 in
	ha)
		echo "[ha]"
		echo "address = $LAB_HA"
		[ -z "$LAB_HA_OPTIONS" ] || echo "$LAB_HA_OPTIONS" ;;
	*)
		echo "[host]"
		echo "interface = eth0"
		lab_peers "${1#host}" ;;
	esac
	for n in "${LAB_GUESTS[@]}"; do
		echo "[mr guest$n]"
		echo "hoa = $(lab_hoa "$n")"
		echo "mnp = $(lab_mnp "$n")"
		echo "home-agent = $LAB_HA"
		echo "key-file = $LAB_RUN/guest$n.key"
		echo "spi = $((256 + n))"
		[ "$1" = ha ] || echo "attachment = $(lab_attachment "$n")"
		[ "$1" = ha ] || [ ${#LAB_GUESTS[@]} = 1 ] || echo "guest = $(lab_mac "$n")"
		[ -z "$LAB_MR_OPTIONS" ] || echo "$LAB_MR_OPTIONS"
	done
}

lab_key() {
	[ -e "$1" ] || (umask 077; od -An -tx1 -N32 /dev/urandom | tr -d ' \n' > "$1")
}

lab_keys() {
	local n h k
	for n in "${LAB_GUESTS[@]}"; do
		lab_key "$LAB_RUN/guest$n.key"
	done
	for h in $LAB_HOSTS; do
		for k in $LAB_HOSTS; do
			[ "$h" = "$k" ] || lab_key "$(lab_peer_key "$h" "$k")"
		done
	done
}

# lab_agent NODE - starts its agent; when it answers, it has adopted what there was
lab_agent() {
	lab_config "$1" > "$LAB_RUN/$1.conf"
	chmod 600 "$LAB_RUN/$1.conf"
	lab_spawn "$1" "$1.log" "$BUILD/nemod" -c "$LAB_RUN/$1.conf"
	LAB_AGENT[$1]=$LAB_PID
	lab_wait 20 lab_status "$1" || { sed 's/^/# /' "$LAB_RUN/$1.log"; return 1; }
}

# lab_agents - on the home agent and every host
lab_agents() {
	local h
	lab_keys
	lab_agent ha || return 1
	for h in $LAB_HOSTS; do
		lab_agent "host$h" || return 1
	done
}

# lab_crash NODE - its agent dies without a word
lab_crash() {
	kill -9 "${LAB_AGENT[$1]}"
	wait "${LAB_AGENT[$1]}" 2> /dev/null || true
}

# lab_rss NODE - memory of its agent, KiB
lab_rss() {
	awk '/^VmRSS/ { print $2 }' "/proc/${LAB_AGENT[$1]}/status"
}

# lab_sleeps NODE - how often the threads of its agent went to sleep so far
lab_sleeps() {
	awk '/^voluntary_ctxt_switches/ { n += $2 } END { print n }' \
		"/proc/${LAB_AGENT[$1]}/task/"*/status
}

# lab_wakes SECONDS NODE... - how often their agents wake up meanwhile; in LAB_WAKES
lab_wakes() {
	local node
	for node in "${@:2}"; do
		LAB_WAKES[$node]=$(lab_sleeps "$node")
	done
	sleep "$1"
	for node in "${@:2}"; do
		LAB_WAKES[$node]=$(($(lab_sleeps "$node") - LAB_WAKES[$node]))
	done
}

# lab_status NODE - what its agent says, JSON
lab_status() {
	"$BUILD/nemoctl" -S "$LAB_RUN/$1.sock" -j status
}

# lab_mr HOST N FIELD - of a mobile router, e.g. .state
lab_mr() {
	ctl "host$1" -j mr show "guest$2" | jget ".[0]$3"
}

lab_is_active() {
	[ "$(lab_mr "$1" "${2:-1}" .state)" = active ]
}

# lab_drops NS KIND REASON - the counter of the node's device
lab_drops() {
	ctl "$1" -j link show | jget ".[0].drops.$2"
}

# What an agent does once for a host, by hand.
lab_static_host() {
	local ns=host$1
	ctl "$ns" link add nemo0 type mr
	ip -n "$ns" link set nemo0 up
	ip -n "$ns" -6 rule add iif nemo0 lookup 9002
	ip -n "$ns" -6 route add default dev nemo0 table 9001
	# what comes out of the tunnel goes to a guest, or nowhere
	ip -n "$ns" -6 route add unreachable default table 9002
}

# lab_static_gateway HOST DEV - ... and for an attachment
lab_static_gateway() {
	local ns=host$1 dev=$2
	ip -n "$ns" link set "$dev" address "$LAB_GATEWAY_MAC"
	ip -n "$ns" addr replace fe80::1/64 dev "$dev" nodad
	ip -n "$ns" -6 rule show iif "$dev" | grep -q 9001 ||
		ip -n "$ns" -6 rule add iif "$dev" lookup 9001
}

# lab_static_mr HOST N - one mobile router on a host, in standby
lab_static_mr() {
	local ns=host$1 n=$2 mac=()
	[ ${#LAB_GUESTS[@]} = 1 ] || mac=(guest "$(lab_mac "$n")")
	ctl "$ns" mr add "guest$n" dev nemo0 hoa "$(lab_hoa "$n")" ha "$LAB_HA" \
		coa "$(lab_coa "$1")" mnp "$(lab_mnp "$n")" attachment "$(lab_attachment "$n")" \
		trigger on "${mac[@]}"
	ip -n "$ns" -6 route add "$(lab_mnp "$n")" dev "$(lab_attachment "$n")" table 9002
}

# lab_static_bind HOST N SEQ - what a Binding Update would do, on both sides
lab_static_bind() {
	ctl ha ha bind "$(lab_hoa "$2")" name "guest$2" dev nemo-ha0 local "$LAB_HA" \
		coa "$(lab_coa "$1")" mnp "$(lab_mnp "$2")" seq "$3" lifetime 600
	[ "$(lab_mr "$1" "$2" .state)" = activating ] || ctl "host$1" mr set "guest$2" state activating
	ctl "host$1" mr set "guest$2" state active seq "$3" lifetime 600
	ip -n "host$1" -6 route replace "$(lab_mnp "$2")" dev "$(lab_attachment "$2")"
}

# lab_static_guest N - its address, and the home agent's routes to it
lab_static_guest() {
	local n=$1
	ip -n ha route add "$(lab_mnp "$n")" dev nemo-ha0
	ip -n ha route add "$(lab_hoa "$n")" dev nemo-ha0
	ip -n "guest$n" link set eth0 mtu "$LAB_MTU"
	ip -n "guest$n" addr add "$(lab_guest_addr "$n")/64" dev eth0 nodad
	ip -n "guest$n" route add default via fe80::1 dev eth0
}

# lab_static - home agent, hosts and guests without any agent; each guest is served where it is
lab_static() {
	local h n
	ctl ha link add nemo-ha0 type ha
	ip -n ha link set nemo-ha0 up
	for h in $LAB_HOSTS; do
		lab_static_host "$h"
		for n in "${LAB_GUESTS[@]}"; do
			lab_static_gateway "$h" "$(lab_attachment "$n")"
		done
	done
	for n in "${LAB_GUESTS[@]}"; do
		lab_static_guest "$n"
		for h in $LAB_HOSTS; do
			lab_static_mr "$h" "$n"
		done
		lab_static_bind "${LAB_AT[n]}" "$n" 1
	done
}
