#!/bin/sh
# Remakes the throwaway certificates and keys of this folder with OpenSSL 3 (and Python 3 for one DER edit).
# Usage: ./make.sh   Everything is replaced; the keys of the authorities are thrown away.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat > openssl.cnf <<'CNF'
[req]
distinguished_name = dn
prompt = no
utf8 = yes
string_mask = utf8only
[t61]
distinguished_name = dn
prompt = no
utf8 = yes
string_mask = MASK:0x0004
[dn]
CN = unused
[ca_any]
database = ./index
rand_serial = yes
policy = any
default_md = sha256
unique_subject = no
default_crl_days = 7200
crl_extensions = crl
[any]
countryName = optional
[crl]
authorityKeyIdentifier = keyid
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[intermediate]
basicConstraints = critical,CA:TRUE,pathlen:0
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[auth]
basicConstraints = CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = clientAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
1.2.250.1.71.1.2.5 = DER:04:01:83
[sign]
basicConstraints = CA:FALSE
keyUsage = critical,digitalSignature,nonRepudiation
extendedKeyUsage = emailProtection
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
1.2.250.1.71.1.2.5 = DER:04:01:83
[sign_production]
basicConstraints = CA:FALSE
keyUsage = critical,digitalSignature,nonRepudiation
extendedKeyUsage = emailProtection
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
1.2.250.1.71.1.2.5 = DER:04:01:03
[card_auth]
basicConstraints = CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = clientAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
1.2.250.1.71.1.2.5 = DER:04:01:80
[card_sign]
basicConstraints = CA:FALSE
keyUsage = critical,nonRepudiation
extendedKeyUsage = emailProtection
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
1.2.250.1.71.1.2.5 = DER:04:01:80
CNF

from=20260101000000Z
to=20451231000000Z

key() { openssl genpkey -quiet -algorithm RSA -pkeyopt "rsa_keygen_bits:${2:-2048}" -out "$1.key" 2>/dev/null; }

# issue NAME KEY ISSUER EXTENSIONS SUBJECT [FROM] [TO] [extra options of `openssl ca`]
issue() {
    name=$1 keyname=$2 issuer=$3 extensions=$4 subject=$5 start=${6:-$from} end=${7:-$to}
    shift 5; [ $# -ge 2 ] && shift 2 || true
    openssl req -new -utf8 -config openssl.cnf -section "${SECTION:-req}" -key "$keyname.key" -subj "$subject" -out "$name.csr"
    self=""; [ "$issuer" = self ] && { self="-selfsign"; issuer=$name; }
    cert="-cert $issuer.pem"; [ -n "$self" ] && cert=""
    openssl ca -batch -notext -config openssl.cnf -name ca_any -md sha256 -preserveDN -utf8 $self $cert \
        -keyfile "$issuer.key" -in "$name.csr" -out "$name.pem" -outdir . -startdate "$start" -enddate "$end" \
        -extfile openssl.cnf -extensions "$extensions" "$@" 2>errors || { cat errors; exit 1; }
}
touch index

ca="/C=FR/O=DMP-EXEMPLE/OU=0002 000000000/OU=SANS VALEUR/CN=TEST AC"
organisation="/C=FR/ST=Département Exemple (99)/O=CLINIQUE DU MODELE/OU=10B0990008/CN=lps-exemple"
group="/C=FR/ST=Département Exemple (99)/O=GROUPE HOSPITALIER DU MODELE/OU=11B0099001/CN=lps-exemple"
person="/C=FR/title=Médecin/CN=899999000013+SN=MODELE+GN=ALIX"

for name in root organisations personnes other_root org_auth org_sign card_auth card_sign; do key $name; done
key weak_sign 1024

issue root root self root "$ca RACINE EXEMPLE"
issue other_root other_root self root "$ca RACINE AUTRE"
issue organisations organisations root intermediate "$ca EXEMPLE ORGANISATIONS"
issue personnes personnes root intermediate "$ca EXEMPLE PERSONNES"

issue org_auth org_auth organisations auth "$organisation"
issue org_sign org_sign organisations sign "$organisation"
issue group_auth org_auth organisations auth "$group"
issue group_sign org_sign organisations sign "$group"
issue expired_sign org_sign organisations sign "$organisation" 20230101000000Z 20251231000000Z
issue future_sign org_sign organisations sign "$organisation" 20400101000000Z 20451231000000Z
issue revoked_sign org_sign organisations sign "$organisation"
issue production_sign org_sign organisations sign_production "$organisation"
issue weak_sign weak_sign organisations sign "$organisation"
issue sha1_sign org_sign organisations sign "$organisation" $from $to -md sha1
issue stranger_sign org_sign other_root sign "$organisation"
issue grandchild_sign org_sign org_sign sign "$group"
issue card_auth card_auth personnes card_auth "$person"
issue card_sign card_sign personnes card_sign "$person"
issue cpe_auth card_auth personnes card_auth "/C=FR/O=CLINIQUE DU MODELE/OU=10B0990008/CN=30B0990008\/000017"
SECTION=t61 issue old_card_sign card_sign personnes card_sign \
    "/C=FR/O=GIP-CPS/OU=Médecin/CN=899999000013+SN=MODÈLE+GN=ALIX"

openssl ca -config openssl.cnf -name ca_any -cert organisations.pem -keyfile organisations.key -revoke revoked_sign.pem 2>/dev/null
openssl ca -config openssl.cnf -name ca_any -cert organisations.pem -keyfile organisations.key -gencrl -md sha256 \
    -crl_lastupdate $from -crl_nextupdate $to -out organisations.crl.pem 2>/dev/null
openssl crl -in organisations.crl.pem -outform DER -out organisations.crl

# A card whose multi-valued RDN is not in the order that DER asks of a SET: real cards have it, OpenSSL cannot write it.
python3 - <<'PY'
import base64, subprocess
pem = open("card_sign.pem").read().split("-----")[2]
der = base64.b64decode(pem)
tbs_end = 4 + 4 + int.from_bytes(der[6:8], "big")
tbs, rest = bytearray(der[4:tbs_end]), der[tbs_end:]
at = tbs.index(bytes.fromhex("300b060355042a"))
members, position = [], at
for _ in range(3):
    end = position + 2 + tbs[position + 1]
    members.append(bytes(tbs[position:end])); position = end
tbs[at:position] = b"".join(reversed(members))
open("tbs", "wb").write(tbs)
subprocess.run(["openssl", "dgst", "-sha256", "-sign", "personnes.key", "-out", "signature", "tbs"], check=True)
signature = open("signature", "rb").read()
der = der[:4] + bytes(tbs) + rest[: len(rest) - len(signature)] + signature
text = base64.b64encode(der).decode()
body = "\n".join(text[i:i + 64] for i in range(0, len(text), 64))
open("card_sign.pem", "w").write(f"-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n")
PY

for name in root other_root organisations personnes org_auth org_sign group_auth group_sign expired_sign future_sign revoked_sign \
    production_sign weak_sign sha1_sign stranger_sign grandchild_sign card_auth card_sign cpe_auth old_card_sign; do
    cp "$name.pem" "$here/$name.pem"
done
cp organisations.crl "$here/"
for name in org_auth org_sign card_auth card_sign; do
    { echo "Throwaway key of a test: worth nothing, trusted by nobody."; cat "$name.key"; } > "$here/$name.key.pem"
done
