# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
#
# lab.sh - the paper's network in namespaces (sourced, as root, in a machine that may
# load modules: scripts/vm).
#
#               cn                     correspondent   2001:db8:c::10
#                |
#   guest1     core ─── ha             home agent      2001:db8:f::1
#     ║        /  \
#    br0 hostA    hostB                2001:db8:1a::/64, 2001:db8:1b::/64, SLAAC
#
# Guest N has mobile network prefix 2001:db8:100:N::/64 and home address
# 2001:db8:f:1::N; core routes 2001:db8:100::/40 and 2001:db8:f:1::/64 to ha. core
# sends RAs to the hosts every 3 to 4 s and forwards only what has a source of the link
# it comes from: a guest's packet that is not tunnelled does not get through, as on
# the Internet.
#
# Set before lab_up: LAB_HOSTS ("A B"), RTT_MS (0) between a host and the home agent.
# Everything is in /run/nemo-lab; lab_down, also on exit, leaves nothing behind, but a
# copy of logs and records in /mnt/keep if there is such a directory.

LAB=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
TOP=$(cd "$LAB/../.." && pwd)
BUILD=$TOP/build
LAB_RUN=/run/nemo-lab
LAB_HOSTS=${LAB_HOSTS:-A B}
LAB_GUESTS=()
LAB_PIDS=()
LAB_MOVES=()
LAB_SEND=() LAB_RECV=()
RTT_MS=${RTT_MS:-0}
PAUSE_MS=${PAUSE_MS:-50}

LAB_CN=2001:db8:c::10
LAB_HA=2001:db8:f::1

# shellcheck source=tests/lab/ktap.sh
source "$LAB/ktap.sh"
# shellcheck source=tests/lab/nodes.sh
source "$LAB/nodes.sh"

# on NS COMMAND...
on() {
	"$BUILD/lab/on" "$@"
}

# jget PATH [FILE] - one value of a JSON text
jget() {
	"$BUILD/lab/jget" "$@"
}

ctl() {
	local ns=$1
	shift
	"$BUILD/nemoctl" -n "$ns" "$@"
}

# lab_spawn NS LOG COMMAND... - in the background, ended by lab_down; the id is in LAB_PID
lab_spawn() {
	local ns=$1 log=$2
	shift 2
	"$BUILD/lab/on" "$ns" "$@" > "$LAB_RUN/$log" 2>&1 &
	LAB_PID=$!
	LAB_PIDS+=("$LAB_PID")
}

lab_host_net() { echo "2001:db8:1${1,,}"; }
lab_mnp() { printf '2001:db8:100:%x::/64' "$1"; }
lab_hoa() { printf '2001:db8:f:1::%x' "$1"; }
lab_mac() { printf '52:54:00:00:%02x:%02x' $(($1 >> 8)) $(($1 & 255)); }
lab_guest_addr() { printf '2001:db8:100:%x:5054:ff:fe00:%x' "$1" "$1"; }

# lab_bridge N, lab_attachment N - the bridge that a guest's interface is a port of on every
# host ("-": none), and the interface that its mobile router is tied to. A scenario that
# wants others has its own functions.
lab_bridge() { echo br0; }
lab_attachment() { echo br0; }

# lab_sysctl NS NAME=VALUE... - below net.ipv6.conf
lab_sysctl() {
	local ns=$1
	shift
	# shellcheck disable=SC2016 # expanded by the inner shell
	on "$ns" sh -ec 'cd /proc/sys/net/ipv6/conf; for s; do echo "${s#*=}" > "${s%%=*}"; done' \
		sh "${@/.//}"
}

