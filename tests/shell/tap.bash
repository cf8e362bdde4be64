# Sourced by the tests of the tools: cases that answer in TAP, and a folder that is gone at the end.
root=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../..
work=$(mktemp -d "${TMPDIR:-/tmp}/karvan-shell-XXXXXX")
trap 'rm -rf "$work"' EXIT
cases=0 failures=0

verdict() { # good|bad TITLE
  cases=$((cases + 1))
  if [ "$1" = good ]; then echo "ok $cases - $2" && return; fi
  failures=$((failures + 1))
  echo "not ok $cases - $2"
  sed 's/^/# /' "$work/output"
}

# exits STATUS TITLE COMMAND...: the command must end so; what it printed is in $work/output.
exits() {
  local expected=$1 title=$2 status=0
  shift 2
  "$@" >"$work/output" 2>&1 </dev/null || status=$?
  if [ "$status" -eq "$expected" ]; then verdict good "$title"; else
    echo "status $status, not $expected" >>"$work/output"
    verdict bad "$title"
  fi
}

# says TEXT: the last command printed a line that holds it.
says() {
  if grep -qF -- "$1" "$work/output"; then verdict good "  and says: ${1//[#\\]/ }"; else
    echo "nowhere: $1" >>"$work/output"
    verdict bad "  and says: ${1//[#\\]/ }"
  fi
}

finish() {
  echo "1..$cases"
  exit $((failures > 0))
}
