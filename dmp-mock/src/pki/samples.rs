//! What `serve --pki-dir` writes beside the pairs of the establishment: cards, other structures, and certificates that
//! must be refused, each with the reason it is there.

use std::fmt::Write as _;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::{
    CLASS_SOFTWARE_PRODUCTION, CardHolder, Identity, LeafProfile, LeafRequest, Pki, PkiError, ThrowawayKey, write_file,
};
use crate::world::{Structure, World, seed};

/// Struct_IdNat of a structure known by its SIRET.
pub const STRUCTURE_SIRET: &str = "399999999800019";
/// Struct_IdNat of a centre de régulation.
pub const STRUCTURE_REGULATION: &str = "10B0990024";
/// Number of the employees' cards, in the establishment (EG).
pub const EMPLOYEE: &str = "30B0990008/000017";
/// PS_IdNat of the infirmier.
pub const INFIRMIER: &str = "899999000047";

/// One certificate with its key, and what it is for.
#[derive(Debug)]
pub struct Sample {
    /// Its files, without extension: `card_medecin_auth`, `bad_expired_sign`.
    pub name: String,
    /// In one sentence.
    pub purpose: &'static str,
    /// The rule that refuses it (`vihf.md` §12); none for a good one.
    pub refused_by: Option<&'static str>,
    /// Certificate and key.
    pub identity: Identity,
}

/// A line of `index.json`.
#[derive(Serialize)]
struct Line<'a> {
    name: &'a str,
    purpose: &'a str,
    refused_by: Option<&'a str>,
}

/// Good files that must be refused in the wrong place.
const MISUSES: [(&str, &str, &str); 4] = [
    ("org_auth_cli", "given as signer of the VIHF", "V21"),
    ("org_sign", "given to TLS", "V01"),
    ("org_auth_cli", "with an assertion that says DIRECTE", "V02"),
    ("card_medecin_auth", "with an assertion that says INDIRECTE", "V02"),
];

/// The files of [`Pki::write_to`].
const PAIRS: [(&str, &str); 6] = [
    ("ca", "the root: the one trust anchor of a client"),
    ("server", "the TLS server of the mock"),
    ("org_auth_cli", "ORG_AUTH_CLI of the establishment (EG) 10B0990008: TLS"),
    ("org_sign", "ORG_SIGN of the establishment (EG) 10B0990008: VIHF and submissions"),
    ("ej_auth_cli", "ORG_AUTH_CLI of its legal entity (EJ) 11B0099001: TLS"),
    ("ej_sign", "ORG_SIGN of its legal entity (EJ) 11B0099001: VIHF and submissions"),
];

impl Pki {
    /// Issues them all, now.
    ///
    /// # Errors
    /// [`PkiError::Issue`] when one cannot be made.
    pub fn samples(&self) -> Result<Vec<Sample>, PkiError> {
        let mut samples = self.sample_cards()?;
        samples.extend(self.sample_structures()?);
        samples.extend(self.bad_samples()?);
        Ok(samples)
    }

    fn sample_cards(&self) -> Result<Vec<Sample>, PkiError> {
        const CLINIC: &str = "CLINIQUE DU MODELE";
        let named = Some(("SECRETAIRE", "LOU"));
        let mut disordered = CardHolder::professional(seed::MEDECIN, "MODELE", "ALIX", "Médecin");
        disordered.disordered = true;
        let cards = [
            (
                "card_medecin",
                "CPS of the médecin",
                CardHolder::professional(seed::MEDECIN, "MODELE", "ALIX", "Médecin"),
            ),
            (
                "card_pharmacien",
                "CPS of the pharmacien",
                CardHolder::professional(seed::PHARMACIEN, "PATRON", "SACHA", "Pharmacien"),
            ),
            (
                "card_infirmier",
                "CPS of an infirmier",
                CardHolder::professional(INFIRMIER, "PRATICIEN", "DANY", "Infirmier"),
            ),
            (
                "cpf_medecin",
                "CPF of a médecin en formation: tells no activity",
                CardHolder::professional(seed::MEDECIN, "MODELE", "ALIX", "Médecin en formation"),
            ),
            ("cpe_nominative", "CPE of a secretary, by name", CardHolder::employee(EMPLOYEE, named, CLINIC)),
            ("cpe_anonymous", "CPE that names nobody", CardHolder::employee(EMPLOYEE, None, CLINIC)),
            ("card_disordered", "CPS whose name is not in DER order: must be accepted", disordered),
        ];
        let mut samples = Vec::new();
        for (name, purpose, holder) in cards {
            let pair = self.card(&holder)?;
            for (part, identity) in [("auth", pair.authentication), ("sign", pair.signature)] {
                samples.push(Sample { name: format!("{name}_{part}"), purpose, refused_by: None, identity });
            }
        }
        Ok(samples)
    }

    fn sample_structures(&self) -> Result<Vec<Sample>, PkiError> {
        let mut samples = Vec::new();
        for (name, purpose, structure, organisation) in [
            ("siret", "pair of a structure known by its SIRET", STRUCTURE_SIRET, "CABINET DU MODELE"),
            ("regulation", "pair of a centre de régulation (centre 15)", STRUCTURE_REGULATION, "REGULATION DU MODELE"),
        ] {
            for (part, profile, key) in AUTHENTICATION_AND_SIGNATURE {
                let request = LeafRequest::organisation(profile, structure, key, Timestamp::now());
                let request = LeafRequest { organisation: organisation.to_owned(), ..request };
                let identity = self.organisations.issue(&request)?;
                samples.push(Sample { name: format!("{name}_{part}"), purpose, refused_by: None, identity });
            }
        }
        Ok(samples)
    }