# lab_ns NAME [SYSCTL=VALUE...] - for interfaces to come, too (conf.default)
lab_ns() {
	ip netns add "$1"
	ip -n "$1" link set lo up
	[ $# = 1 ] || lab_sysctl "$@"
}

# lab_batch NS - ip's commands on stdin, in one process
lab_batch() {
	ip -n "$1" -batch -
}

# lab_steer NS DEV... - one CPU for all packets of a flow, as a network card's receive
# queues do it. A veth takes them on the CPU of the sender: a sender that the scheduler
# puts on another CPU would overtake itself on the way, with no router at fault.
lab_steer() {
	[ -n "${LAB_CPUS:-}" ] || printf -v LAB_CPUS '%x' $(((1 << $(nproc)) - 1))
	# shellcheck disable=SC2016 # expanded by the inner shell
	ip netns exec "$1" sh -ec 'cpus=$1; shift
		for dev; do echo "$cpus" > "/sys/class/net/$dev/queues/rx-0/rps_cpus"; done' \
		sh "$LAB_CPUS" "${@:2}"
}

# lab_link NS NAME NS NAME - a cable
lab_link() {
	ip link add "$2" netns "$1" type veth peer name "$4" netns "$3"
	lab_steer "$1" "$2"
	lab_steer "$3" "$4"
	ip -n "$1" link set "$2" up
	ip -n "$3" link set "$4" up
}

# lab_delay NS DEV - half of the round trip in this direction
lab_delay() {
	tc -n "$1" qdisc replace dev "$2" root netem limit 10000 delay "$((RTT_MS * 500))us"
}

# lab_rtt MS - another round trip between hosts and home agent from now on. Its first
# call loses what is under way (a new queue), later ones do not.
lab_rtt() {
	local h
	RTT_MS=$1
	for h in $LAB_HOSTS; do
		lab_delay core "host$h"
		lab_delay "host$h" eth0
	done
}

# lab_home - the home agent's cable to core, with all that is lost with it
lab_home() {
	lab_link core ha ha eth0
	lab_batch core <<-END
	addr add 2001:db8:f::ffff/64 dev ha
	route add 2001:db8:100::/40 via $LAB_HA
	route add 2001:db8:f:1::/64 via $LAB_HA
	END
	lab_batch ha <<-END
	addr add $LAB_HA/64 dev eth0
	route add default via 2001:db8:f::ffff
	END
}

lab_core() {
	local h
	lab_ns core all.forwarding=1 default.forwarding=1 default.accept_dad=0
	lab_ns cn default.accept_dad=0 default.accept_ra=0
	lab_ns ha all.forwarding=1 default.forwarding=1 default.accept_dad=0 default.accept_ra=0
	lab_link core cn cn eth0
	ip -n core addr add 2001:db8:c::1/64 dev cn
	lab_batch cn <<-END
	addr add $LAB_CN/64 dev eth0
	route add default via 2001:db8:c::1
	END
	lab_home
	{
		echo "table ip6 source {"
		echo "	counter spoofed { }"
		echo "	chain forward {"
		echo "		type filter hook forward priority 0;"
		echo "		iifname cn ip6 saddr != 2001:db8:c::/64 counter name spoofed drop"
		for h in $LAB_HOSTS; do
			echo "		iifname host$h ip6 saddr != $(lab_host_net "$h")::/64" \
				"counter name spoofed drop"
		done
		echo "	}"
		echo "}"
	} | on core nft -f -
}

lab_host() {
	local ns=host$1 net
	net=$(lab_host_net "$1")
	lab_ns "$ns" all.forwarding=1 default.forwarding=1 default.accept_ra=2 \
		default.optimistic_dad=1 default.use_optimistic=1 all.optimistic_dad=1 \
		all.use_optimistic=1 default.accept_dad=0
	# another port, so that the bridge has a carrier before a guest comes
	lab_batch "$ns" <<-END
	link add br0 type bridge mcast_snooping 0
	link add port0 type dummy
	link set port0 master br0 up
	END
	lab_sysctl "$ns" br0.accept_ra=0 br0.accept_dad=0
	ip -n "$ns" link set br0 up
	lab_link core "$ns" "$ns" eth0
	ip -n core addr add "$net::1/64" dev "$ns"
	if [ "$RTT_MS" != 0 ]; then
		lab_delay core "$ns"
		lab_delay "$ns" eth0
	fi
}

lab_radvd() {
	local h
	for h in $LAB_HOSTS; do
		cat <<-END
		interface host$h {
			AdvSendAdvert on;
			MinRtrAdvInterval 3;
			MaxRtrAdvInterval 4;
			prefix $(lab_host_net "$h")::/64 { };
		};
		END
	done > "$LAB_RUN/radvd.conf"
	lab_spawn core radvd.log radvd -n -C "$LAB_RUN/radvd.conf" -p "$LAB_RUN/radvd.pid" -m stderr
	LAB_RADVD=$LAB_PID
}

# Time stamps and the ingress hook on, all the time. Each ping, each tcpdump and each move would
# switch them on and off otherwise, and for that the kernel writes into its own code: slow
# in an emulator, and now and then it runs into what has just been written ("Oops: int3").
lab_stamps() {
	tc -n core qdisc add dev cn clsact
	lab_spawn core stamps.log "$BUILD/lab/nstream" recv 9 "$LAB_RUN/stamps.rx"
}

# lab_spoofed - packets that core's source filter has dropped
lab_spoofed() {
	on core nft list counter ip6 source spoofed | awk '$1 == "packets" { print $2 }'
}

# lab_coa HOST - its care-of address
lab_coa() {
	ip -n "host$1" -6 -o addr show dev eth0 scope global -tentative |
		awk '{ sub("/.*", "", $4); print $4; exit }'
}

lab_has_coa() {
	[ -n "$(lab_coa "$1")" ] && ip -n "host$1" -6 route show default | grep -q .
}

# lab_up - the network; a host does duplicate address detection from its second address on.
# Its router knows it by then, as any host that has been up a while: the delay of a path is on
# its last link here, and a first look for a neighbour would take one more round trip of it.
lab_up() {
	local h
	trap lab_down EXIT
	mkdir -p "$LAB_RUN"
	lab_modules
	lab_core
	lab_stamps
	for h in $LAB_HOSTS; do
		lab_host "$h"
	done
	lab_radvd
	for h in $LAB_HOSTS; do
		lab_wait 30 lab_has_coa "$h" || { echo "# host$h has no address"; return 1; }
		lab_sysctl "host$h" default.accept_dad=1 eth0.accept_dad=1
		lab_wait 10 on "host$h" ping -q -c 1 -W 2 "$LAB_HA" > /dev/null ||
			{ echo "# host$h does not reach the home agent"; return 1; }
	done
}

lab_modules() {
	local ko dep
	for ko in "$BUILD"/modules-*/nemo_mr.ko; do
		case $(modinfo -F vermagic "$ko") in
		"$(uname -r) "*) LAB_MODULES=$(dirname "$ko") ;;
		esac
	done
	if [ -z "${LAB_MODULES:-}" ]; then
		echo "# no modules for $(uname -r) in $BUILD: scripts/build-modules"
		return 1
	fi
	for ko in nemo_mr nemo_ha; do
		[ ! -d /sys/module/$ko ] || continue
		for dep in $(modinfo -F depends "$LAB_MODULES/$ko.ko" | tr , ' '); do
			modprobe -q "$dep" || true	# built into a debug kernel
		done
		insmod "$LAB_MODULES/$ko.ko" || return 1
	done
}

