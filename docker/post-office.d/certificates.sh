# shellcheck shell=bash disable=SC2154 # what is not assigned here, post-office assigns
# Makes a certificate authority and two server certificates for localhost and
# 127.0.0.1, ECDSA P-256: one valid from 2000 to 2099, so that a fake clock
# stays within, and one that ended in 2001. Nobody else trusts them.

# openssl, of the machine or of the packages.
ssl() {
    if command -v openssl >/dev/null; then
        openssl "$@"
    else
        LD_LIBRARY_PATH=$(library_path "$root") OPENSSL_CONF=/dev/null "$root/usr/bin/openssl" "$@"
    fi
}

# certificate FOLDER NAME SUBJECT EXTENSIONS END [ca's -selfsign]
certificate() {
    local folder=$1 name=$2 subject=$3 extensions=$4 end=$5
    shift 5
    ssl ecparam -genkey -name prime256v1 -noout -out "$folder/$name.key"
    ssl req -new -config "$folder/ca.cnf" -key "$folder/$name.key" -subj "$subject" \
        -out "$folder/$name.csr"
    ssl ca -batch -notext -config "$folder/ca.cnf" -extensions "$extensions" "$@" \
        -startdate 20000101000000Z -enddate "$end" -in "$folder/$name.csr" -out "$folder/$name.pem"
}

make_certificates() {
    local folder=$1/tls
    rm -rf "$folder"
    install -d -m 0700 "$folder"
    cat >"$folder/ca.cnf" <<END
[req]
distinguished_name = name
[name]
[ca]
default_ca = post_office
[post_office]
database = $folder/index
new_certs_dir = $folder
rand_serial = yes
unique_subject = no
default_md = sha256
policy = policy
private_key = $folder/ca.key
certificate = $folder/ca.pem
[policy]
commonName = supplied
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = DNS:localhost, IP:127.0.0.1
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
END
    : >"$folder/index"
    {
        certificate "$folder" ca '/CN=Post office test authority' authority 20991231235959Z \
            -selfsign -keyfile "$folder/ca.key"
        certificate "$folder" server /CN=localhost server 20991231235959Z
        certificate "$folder" expired /CN=localhost server 20011231235959Z
    } >"$folder/openssl.log" 2>&1 || die "openssl failed: $(tail -n 3 "$folder/openssl.log")"
    cp "$folder/ca.pem" "$1/ca.pem"
    chmod 0644 "$1/ca.pem"
}
