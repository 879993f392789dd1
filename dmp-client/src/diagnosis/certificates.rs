//! The two certificates: what they are for, until when, whose, by whom.

use dmp_protocol::certificate::chain::{self, ChainError};
use dmp_protocol::certificate::{Certificate, ExtendedKeyUsage, Product, ProfileError};
use jiff::{SignedDuration, Timestamp};

use super::{Check, Verdict};
use crate::session::Shared;

/// A certificate takes weeks to renew.
const RENEW_WITHIN: SignedDuration = SignedDuration::from_hours(24 * 45);

/// One of the two, and what its checks are called.
struct Use<'a> {
    certificate: &'a Certificate,
    /// What came with it.
    chain: Vec<Certificate>,
    usage: ExtendedKeyUsage,
    names: Names,
}

/// Subjects of the checks of one certificate.
struct Names {
    kind: (&'static str, &'static str),
    validity: (&'static str, &'static str),
    path: (&'static str, &'static str),
}

const AUTHENTICATION: Names = Names {
    kind: ("authentication certificate (TLS)", "certificat d'authentification (TLS)"),
    validity: ("authentication certificate, dates", "certificat d'authentification, dates"),
    path: ("authentication certificate, authorities", "certificat d'authentification, autorités"),
};
const SIGNATURE: Names = Names {
    kind: ("signature certificate (VIHF, submissions)", "certificat de signature (VIHF, lots)"),
    validity: ("signature certificate, dates", "certificat de signature, dates"),
    path: ("signature certificate, authorities", "certificat de signature, autorités"),
};

pub(super) fn check(shared: &Shared, authorities: &[Certificate], now: Timestamp) -> Vec<Check> {
    let realm = Some(shared.realm);
    let Some(identity) = &shared.authentication else { return Vec::new() };
    let authentication = Use {
        certificate: identity.certificate(),
        chain: identity.authorities(),
        usage: ExtendedKeyUsage::ClientAuth,
        names: AUTHENTICATION,
    };
    let fit = authentication.certificate.check_authentication_profile(realm);
    let mut checks = authentication.check(fit, "V02", authorities, now);
    if let Some(signing) = &shared.signing {
        let signature = Use {
            certificate: signing.certificate(),
            chain: signing.signer().chain().to_vec(),
            usage: ExtendedKeyUsage::EmailProtection,
            names: SIGNATURE,
        };
        let fit = signature.certificate.check_signature_profile(realm);
        checks.extend(signature.check(fit, "V21", authorities, now));
        checks.push(pair(authentication.certificate, signature.certificate));
    }
    checks.push(structure(authentication.certificate));
    checks
}