# lab_families - no network, but a device of each kind in the namespace "here", to ask things of
lab_families() {
	trap lab_down EXIT
	mkdir -p "$LAB_RUN"
	lab_modules
	ip netns add here
	ip -n here -batch - <<-END
	link set lo up
	link add br0 type bridge
	link add nemo0 type nemo_mr
	link add nemo-ha0 type nemo_ha
	END
}

# lab_guest_add N HOST - an unmodified guest on a host's bridge, which knows nothing of nemo
lab_guest_add() {
	local n=$1 ns=host$2 bridge
	bridge=$(lab_bridge "$1")
	lab_ns "guest$n"
	ip -n "guest$n" link add eth0 address "$(lab_mac "$n")" type veth \
		peer name "vif$n" netns "$ns"
	lab_steer "guest$n" eth0
	lab_steer "$ns" "vif$n"
	if [ "$bridge" = - ]; then
		ip -n "$ns" link set "vif$n" up
	else
		ip -n "$ns" link set "vif$n" master "$bridge" up
	fi
	ip -n "guest$n" link set eth0 up
	LAB_GUESTS+=("$n")
	LAB_AT[n]=$2
}

lab_guest_ready() {
	ip -n "guest$1" -6 -o addr show dev eth0 scope global -tentative | grep -q . &&
		ip -n "guest$1" -6 route show default | grep -q .
}

# lab_online - guest 1 on A, with agents, and all that comes before a move
lab_online() {
	lab_up
	lab_guest_add 1 A
	lab_agents
	ok "the guest's first frame registers it on A" lab_wait 20 lab_is_active A
	ok "the guest has an address by SLAAC" lab_wait 20 lab_guest_ready 1
	ok "... and reaches the correspondent" lab_wait 10 on guest1 ping -c 1 -W 1 "$LAB_CN"
}

