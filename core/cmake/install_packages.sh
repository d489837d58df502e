#!/bin/sh
# Installs the packages of packages.txt that are missing (Debian and Ubuntu; as root or with sudo).
set -eu
list=$(sed 's/#.*//' "$(dirname "$0")/packages.txt")
missing=
for package in $list; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed$' || missing="$missing $package"
done
[ -z "$missing" ] && exit 0
sudo=
[ "$(id -u)" = 0 ] || sudo=sudo
echo "installing:$missing" >&2
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get update -qq
# shellcheck disable=SC2086  # a list of names
$sudo apt-get install -y -qq --no-install-recommends $missing >&2