    fn bad_samples(&self) -> Result<Vec<Sample>, PkiError> {
        type Spoil = fn(LeafRequest) -> LeafRequest;
        const BAD: [(&str, &str, [&str; 2], Spoil); 6] = [
            ("expired", "expired", ["V01", "V20"], LeafRequest::expired),
            ("not_yet_valid", "not yet valid", ["V01", "V20"], LeafRequest::not_yet_valid),
            ("revoked", "on the revocation list", ["V01", "V20"], |request| request),
            ("other_structure", "of a structure that is not the session's", ["V34", "V34"], |request| LeafRequest {
                structure_id: Some(seed::STRUCTURE_OTHER.to_owned()),
                ..request
            }),
            ("no_structure", "without OU", ["V23", "V23"], |request| LeafRequest { structure_id: None, ..request }),
            ("production", "of the production branch, on a test platform", ["V02", "V21"], |request| LeafRequest {
                product_class: Some(CLASS_SOFTWARE_PRODUCTION),
                ..request
            }),
        ];
        let mut samples = Vec::new();
        for (name, purpose, rules, spoil) in BAD {
            for ((part, profile, key), rule) in AUTHENTICATION_AND_SIGNATURE.into_iter().zip(rules) {
                let good = LeafRequest::organisation(profile, seed::STRUCTURE_EG, key, Timestamp::now());
                let identity = self.organisations.issue(&spoil(good))?;
                samples.push(Sample { name: format!("bad_{name}_{part}"), purpose, refused_by: Some(rule), identity });
            }
        }
        let stranger = self.foreign_root()?;
        for ((part, profile, key), rule) in AUTHENTICATION_AND_SIGNATURE.into_iter().zip(["V01", "V20"]) {
            let good = LeafRequest::organisation(profile, seed::STRUCTURE_EG, key, Timestamp::now());
            let identity = stranger.issue(&good)?;
            let purpose = "of an authority that nobody trusts";
            samples.push(Sample { name: format!("bad_stranger_{part}"), purpose, refused_by: Some(rule), identity });
        }
        let holder = CardHolder::professional(seed::MEDECIN, "MODELE", "ALIX", "Médecin");
        let age = Timestamp::now() - SignedDuration::from_hours(1);
        let request =
            LeafRequest::card(LeafProfile::CardAuthentication, ThrowawayKey::CardAuthentication, age).expired();
        samples.push(Sample {
            name: "bad_expired_card_auth".to_owned(),
            purpose: "expired card of the médecin",
            refused_by: Some("V01"),
            identity: self.personnes.issue_person(&holder, &request)?,
        });
        Ok(samples)
    }

    /// Writes `NAME.pem`, `NAME.key` and `NAME.p12` of each sample into the folder of [`Self::write_to`], then
    /// `index.json` and `README.md`, which say of every file what it is for.
    ///
    /// # Errors
    /// [`PkiError::Write`] names the file that could not be written.
    pub fn write_samples(&self, samples: &[Sample], folder: &Path) -> Result<(), PkiError> {
        for sample in samples {
            sample.identity.write_to(folder, &sample.name)?;
        }
        write_file(folder, "index.json", index(samples).as_bytes())?;
        write_file(folder, "README.md", readme(samples).as_bytes())
    }
}

const AUTHENTICATION_AND_SIGNATURE: [(&str, LeafProfile, ThrowawayKey); 2] = [
    ("auth", LeafProfile::OrganisationAuthentication, ThrowawayKey::EgAuthentication),
    ("sign", LeafProfile::OrganisationSignature, ThrowawayKey::EgSignature),
];

/// The structures of the samples, where the world has them not: one by SIRET, one centre de régulation.
pub fn add_structures(world: &mut World) {
    for (id, name, centre_15) in
        [(STRUCTURE_SIRET, "CABINET DU MODELE", false), (STRUCTURE_REGULATION, "REGULATION DU MODELE", true)]
    {
        if world.structure(id).is_none() {
            world.add_structure(Structure {
                id: id.to_owned(),
                name: name.to_owned(),
                sector: "SA01".to_owned(),
                legal_entity: None,
                active: true,
                centre_15,
            });
        }
    }
}

fn lines(samples: &[Sample]) -> Vec<Line<'_>> {
    let pairs = PAIRS.map(|(name, purpose)| Line { name, purpose, refused_by: None });
    let of_samples = samples.iter().map(|sample| Line {
        name: &sample.name,
        purpose: sample.purpose,
        refused_by: sample.refused_by,
    });
    pairs.into_iter().chain(of_samples).collect()
}

fn index(samples: &[Sample]) -> String {
    let misuses = MISUSES.map(|(name, purpose, rule)| Line { name, purpose, refused_by: Some(rule) });
    let index = serde_json::json!({ "files": lines(samples), "misuses": misuses });
    format!("{index:#}\n")
}

fn readme(samples: &[Sample]) -> String {
    let mut text = String::from(
        "# Throwaway certificates of dmp-mock\n\nPublic keys and public passwords: never trust them. Each name is `NAME.pem` \
         (certificate and authorities), `NAME.key`\nand `NAME.p12`. `index.json` says the same to programs.\n\n\
         | name | what it is for | refused by |\n|---|---|---|\n",
    );
    for Line { name, purpose, refused_by } in lines(samples) {
        // Writing to a String does not fail.
        let _ = writeln!(text, "| `{name}` | {purpose} | {} |", refused_by.unwrap_or("-"));
    }
    for (name, purpose, rule) in MISUSES {
        let _ = writeln!(text, "| `{name}` | {purpose} | {rule} |");
    }
    text
}
