# Sourced by ./run and ./test: Debian packages, a log that shows itself on failure, configuring a build tree.
# All that is said here goes to stderr, so that stdout belongs to the command.

say() { printf '%s\n' "$*" >&2; }
die() { say "$0: $*"; exit 4; }

# quietly LOG COMMAND...: runs with its output in LOG; on failure the log's end is shown.
quietly() {
  local log=$1 status=0
  shift
  mkdir -p "${log%/*}" || die "cannot write $PWD/${log%/*}: is this folder yours?"
  "$@" >"$log" 2>&1 </dev/null || status=$?
  if [ "$status" -ne 0 ]; then
    say "failed (status $status): $*" "    the end of $log:"
    tail -n 40 "$log" >&2
  fi
  return "$status"
}

# Names of the packages, of those given, that are not installed. One look at dpkg's database for all.
missing_packages() {
  local have
  have=$'\n'$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null || true)$'\n'
  local package
  for package; do
    case $have in *$'\n'"installed $package"$'\n'*) continue ;; esac
    printf '%s\n' "$package"
    have+="installed $package"$'\n' # named twice, told once
  done
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else return 1
  fi
}

# need_packages WHY PACKAGE...: installs what is missing, says what and why; nothing where all is there.
need_packages() {
  local why=$1 missing
  shift
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    [ -e build/.no-apt ] || say "This is not Debian: install by hand, under your system's names, $why: $*"
    mkdir -p build && : >build/.no-apt
    return 0
  fi
  mapfile -t missing < <(missing_packages "$@")
  [ "${#missing[@]}" -eq 0 ] && return 0
  say "Installing $why: ${missing[*]}"
  if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
    die "not root, and there is no sudo. As root, once: apt-get install --no-install-recommends ${missing[*]}"
  fi
  quietly build/log/apt-update as_root apt-get update -q -o Acquire::Retries=3 ||
    say "The package lists could not be renewed; trying with those at hand."
  quietly build/log/apt-install as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q \
    --no-install-recommends -o Acquire::Retries=3 -o Dpkg::Use-Pty=0 "${missing[@]}" ||
    die "the packages could not be installed"
}

# configure PRESET [OPTION...]: makes build/PRESET where it is not there or was made by other presets or options.
# Ninja itself runs CMake again when a CMake file has changed.
configure() {
  local preset=$1 tree=build/$1 wanted="$*"
  shift
  if [ ! -e "$tree/build.ninja" ] || [ CMakePresets.json -nt "$tree/build.ninja" ] ||
    { [ $# -gt 0 ] && [ "$(cat "$tree/.options" 2>/dev/null)" != "$wanted" ]; }; then
    rm -f "$tree/.options"
    quietly "build/log/configure-$preset" cmake --preset "$preset" "$@" || return
    touch "$tree/build.ninja"
    printf '%s\n' "$wanted" >"$tree/.options"
  fi
}
