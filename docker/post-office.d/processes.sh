# shellcheck shell=bash disable=SC2154 # what is not assigned here, post-office assigns
# Starts programs of the post office, each as the leader of a session of its
# own, and ends exactly those: a process is ours when it is in a session that
# we recorded and its program is one that we unpacked.

# launch DIR NAME PROGRAM ARGUMENT…: stdin closed, output to DIR/NAME.out.
launch() {
    local dir=$1 name=$2
    shift 2
    local -a environment=("PATH=/usr/bin:/bin" "TZ=UTC" "LD_LIBRARY_PATH=$(library_path "$root")")
    [[ ! -f $dir/faketime.env ]] || mapfile -t -O 3 environment < <(clock_environment "$dir")
    # Without job control setsid need not fork, so that $! is the leader.
    setsid env -i "${environment[@]}" "$@" </dev/null >"$dir/$name.out" 2>&1 &
    printf '%s\n' "$!" >"$dir/$name.pid"
}

# Prints the numbers of the living processes that belong to NAME.
processes_of() {
    local session line stat program
    [[ -s $1/$2.pid ]] || return 0
    session=$(<"$1/$2.pid")
    for stat in /proc/[0-9]*/stat; do
        { read -r line <"$stat"; } 2>/dev/null || continue
        # After the name in parentheses: state, parent, group, session.
        # shellcheck disable=SC2086
        set -- ${line##*) }
        [[ $4 == "$session" && $1 != Z ]] || continue
        program=$(readlink "${stat%stat}exe" 2>/dev/null) || continue
        [[ $program != "$root"/* ]] || printf '%s\n' "${stat//[!0-9]/}"
    done
}

process_runs() {
    [[ -n $(processes_of "$1" "$2") ]]
}

# end_processes DIR NAME…: asks all to end; what is left after five seconds is
# killed.
end_processes() {
    local dir=$1 name attempt
    local -a left
    shift
    for ((attempt = 0; attempt < 300; attempt++)); do
        left=()
        for name; do
            mapfile -t -O "${#left[@]}" left < <(processes_of "$dir" "$name")
        done
        if ((${#left[@]} == 0)); then
            for name; do rm -f "$dir/$name.pid"; done
            return 0
        fi
        if ((attempt == 0)); then
            kill -TERM "${left[@]}" 2>/dev/null || true
        elif ((attempt > 250)); then
            kill -KILL "${left[@]}" 2>/dev/null || true
        fi
        sleep 0.02
    done
    die "processes that do not end: ${left[*]}"
}

# await DIR NAME LOG COMMAND…: until COMMAND succeeds. Sets `taken` when NAME
# found a port taken; dies when it ends for another reason or takes too long.
await() {
    local dir=$1 name=$2 log=$3 attempt end=$((SECONDS + 20))
    shift 3
    for ((attempt = 0; SECONDS < end; attempt++)); do
        if grep -qs 'Address already in use' "$dir/$name.out" "$log"; then
            # shellcheck disable=SC2034 # for the caller
            taken=1
            return 0
        fi
        if "$@" 2>/dev/null; then return 0; fi
        if ((attempt > 20)) && ! process_runs "$dir" "$name"; then break; fi
        sleep 0.025
    done
    die "$name did not start: $(tail -n 5 "$dir/$name.out" "$log" 2>/dev/null)"
}