# lab_move FROM TO [N] - the guest's stop-and-copy phase; appends T0:T1 to LAB_MOVES
lab_move() {
	local n=${3:-1} pids
	mapfile -t pids < <(ip netns pids "guest$n")
	LAB_MOVE=$("$BUILD/lab/vifmove" "host$1" "host$2" "vif$n" "$(lab_bridge "$n")" "guest$n" \
		"$PAUSE_MS" "${pids[@]}")
	LAB_MOVES+=("$LAB_MOVE")
	LAB_AT[n]=$2
}

# lab_settle - what was sent before now is at the other end of its veth: the queue of each CPU,
# where it may wait, has been empty once. It would die with the move of the interface, as in
# no ring of a real one, and on a slow machine it comes long after who sent it was stopped.
lab_settle() {
	local f cpu waits empty=()
	for _ in {1..5000}; do
		cpu=0 waits=0
		while read -r -a f; do
			[ "${f[11]}" != 00000000 ] || empty[cpu]=1
			[ "${empty[cpu]:-}" = 1 ] || waits=1
			cpu=$((cpu + 1))
		done < /proc/net/softnet_stat
		[ $waits = 1 ] || return 0
	done
}

# lab_streams_start [PPS] [N] - a numbered stream each way between guest N and the correspondent.
# An echo first, so that no neighbour is looked for any more: what waits for one is overtaken.
lab_streams_start() {
	local pps=${1:-100} n=${2:-1} tool=$BUILD/lab/nstream up down
	up=$((4999 + 2 * n)) down=$((5000 + 2 * n))
	lab_spawn cn "up$n.recv" "$tool" recv $up "$LAB_RUN/up$n.rx"
	LAB_RECV+=("$LAB_PID")
	lab_spawn "guest$n" "down$n.recv" "$tool" recv $down "$LAB_RUN/down$n.rx"
	LAB_RECV+=("$LAB_PID")
	on "guest$n" ping -q -c 2 -i 0.3 -W 1 "$LAB_CN" > /dev/null || true
	lab_spawn "guest$n" "up$n.send" "$tool" send "$LAB_CN" $up "$pps" "$LAB_RUN/up$n.tx"
	LAB_SEND+=("$LAB_PID")
	lab_spawn cn "down$n.send" "$tool" send "$(lab_guest_addr "$n")" $down "$pps" "$LAB_RUN/down$n.tx"
	LAB_SEND+=("$LAB_PID")
}

# lab_streams_stop [PPS] [N] - ends those of all guests; leaves up$N.json and down$N.json
# for LAB_MOVES
lab_streams_stop() {
	local pps=${1:-100} n=${2:-1} way
	lab_end "${LAB_SEND[@]}"
	sleep 1		# what is still under way
	lab_end "${LAB_RECV[@]}"
	LAB_SEND=() LAB_RECV=()
	for way in up down; do
		"$BUILD/lab/nstream" report "$LAB_RUN/$way$n.tx" "$LAB_RUN/$way$n.rx" "$pps" \
			"${LAB_MOVES[@]}" > "$LAB_RUN/$way$n.json"
	done
}

# lab_end PID... - of lab_spawn
lab_end() {
	local p
	kill "$@" 2> /dev/null || true
	for p in "$@"; do
		wait "$p" 2> /dev/null || true
	done
}

lab_down() {
	local ns pid all
	trap - EXIT
	mapfile -t all < <(ip netns list 2> /dev/null | awk '{ print $1 }')
	for pid in "${LAB_PIDS[@]}"; do
		kill -CONT "$pid" 2> /dev/null || true
	done
	lab_end "${LAB_PIDS[@]}"
	[ ${#all[@]} = 0 ] || printf 'netns del %s\n' "${all[@]}" | ip -force -batch -
	LAB_PIDS=() LAB_GUESTS=() LAB_MOVES=() LAB_AT=()
	# Namespaces die in the background; what is still in use then is a leak.
	for ns in nemo_mr nemo_ha; do
		[ ! -d /sys/module/$ns ] || lab_wait 20 rmmod $ns || echo "# $ns does not unload"
	done
	[ ! -d /mnt/keep ] || find "$LAB_RUN" -type f -exec cp {} /mnt/keep/ \;
	rm -rf "$LAB_RUN"
}
