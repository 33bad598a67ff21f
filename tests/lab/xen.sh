# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
#
# xen.sh - the network of lab.sh, but the hosts are two real Xen hosts (sourced after lab.sh
# and handover.sh, in the machine of scripts/xen-lab). What the lab does to a host goes to its
# dom0, as root, over the host's own link.
#
# The guest is a paravirtualised domain that is all in memory; what starts a move is xl migrate.

XEN_PORT=7
LAB_GUESTS=(1)

# xen_number HOST - 1 or 2
xen_number() {
	case $1 in
	A) echo 1 ;;
	B) echo 2 ;;
	esac
}

lab_coa() { echo "$(lab_host_net "$1")::5054:ff:fe0$(xen_number "$1"):1"; }

# xen_on HOST COMMAND... - in its dom0; 255 if it does not answer, or dies meanwhile
xen_on() {
	local out rc alive=keepalive,keepidle=10,keepintvl=5,keepcnt=4
	out=$(mktemp "$LAB_RUN/on.XXXXXX")
	printf '%q ' "${@:2}" | "$BUILD/lab/on" core socat -t 900 - \
		"TCP6:[$(lab_coa "$1")]:$XEN_PORT,connect-timeout=5,$alive" > "$out" 2> /dev/null
	rc=$(tail -c 4 "$out")
	head -c -9 "$out"
	rm -f "$out"
	[ -n "$rc" ] || return 255
	return "$((10#$rc))"
}

# on NS COMMAND... - where NS may be a Xen host
on() {
	case $1 in
	hostA | hostB) xen_on "${1#host}" "${@:2}" ;;
	*) "$BUILD/lab/on" "$@" ;;
	esac
}

agent() { xen_on "$1" nemoctl "${@:2}"; }

ctl() {
	case $1 in
	hostA | hostB) xen_on "${1#host}" nemoctl "${@:2}" ;;
	*) "$BUILD/nemoctl" -n "$@" ;;
	esac
}

lab_status() {
	case $1 in
	hostA | hostB) xen_on "${1#host}" nemoctl -j status ;;
	*) "$BUILD/nemoctl" -S "$LAB_RUN/$1.sock" -j status ;;
	esac
}

# xen_spawn HOST LOG COMMAND... - a daemon in its dom0; its process is in /run/LOG.pid
xen_spawn() {
	# shellcheck disable=SC2016 # expanded there
	xen_on "$1" bash -c 'log=$1; shift; setsid "$@" < /dev/null >> "/run/$log.log" 2>&1 &
		echo $! > "/run/$log.pid"' bash "${@:2}"
}

# xen_end HOST LOG [SIGNAL]
xen_end() {
	# shellcheck disable=SC2016 # expanded there
	xen_on "$1" bash -c 'pid=$(cat "/run/$1.pid") || exit; kill "-$2" "$pid"
		while [ -d "/proc/$pid" ]; do sleep 0.05; done' bash "$2" "${3:-TERM}"
}

# xen_put HOST FILE - standard input goes there, readable by root alone
xen_put() {
	xen_on "$1" bash -c "umask 077; mkdir -p '${2%/*}'; printf %s '$(base64 -w 0)' | base64 -d > '$2'"
}

lab_host() {
	local mac dev
	case $1 in
	A) mac=52:54:00:0a:00:01 ;;
	B) mac=52:54:00:0b:00:01 ;;
	esac
	dev=$(ip -j link | jq -r ".[] | select(.address == \"$mac\") | .ifname")
	ip link set "$dev" netns core name "host$1"
	ip -n core link set "host$1" up
	ip -n core addr add "$(lab_host_net "$1")::1/64" dev "host$1"
}

# Half of the round trip each way, both in this machine: a dom0 that shares its processor with a
# guest has late timers. What comes from a host is captured before it waits.
xen_delay() {
	local h
	[ "$RTT_MS" != 0 ] || return 0
	for h in A B; do
		lab_delay core "host$h"
		ip -n core link add "from$h" up type ifb
		lab_delay core "from$h"
		tc -n core qdisc add dev "host$h" ingress
		tc -n core filter add dev "host$h" ingress matchall \
			action mirred egress redirect dev "from$h"
	done
}

# xen_ahead HOST - its clock, before this machine's: "AHEAD ROUNDTRIP", ns
xen_ahead() {
	"$BUILD/lab/on" core "$BUILD/lab/clock" ask "$(lab_coa "$1")" 7
}

# xen_clock HOST - set as this machine's
xen_clock() {
	local ahead
	read -r ahead _ < <(xen_ahead "$1")
	xen_on "$1" clock step "$((-ahead))"
}

