//! What is told of the software and of the DMP.

use dmp_vocabulary::Realm;
use secrecy::ExposeSecret;

use super::{Check, Verdict};
use crate::session::Shared;

pub(super) fn check(shared: &Shared) -> Vec<Check> {
    vec![
        homologation(shared),
        instance(shared),
        platform(shared),
        parameters(shared),
        cryptography(),
        exceptions(shared),
    ]
}

fn homologation(shared: &Shared) -> Check {
    let number = shared.software.homologation.expose_secret();
    let test_form = is_test_number(number);
    let check = Check::new("EX_GEN-1490", ("homologation number", "numéro d'homologation")).found(if test_form {
        "given, in the form of a test number"
    } else {
        "given"
    });
    check.unless(
        test_form && shared.realm == Realm::Production,
        Verdict::Failed,
        (
            "production wants the number that the certification gave to this version of the software",
            "la production demande le numéro donné à cette version du logiciel par l'homologation",
        ),
    )
}

/// `XXX-NNNNNN-tmpN` (probable form of the numbers of test platforms).
fn is_test_number(number: &str) -> bool {
    number.rsplit('-').next().is_some_and(|last| {
        last.strip_prefix("tmp").is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|one| one.is_ascii_digit()))
    })
}

fn instance(shared: &Shared) -> Check {
    let oid = shared.instance.as_str();
    let check = Check::new("EX_GEN-1350", ("OID of this installed instance", "OID de cette instance installée"));
    check.found(oid).unless(
        matches!(oid, "2.25.0" | "2.25.1"),
        Verdict::Warning,
        (
            "an example OID: give each installation its own, such as 2.25.<decimal of a random UUID>",
            "un OID d'exemple : donner le sien à chaque installation, tel que 2.25.<UUID aléatoire en décimal>",
        ),
    )
}

fn platform(shared: &Shared) -> Check {
    let host = shared.base.host_str().unwrap_or_default();
    let realm = match shared.realm {
        Realm::Production => "production",
        Realm::Test => "test",
    };
    let test_host = ["dev", "test", "localhost", "127."].iter().any(|mark| host.contains(mark));
    Check::new("EX_GEN-1410", ("address and realm", "adresse et monde")).found(format!("{host}, realm {realm}")).unless(
        test_host && shared.realm == Realm::Production,
        Verdict::Warning,
        (
            "the address looks like that of a test platform: the realm decides which INS are accepted",
            "l'adresse semble celle d'une plateforme de test : le monde décide des INS acceptés",
        ),
    )
}

fn parameters(shared: &Shared) -> Check {
    let check = Check::new("EX_GEN-1540", ("parameter file of the DMP", "fichier de paramètres du DMP"));
    match shared.parameters.age() {
        None => check.found("the defaults are in force").because(
            Verdict::Warning,
            (
                "read the file of the DMP weekly: it decides who is a minor and what may be hidden",
                "lire le fichier du DMP chaque semaine : il décide qui est mineur et ce qui peut être masqué",
            ),
        ),
        Some(age) => check.found(format!("{} hours old", age.as_hours())).unless(
            shared.parameters.is_stale(),
            Verdict::Warning,
            ("older than a week: read it again", "plus vieux d'une semaine : le relire"),
        ),
    }
}

fn cryptography() -> Check {
    Check::new("SC.SSI/GEN.13", ("cryptography in use", "cryptographie employée")).found(
        "TLS by rustls and aws-lc-rs; RSA PKCS#1 v1.5 with SHA-256 for VIHF and XAdES; SHA-1 only as the hash of XDS",
    )
}

fn exceptions(shared: &Shared) -> Check {
    let lenient: Vec<&str> = shared.policy.exceptions().map(|(rule, _)| rule).collect();
    Check::new("EXI 04", ("rules that are not enforced", "règles non appliquées"))
        .found(if lenient.is_empty() { "none".to_owned() } else { lenient.join(", ") })
        .unless(
            !lenient.is_empty() && shared.realm == Realm::Production,
            Verdict::Warning,
            ("in production every rule should be enforced", "en production, toute règle devrait être appliquée"),
        )
}

#[cfg(test)]
mod tests {
    use super::is_test_number;

    #[test]
    fn a_test_number_ends_in_tmp_and_digits() {
        assert!(is_test_number("XXX-000000-tmp0") && is_test_number("ABC-123456-tmp12"));
        assert!(!is_test_number("ABC-123456-7890") && !is_test_number("ABC-123456-tmp") && !is_test_number(""));
    }
}
