# shellcheck shell=bash
# Fetches Debian's packages and unpacks them, with the libraries that this
# machine lacks, into PACKAGES/root. Nothing is installed, no maintainer script
# runs. Known to work with Debian 12 (Dovecot 2.3, Postfix 3.7).

wanted=(dovecot-core dovecot-imapd dovecot-lmtpd postfix libfaketime)
command -v openssl >/dev/null || wanted+=(openssl)
# Goes up when what `get` makes of the packages changes.
unpacking=1

unpacked() {
    [[ -f $1/stamp && $(<"$1/stamp") == "$unpacking" ]]
}

# The packages that installing the wanted ones would bring, as apt resolves it
# here. The C library is the machine's own: its loader is not ours to replace.
closure() {
    apt-get install --simulate --no-install-recommends "${wanted[@]}" |
        sed -n 's/^Inst \([^ ]*\) .*/\1/p' |
        grep -vxE 'libc6(:.*)?|libc-bin|libcrypt1(:.*)?|libgcc-s1(:.*)?' || true
}

download() {
    local -a names
    mapfile -t names < <(printf '%s\n' "${wanted[@]}" "$(closure)" | sed '/^$/d' | sort -u)
    (cd "$1" && apt-get download -q -o APT::Sandbox::User=root "${names[@]}") >"$1/apt.log" 2>&1
}

# Where Debian's packages put libraries: three fixed folders and a folder named
# after the architecture.
library_path() {
    local path=$1/usr/lib/dovecot:$1/usr/lib/dovecot/modules/old-stats:$1/usr/lib/postfix folder
    # Courier's own, and those of Cyrus.
    path+=:$1/usr/lib:$1/usr/lib/courier-authlib:$1/usr/lib/cyrus/lib
    for folder in "$1"/usr/lib/*-linux-gnu* "$1"/lib/*-linux-gnu*; do
        [[ ! -d $folder ]] || path+=:$folder
    done
    printf '%s\n' "$path"
}

# Dovecot loads its TLS module from a folder fixed at build time. In our copy,
# the name becomes one of the same length relative to the working directory of
# Dovecot's processes, where `start` puts a link.
patch_dovecot() {
    local library
    for library in "$1"/usr/lib/dovecot/libdovecot.so.*.*.*; do
        LC_ALL=C sed -z -i 's#^/usr/lib/dovecot/modules$#.////////////////modules#' "$library"
        grep -qaF './///////////' "$library" ||
            die 'the folder of TLS modules was not found in libdovecot'
    done
}

check_unpacked() {
    local missing version
    missing=$(LD_LIBRARY_PATH=$(library_path "$1") ldd "$1"/usr/sbin/dovecot \
        "$1"/usr/lib/dovecot/{imap,imap-login,lmtp,auth,modules/libssl_iostream_openssl.so} \
        "$1"/usr/lib/postfix/sbin/{master,smtpd,lmtp} | sed -n 's/=> not found//p' | sort -u)
    [[ -z $missing ]] || die "libraries that no package brought:" "$missing"
    version=$(LD_LIBRARY_PATH=$(library_path "$1") "$1/usr/sbin/dovecot" --version)
    [[ $version == 2.3.* ]] ||
        die "Dovecot $version is not known; the configuration is for 2.3, as in Debian 12"
}

get() {
    local target=$1 archive
    unpacked "$target" && return 0
    [[ -n $(command -v apt-get) && -n $(command -v dpkg-deb) ]] ||
        die "no apt here. Needed from Debian 12: ${wanted[*]}, unpacked into $target/root"
    mkdir -p "$target"
    exec 9>"$target/lock"
    flock 9
    unpacked "$target" && return 0
    rm -rf "$target/new"
    mkdir -p "$target/new/archives" "$target/new/root"
    # Lists that are missing, or so old that the mirror has moved on.
    if ! download "$target/new/archives"; then
        apt-get update -q >"$target/new/update.log" 2>&1 ||
            die "apt-get update failed: $(tail -n 3 "$target/new/update.log")"
        download "$target/new/archives" ||
            die "cannot download ${wanted[*]}: $(tail -n 5 "$target/new/archives/apt.log")"
    fi
    for archive in "$target"/new/archives/*.deb; do
        dpkg-deb --extract "$archive" "$target/new/root"
    done
    patch_dovecot "$target/new/root"
    check_unpacked "$target/new/root"
    rm -rf "$target/root"
    mv "$target/new/root" "$target/root"
    rm -rf "$target/new"
    printf '%s\n' "$unpacking" >"$target/stamp"
}
