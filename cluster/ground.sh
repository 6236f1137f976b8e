# Sourced by commands of this folder, of Tests/Cluster and of Benchmarks: the ground that building,
# testing and running stand on.
# It goes to the top of the package and finds packages, toolchain and environment.
# shellcheck shell=bash

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit
# shellcheck source=cluster/common.sh
source cluster/common.sh

# Under sudo the toolchain may be the caller's own.
user=${SUDO_USER:-$(id -un)}
user_home=$(getent passwd "$user" | cut -d: -f6)
export HOME=${HOME:-$user_home}

# What root makes in another's tree is handed to its owner. So are the locks that SwiftPM leaves
# behind: each would refuse the other.
hand_over() {
  local made
  for made in .build data checkpoints; do
    [[ ! -e $made ]] || chown -R --reference=. "$made"
  done
  rm -f "${TMPDIR:-/tmp}/${PWD//\//_}_.build"*.lock
}
if ((EUID == 0)) && [[ ! -O . ]]; then
  hand_over
  trap hand_over EXIT
fi

# What building, testing and the proofs of Tests/Cluster need.
packages=(libopenmpi-dev openmpi-bin libopenblas-dev libhdf5-dev hdf5-tools libyaml-dev zlib1g-dev
  liblzma-dev libdnnl-dev pkg-config python3-h5py python3-yaml python3-venv)

# Installs those of the named packages that are missing.
install_packages() {
  local package missing=() sudo=()
  for package; do
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] ||
      missing+=("$package")
  done
  ((${#missing[@]})) || return 0
  command -v apt-get >/dev/null ||
    fail "this is not Debian or its like: install by hand what it calls ${missing[*]}"
  if ((EUID != 0)); then
    command -v sudo >/dev/null ||
      fail "neither root nor sudo: ask root for apt-get install ${missing[*]}"
    sudo=(sudo)
  fi
  echo "Installing ${missing[*]}"
  "${sudo[@]}" apt-get update -qq
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}"
}

# What tests need of PyPI, and where it goes: an environment of its own, which sees Debian's packages.
python_packages=(safetensors tensorboard)
python=.build/python

# Installs those of the named packages of PyPI that are missing.
install_python() {
  local package missing=()
  [[ -x $python/bin/python ]] || python3 -m venv --system-site-packages "$python"
  for package; do
    "$python/bin/python" -c "import ${package//-/_}" 2>/dev/null || missing+=("$package")
  done
  ((${#missing[@]})) || return 0
  echo "Installing ${missing[*]} from PyPI in $python"
  "$python/bin/python" -m pip install --quiet --disable-pip-version-check "${missing[@]}" ||
    echo "PyPI's ${missing[*]} cannot be installed: tests that need them are skipped"
}

find_swift() {
  local folder
  if command -v swift >/dev/null; then return; fi
  for folder in /opt/swift/usr/bin /usr/local/swift/usr/bin \
    "$user_home"/.local/share/swiftly/toolchains/*/usr/bin "$user_home"/.local/share/swiftly/bin \
    "$user_home"/swift*/usr/bin /opt/*/usr/bin /usr/local/*/usr/bin; do
    if [[ -x $folder/swift ]]; then
      PATH=$folder:$PATH
      return
    fi
  done
  fail "no swift in PATH, /opt, /usr/local or $user_home: install Swift 6 from https://swift.org"
}
