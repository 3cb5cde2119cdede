# shellcheck shell=bash disable=SC2154 # what is not assigned here, post-office assigns
# One clock for all processes of a post office, by libfaketime. DIR/clock holds
# an offset in seconds from the real time: all processes agree on it, whenever
# they were started, and time flows. ("@instant" would count from each process's
# own start.) The clock moves forwards only.

seconds_of() {
    date -u -d "$1 UTC" +%s 2>/dev/null || die "not an instant: '$1' (YYYY-MM-DD HH:MM, UTC)"
}

# Renamed into place, as every process reads it at every question for the time.
write_offset() {
    printf '%+d\n' "$2" >"$1/clock.new"
    chmod 0644 "$1/clock.new"
    mv "$1/clock.new" "$1/clock"
}

wind_clock() {
    local dir=$1 at library shared
    at=$(date +%s)
    [[ $2 == now ]] || at=$(seconds_of "$2")
    write_offset "$dir" "$((at - $(date +%s)))"
    library=$(compgen -G "$root/usr/lib/*/faketime/libfaketime.so.1") || die 'libfaketime is not unpacked'
    # libfaketime wants a semaphore and a piece of shared memory, and each
    # process without one makes its own, which a kill leaves behind and a
    # process that gave up root cannot remove. So all share copies of one pair,
    # and Dovecot's processes of another: see below.
    # shellcheck disable=SC2016
    shared=$(LD_PRELOAD=$library bash -c '
        read -r semaphore memory <<<"$FAKETIME_SHARED"
        for copy in "$0" "${0}_mail"; do
            cp "/dev/shm/sem.${semaphore#/}" "/dev/shm/sem.gatepost_${copy}_sem"
            cp "/dev/shm/${memory#/}" "/dev/shm/gatepost_${copy}_shm"
            chmod 0666 "/dev/shm/sem.gatepost_${copy}_sem" "/dev/shm/gatepost_${copy}_shm"
        done
        echo "/gatepost_$0_sem /gatepost_$0_shm"' "$id")
    # NO_FAKE_STAT: only Dovecot needs the times of files, for INTERNALDATE, and
    # faked ones are read under the semaphore. A process that is killed while it
    # holds it stops whatever starts after it and shares it; Dovecot kills those of
    # its own that are starting while the clock jumps, so it has one for itself.
    cat >"$dir/faketime.env" <<END
LD_PRELOAD='$library'
FAKETIME_TIMESTAMP_FILE='$dir/clock'
FAKETIME_NO_CACHE='1'
FAKETIME_DONT_FAKE_MONOTONIC='1'
FAKETIME_SHARED='$shared'
NO_FAKE_STAT='1'
END
}

# The lines of faketime.env, without the quotes.
clock_environment() {
    sed "s/^\([A-Z_]*\)='\(.*\)'$/\1=\2/" "$1/faketime.env"
}

# What Dovecot gets in place of the others' pair.
clock_of_mail() {
    [[ ! -f $1/faketime.env ]] || printf '/gatepost_%s_mail_sem /gatepost_%s_mail_shm' "$id" "$id"
}

# The names of the variables that children of the servers must inherit.
clock_names() {
    [[ ! -f $1/faketime.env ]] || sed 's/=.*//' "$1/faketime.env" | tr '\n' ' '
}

stop_clock() {
    [[ -f $1/faketime.env ]] || return 0
    local name
    name=gatepost_$(<"$1/id")
    rm -f "/dev/shm/sem.${name}_sem" "/dev/shm/${name}_shm" "$1/faketime.env" "$1/clock" \
        "/dev/shm/sem.${name}_mail_sem" "/dev/shm/${name}_mail_shm"
}

clock() {
    need_started "${1:?clock needs a directory}"
    [[ -f $dir/clock ]] || die 'this post office was started without --fake-time'
    local offset new at
    offset=$(<"$dir/clock")
    if [[ -n ${2:-} ]]; then
        at=$(seconds_of "$2")
        new=$((at - $(date +%s)))
        ((new >= offset)) || die "the clock moves forwards only; it is after $2 already"
        offset=$new
        write_offset "$dir" "$offset"
    fi
    date -u -d "@$(($(date +%s) + offset))" '+%Y-%m-%d %H:%M:%S'
}
