# shellcheck shell=bash disable=SC2154 # what is not assigned here, post-office assigns
# Writes Dovecot's configuration and starts it: IMAP, IMAPS, LMTP and SASL for
# Postfix. A second instance has the same mailboxes under the expired
# certificate, as one instance tells certificates apart by address and by
# asked name, not by port.

dovecot_configuration() {
    local dir=$1
    install -d -m 0755 "$dir/dovecot" "$dir/dovecot/run" "$dir/dovecot/state" \
        "$dir/dovecot/run-expired" "$dir/dovecot/state-expired"
    ln -sfn "$root/usr/lib/dovecot/modules" "$dir/dovecot/run/modules"
    ln -sfn "$root/usr/lib/dovecot/modules" "$dir/dovecot/run-expired/modules"
    cat >"$dir/dovecot/common.conf" <<END
log_path = $dir/dovecot.log
libexec_dir = $root/usr/lib/dovecot
mail_plugin_dir = $root/usr/lib/dovecot/modules
login_plugin_dir = $root/usr/lib/dovecot/modules/login
import_environment = TZ LD_LIBRARY_PATH FAKE_UTIME $(clock_names "$dir")
default_internal_user = $nobody
default_internal_group = $(id -gn "$nobody")
default_login_user = $nobody
default_vsz_limit = 0
first_valid_uid = 1
mail_uid = $mail_account
mail_gid = $mail_account
mail_location = maildir:$dir/mail/%u
# INTERNALDATE is the time of the file when it was saved. Under a fake clock
# the times of files move with it, so the first answer must be kept.
mail_always_cache_fields = date.received
mail_fsync = never
mailbox_idle_check_interval = 2 secs
mail_max_userip_connections = 1000
hostname = mail.example.org
postmaster_address = postmaster@example.org
login_greeting = post office $id ready
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2
auth_failure_delay = 0
# Rights are the owner's own unless a mailbox has a file dovecot-acl. What a client and
# the server said is written down where a test has made a folder for it.
mail_plugins = acl
plugin {
  acl = vfile
}
rawlog_dir = $dir/said/%u
ssl = yes
# At the delivery address: a plus address goes to the user before the plus.
recipient_delimiter = +
lmtp_save_to_detail_mailbox = no
passdb {
  driver = static
  mechanisms = plain login
  args = password=$password
}
# A token is a JSON web token (RFC 7519) by HS256, with the address as its \`sub\`
# and \`email\`. The key is \$token_key.
passdb {
  driver = oauth2
  mechanisms = xoauth2
  args = $dir/dovecot/oauth2.conf
}
userdb {
  driver = static
  args = home=$dir/home/%u allow_all_users=yes
}
mail_plugins = acl
plugin {
  acl = vfile:$dir/dovecot/rights
}
namespace inbox {
  inbox = yes
  mailbox Junk {
    auto = subscribe
    special_use = \Junk
  }
  mailbox Sent {
    auto = subscribe
    special_use = \Sent
  }
}
service anvil {
  chroot =
  # Many wrong passwords from one address must not slow the next test down.
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service stats {
  chroot =
}
END
    install -d -m 0755 "$dir/dovecot/keys" "$dir/dovecot/keys/default" "$dir/dovecot/keys/default/HS256"
    printf %s "$token_key" | base64 -w 0 >"$dir/dovecot/keys/default/HS256/default"
    cat >"$dir/dovecot/oauth2.conf" <<END
introspection_mode = local
local_validation_key_dict = fs:posix:prefix=$dir/dovecot/keys/
END
    # A folder of this name can be seen and not be opened.
    printf 'Closed owner l\n' >"$dir/dovecot/rights"
    dovecot_instance "$dir" '' server "$imap" "$imaps"
    dovecot_instance "$dir" -expired expired 0 "$imaps_expired"
    cat >>"$dir/dovecot/dovecot.conf" <<END
protocols = imap lmtp
service auth {
  unix_listener $dir/spool/private/auth {
    mode = 0600
    user = $postfix_account
  }
}
service lmtp {
  unix_listener $dir/spool/private/dovecot-lmtp {
    mode = 0600
    user = $postfix_account
  }
}
END
}

# dovecot_instance DIR SUFFIX CERTIFICATE IMAP IMAPS
dovecot_instance() {
    cat >"$1/dovecot/dovecot$2.conf" <<END
!include common.conf
instance_name = post-office$2
base_dir = $1/dovecot/run$2
state_dir = $1/dovecot/state$2
protocols = imap
ssl_cert = <$1/tls/$3.pem
ssl_key = <$1/tls/$3.key
service imap-login {
  chroot =
  service_count = 0
  client_limit = 1000
  inet_listener imap {
    address = 127.0.0.1
    port = $4
  }
  inet_listener imaps {
    address = 127.0.0.1
    port = $5
    ssl = yes
  }
}
service imap {
  process_limit = 500
}
END
}

# Started through doveconf, since `dovecot` would look for it in /usr/bin. With
# faked times of files, unlike the others: see clock.sh.
launch_dovecot() {
    local shared
    shared=$(clock_of_mail "$1")
    launch "$1" "dovecot$2" env -u NO_FAKE_STAT FAKE_UTIME=1 ${shared:+"FAKETIME_SHARED=$shared"} "$root/usr/bin/doveconf" -f service=master -m master -p \
        -c "$1/dovecot/dovecot$2.conf" -e "$root/usr/sbin/dovecot" -F -c "$1/dovecot/dovecot$2.conf"
}

# One login proves the listener, the login process and the authentication.
imap_answers() {
    local line
    exec 3<>"/dev/tcp/127.0.0.1/$imap" || return 1
    printf 'a LOGIN probe@example.org %s\r\nb LOGOUT\r\n' "$password" >&3
    while read -r -t 5 -u 3 line; do
        [[ $line != '* OK '*' post office '* || $line == *"$id"* ]] || break
        [[ $line != 'a OK '* ]] || { exec 3>&-; return 0; }
    done
    exec 3>&-
    return 1
}

expired_listens() {
    (exec 3<>"/dev/tcp/127.0.0.1/$imaps_expired")
}

start_dovecot() {
    local dir=$1
    : >"$dir/dovecot.log"
    launch_dovecot "$dir" ''
    launch_dovecot "$dir" -expired
    await "$dir" dovecot "$dir/dovecot.log" imap_answers
    [[ -n $taken ]] || await "$dir" dovecot-expired "$dir/dovecot.log" expired_listens
}