# The network, and both hosts up in it
xen_up() {
	local h
	trap lab_down EXIT
	mkdir -p "$LAB_RUN"
	modprobe -a virtio_net sch_netem sch_ingress ifb cls_matchall act_mirred
	lab_modules || return 1
	lab_core
	lab_stamps
	for h in A B; do
		lab_host $h
	done
	lab_radvd
	for h in A B; do
		lab_wait 300 xen_on $h true || { echo "# host$h does not answer"; return 1; }
		xen_clock $h
	done
}

# xen_agents HOST - nemod and nemo-xen there
xen_agents() {
	local key
	for key in "$LAB_RUN/guest1.key" "$LAB_RUN/peers-A-B.key"; do
		xen_put "$1" "/etc/nemo/${key##*/}" < "$key"
	done
	lab_config "host$1" | sed "/^socket = /d; s,$LAB_RUN/,/etc/nemo/," |
		xen_put "$1" /etc/nemo/nemo.conf
	xen_on "$1" mkdir -p /run/nemo
	xen_spawn "$1" nemod nemod
	lab_wait 30 agent "$1" status || { xen_on "$1" cat /run/nemod.log; return 1; }
	xen_spawn "$1" nemo-xen nemo-xen -d
}

# xen_all_agents - the home agent's and the hosts'
xen_all_agents() {
	lab_keys
	lab_agent ha
	xen_agents A
	xen_agents B
}

# xen_at ADDRESS COMMAND - in a guest's shell, from the correspondent
xen_at() {
	"$BUILD/lab/on" cn socat -t 20 - "TCP6:[$1]:7,connect-timeout=5" <<< "${*:2}; exit"
}

xen_guest() { xen_at "$(lab_guest_addr 1)" "$@"; }

# xen_create HOST - the guest starts there
xen_create() {
	xen_on "$1" xl create /etc/xen/vif-nemo.cfg
	lab_wait 120 xen_guest true
}

# xen_migrate FROM TO [SCRIPT [GUEST]] - what an administrator types; SCRIPT is the vif's (vif-nemo)
xen_migrate() {
	xen_on "$1" xl migrate -C "/etc/xen/${3:-vif-nemo}.cfg" -s '' "${4:-guest1}" \
		"exec socat -b 262144 - TCP:10.9.0.$(xen_number "$2"):8002"
}

# xen_vif HOST - the guest's vif there, its ifindex; nothing if there is none
xen_vif() {
	xen_on "$1" sh -c 'cat /sys/class/net/vif*/ifindex 2> /dev/null | sort -n | tail -n 1'
}

# xen_watch HOST - starts a capture of the numbered packets, the film and what announces a
# guest, on all its interfaces
xen_watch() {
	xen_spawn "$1" capture tcpdump -Z root -i any -y LINUX_SLL2 -B 8192 -s 96 \
		-w /run/capture.pcap '(udp and portrange 5001-5004) or icmp6 or arp'
}

# xen_watched HOST FILE - ends it, and fetches it; no file if the host has lost it
xen_watched() {
	# shellcheck disable=SC2016 # expanded there
	xen_on "$1" bash -c 'pid=$(< /run/capture.pid) || exit; kill "$pid"
		while [ -d "/proc/$pid" ]; do sleep 0.05; done; cat /run/capture.pcap' > "$2" || rm -f "$2"
}

# xen_usage HOST - what a leak would show in, JSON, kB; the kernel's caches are given back first
xen_usage() {
	# shellcheck disable=SC2016 # expanded there
	xen_on "$1" bash -c 'echo 2 > /proc/sys/vm/drop_caches
		kb() { sed -n "s/^$1:[^0-9]*\([0-9]*\) kB/\1/p" "$2"; }
		echo "{\"slab_kb\":$(kb Slab /proc/meminfo),\"xenstore_nodes\":$(xenstore-ls -f | wc -l),\
			\"nemod_kb\":$(kb VmRSS /proc/$(< /run/nemod.pid)/status),\
			\"nemo_xen_kb\":$(kb VmRSS /proc/$(< /run/nemo-xen.pid)/status)}"
		cat /proc/slabinfo' |
		# a cache's slabs, of so many pages each: slabinfo(5)
		jq -Rn '[inputs] | (.[0] | fromjson) + { caches_kb: .[3:] | map([scan("\\S+")] |
			{ (.[0]): ((.[5] | tonumber) * (.[14] | tonumber) * 4) }) | add }'
}