impl Use<'_> {
    fn check(
        &self,
        fit: Result<(), ProfileError>,
        rule: &'static str,
        authorities: &[Certificate],
        now: Timestamp,
    ) -> Vec<Check> {
        let subject = self.certificate.subject().masked();
        let kind = Check::new(rule, self.names.kind);
        let kind = match fit {
            Ok(()) => kind.found(format!("{subject}; {}", product(self.certificate))),
            Err(error) => kind.found(format!("{subject}; {error}")).because(
                Verdict::Failed,
                (
                    "use the pair of the IGC-Santé made for this, of the branch of the platform",
                    "utiliser la paire de l'IGC-Santé faite pour cet usage, de la branche de la plateforme",
                ),
            ),
        };
        vec![kind, self.validity(now), self.path(authorities, now)]
    }

    fn validity(&self, now: Timestamp) -> Check {
        let (from, to) = (self.certificate.not_before(), self.certificate.not_after());
        let check = Check::new("REC_0.X-1050", self.names.validity).found(format!("{from} to {to}"));
        let left = to.duration_since(now);
        if !self.certificate.is_valid_at(now) {
            return check.because(
                Verdict::Failed,
                ("renew the certificate, or set the clock right", "renouveler le certificat, ou régler l'horloge"),
            );
        }
        check.unless(
            left < RENEW_WITHIN,
            Verdict::Warning,
            ("ask for its renewal now", "demander son renouvellement dès maintenant"),
        )
    }

    fn path(&self, authorities: &[Certificate], now: Timestamp) -> Check {
        let check = Check::new("EX_AIR-080", self.names.path);
        let issuer = self.certificate.issuer().masked();
        let (roots, others): (Vec<_>, Vec<_>) =
            authorities.iter().chain(&self.chain).cloned().partition(|one| one.subject() == one.issuer());
        // A root that came with the certificate vouches for nothing.
        let roots: Vec<_> = roots.into_iter().filter(|root| authorities.contains(root)).collect();
        match chain::verify(self.certificate, &others, &roots, now, self.usage, &[]) {
            Ok(()) => check.found(format!("{issuer}; trusted")),
            // Another root may vouch for the clients than for the servers.
            Err(ChainError::UnknownIssuer | ChainError::Anchor { .. }) => check.found(issuer).because(
                Verdict::Warning,
                (
                    "its path was not followed to the end: put the intermediate authorities among the trust anchors to check it",
                    "le chemin n'a pas été suivi jusqu'au bout : ajouter les autorités intermédiaires aux ancres pour le vérifier",
                ),
            ),
            Err(error) => check.found(format!("{issuer}; {error}")).because(
                Verdict::Failed,
                ("the DMP will refuse it too: replace it", "le DMP le refusera aussi : le remplacer"),
            ),
        }
    }
}

fn product(certificate: &Certificate) -> String {
    let holder = if certificate.names_a_person() { "a person" } else { "a structure" };
    let bits = certificate.rsa_bits().unwrap_or_default();
    let Some(class) = certificate.product_class() else {
        return format!("{holder}; RSA {bits} bits; no product class");
    };
    let product = match class.product {
        Product::Card => "card".to_owned(),
        Product::Module => "security module".to_owned(),
        Product::Software => "software".to_owned(),
        Product::Other(number) => format!("product {number:02x}"),
        _ => "unknown product".to_owned(),
    };
    format!("{holder}; RSA {bits} bits; {product}, {} branch", if class.test { "test" } else { "production" })
}

fn pair(authentication: &Certificate, signature: &Certificate) -> Check {
    let check = Check::new("V23", ("the two certificates together", "les deux certificats ensemble"));
    let same_key = authentication.rsa_public_key() == signature.rsa_public_key();
    let (tls, sign) = (authentication.structure_id(), signature.structure_id());
    let check = check.found(format!("structures {} and {}", tls.unwrap_or("none"), sign.unwrap_or("none")));
    if same_key {
        return check.because(
            Verdict::Failed,
            (
                "give ORG_AUTH_CLI for TLS and ORG_SIGN for signing: two keys (EX_GEN-1450)",
                "donner ORG_AUTH_CLI pour TLS et ORG_SIGN pour signer : deux clés (EX_GEN-1450)",
            ),
        );
    }
    check.unless(
        tls != sign,
        Verdict::Failed,
        ("both pairs must be those of one structure", "les deux paires doivent être celles d'une même structure"),
    )
}

fn structure(authentication: &Certificate) -> Check {
    let check = Check::new("EXI 22", ("structure of the certificates", "structure des certificats"));
    let Some(id) = authentication.structure_id() else {
        return check.found("none in the OU").unless(
            !authentication.names_a_person(),
            Verdict::Failed,
            (
                "the certificate of a structure names it in one OU: ask for a new one",
                "le certificat d'une structure la nomme dans un seul OU : en demander un autre",
            ),
        );
    };
    check.found(format!("OU={id}")).unless(
        !id.starts_with('1'),
        Verdict::Warning,
        (
            "AIR simplifié needs a certificate whose OU is 1 + FINESS; the other modes do not",
            "l'AIR simplifié demande un certificat dont l'OU est 1 + FINESS ; les autres modes non",
        ),
    )
}
