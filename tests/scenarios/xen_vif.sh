#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# vif-nemo, with a veth for netback's interface and a stand-in for xenstored.
set -u
# shellcheck source=tests/lab/ktap.sh
source "$(dirname "$0")/../lab/ktap.sh"

top=$(cd "$(dirname "$0")/../.." && pwd)
dir=$(mktemp -d)
export XENSTORED_PATH=$dir/socket
PORT=backend/vif/7/0 FRONT=/local/domain/7/device/vif/0

python3 "$top/tests/lab/xenstore.py" "$XENSTORED_PATH" &
store=$!
lab_wait 20 test -S "$XENSTORED_PATH" || exit 1

# script ARGUMENT... - as libxl calls it; its words in $dir/err
script() {
	env -i XENSTORED_PATH="$XENSTORED_PATH" script=/etc/xen/scripts/vif-nemo XENBUS_TYPE=vif \
		XENBUS_PATH=$PORT XENBUS_BASE_PATH=backend netdev= vif=vif7.0 \
		"$top/build/vif-nemo" "$@" 2> "$dir/err"
}

tap() {
	env -i XENSTORED_PATH="$XENSTORED_PATH" INTERFACE=vif7.0-emu "$top/build/vif-nemo" "$@"
}

# fresh KEY VALUE... - a vif that netback has just made, with these keys in the store
fresh() {
	ip link del guest 2> /dev/null
	ip link add vif7.0 type veth peer name guest
	xenstore-rm /local 2> /dev/null
	while [ $# != 0 ]; do
		xenstore-write "/local/domain/0/$PORT/$1" "$2"
		shift 2
	done
	xenstore-write $FRONT/mtu 1500
}

link() { ip -j link show dev "$1" 2> /dev/null | jq -r ".[0] | $2"; }
all() { link "$1" '"\(.master) \(.mtu) \(.address) \(.flags | index("UP") != null)"'; }

# fails NAME TEXT [DEV] - soon (libxl would wait for 40 s), and libxl finds TEXT in the store
fails() {
	local rc=0 begin=$EPOCHREALTIME
	script online type_if=vif || rc=$?
	is "$1: fails" $rc 1
	le "$1: at once, ms" $(((${EPOCHREALTIME/./} - ${begin/./}) / 1000)) 10000
	is "$1: hotplug-status" "$(xenstore-read $PORT/hotplug-status)" error
	ok "$1: hotplug-error" grep -qF "$2" <(xenstore-read $PORT/hotplug-error)
	ok "$1: stderr" grep -qF "$2" "$dir/err"
	is "$1: the vif is no port" "$(link "${3:-vif7.0}" .master)" null
}

ip link add br0 type bridge
ip link set br0 mtu 1400 up	# not with add: its ports would change it
ip link add plain type veth peer name other

fresh bridge br0 mac 00:16:3e:00:00:64 hotplug-status ''
begin=$EPOCHREALTIME
ok "online" script online type_if=vif
echo "# online took $(((${EPOCHREALTIME/./} - ${begin/./}) / 1000)) ms"
is "a port, with the bridge's MTU, the vif's address, up" "$(all vif7.0)" \
	"br0 1400 fe:ff:ff:ff:ff:ff true"
is "hotplug-status" "$(xenstore-read $PORT/hotplug-status)" connected
is "the guest is told the MTU" "$(xenstore-read $FRONT/mtu)" 1400
not_ok "no hotplug-error" xenstore-read $PORT/hotplug-error
is "nothing on stderr" "$(cat "$dir/err")" ""
ip link set guest up
lab_forwards() { bridge -j link show dev vif7.0 | grep -q '"state":"forwarding"'; }
ok "the bridge forwards" lab_wait 5 lab_forwards
ok "online again" script online type_if=vif
is "changes nothing" "$(all vif7.0)" "br0 1400 fe:ff:ff:ff:ff:ff true"
ok "offline" script offline type_if=vif
is "no port, down" "$(link vif7.0 '"\(.master) \(.flags | index("UP"))"')" "null null"
ok "offline again" script offline type_if=vif
ip link del guest
ok "offline without the vif, as after a migration" script offline type_if=vif
is "nothing is left" "$(bridge link show; ip -o link show | grep -c 'vif7\|guest')" 0

fresh bridge br0 mtu 1300
ok "an MTU in the store" script online type_if=vif
is "goes before the bridge's" "$(link vif7.0 .mtu) $(xenstore-read $FRONT/mtu)" "1300 1300"

fresh bridge br9
fails "a bridge that is not there" "there is no bridge br9 on this host"
fresh mac 00:16:3e:00:00:64
fails "no bridge" "write bridge=NAME"
fresh bridge a-bridge-with-a-name-that-is-too-long
fails "a bridge that cannot be" "write bridge=NAME"
fresh bridge plain
fails "a bridge that is none" "vif7.0 does not become a port of plain"
fresh bridge br0
ip link add br1 type bridge
ip link set vif7.0 master br1
not_ok "a port of another bridge" script online
is "stays there" "$(link vif7.0 .master) $(xenstore-read $PORT/hotplug-status)" "br1 error"
ip link del br1
fresh bridge br0
ip link del vif7.0
fails "no vif" "vif7.0 does not become a port of br0" plain

fresh bridge br0 vifname web
ok "a name of the administrator's" script online
is "is the vif's" "$(all web)" "br0 1400 fe:ff:ff:ff:ff:ff true"
ok "offline by that name" script offline
is "no port any more" "$(link web .master)" null
ip link del web
fresh bridge br0 vifname plain
fails "a name that is taken" "vif7.0 cannot get the name plain"

fresh bridge br0
ip link add vif7.0-emu type veth peer name model
ok "add, for the tap of a device model" tap add type_if=tap
is "a port" "$(link vif7.0-emu .master)" br0
not_ok "its hotplug-status is nobody's" xenstore-read $PORT/hotplug-status
ok "online is not for a tap" tap online type_if=tap
ok "add is not for a vif" script add type_if=vif
is "nor does it anything" "$(link vif7.0 .master)" null
ok "remove" tap remove type_if=tap
is "no port any more" "$(link vif7.0-emu .master)" null

# vif-bridge sources its hooks, and ends with them.
hook() {
	env PATH="$dir:$PATH" vif=vif7.0 command="$1" XENBUS_PATH=backend/vif/7/0 \
		sh -eu -c ". $top/userspace/nemo-xen/nemo.hook; echo on"
}
cat > "$dir/nemoctl" <<-END
	#!/bin/bash
	source "$top/tests/lab/ktap.sh"
	lab_wait 20 test -e "$dir/go" || exit
	echo "\$*" >> "$dir/said"
	exit 1
END
chmod +x "$dir/nemoctl"
: > "$dir/said"
xenstore-write /local/domain/7/name guest1--incoming
is "vif-bridge's hook, offline" "$(hook offline)" on
is "online" "$(hook online)" on
is "waits for nobody" "$(cat "$dir/said")" ""
touch "$dir/go"
ok "and says that the guest comes" lab_wait 5 grep -q . "$dir/said"
is "once" "$(cat "$dir/said")" "mr prepare guest1"
xenstore-rm /local/domain/7/name
is "without a name" "$(hook online)" on

not_ok "an unknown command" script start
kill $store
wait $store 2> /dev/null
not_ok "without xenstored" script online type_if=vif
ok "it says so" grep -q 'xenstored does not answer' "$dir/err"
ok "offline without xenstored" script offline type_if=vif

for dev in model guest plain br0; do
	ip link del $dev
done
rm -r "$dir"
plan
