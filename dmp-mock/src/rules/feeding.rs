//! Step 8 of the procedure: what a feeding may contain (access-rules.md §10, §11, §12).

use dmp_protocol::nomenclature::Nomenclatures;
use dmp_protocol::rules::Refusal;
use dmp_protocol::vihf::{AuthenticationMode, name};
use xds_model::{AvailabilityStatus, CodedValue, DocumentEntry};

use super::actor::ActorClass;
use super::author::{is_author, is_holders, owns};
use super::denial::{Carrier, Denial, Hearing, breach};
use super::minor::is_minor;
use super::situation::Situation;
use super::visibility::{self, INVISIBLE_PATIENT, INVISIBLE_REPRESENTANTS, MASQUE_PS};
use crate::world::{Patient, StoredEntry};
use dmp_protocol::switches::OnBreach;
use dmp_protocol::switches::ServerSwitches;

const METADATA_ERROR: &str = "XDSRegistryMetadataError";
/// typeCode of a note de vaccination.
pub(crate) const VACCINATION_NOTE: &str = "87273-9";

/// DOC-01 to DOC-03: the type is one that the software of a professional creates, and gives the class.
///
/// # Errors
/// The rule that is broken, in C6.
pub fn check_type(
    entry: &DocumentEntry,
    nomenclatures: &Nomenclatures,
    hearing: &mut Hearing<'_>,
) -> Result<(), Denial> {
    let Some(kind) = &entry.type_code else { return Ok(()) };
    if is_forbidden(entry, nomenclatures) {
        return hearing.registry(breach(
            "DOC-02",
            METADATA_ERROR,
            outside_domain(Some(kind)),
            "a type of document of the holder, of the assurance maladie or of the vaccination service",
            "a type that the software of a professional may create [EX_2.1-1010]",
        ));
    }
    if !nomenclatures.contains("JDV_J66", &kind.code, &kind.system) {
        let outside = outside("DOC-01", "JDV_J66", kind);
        if nomenclatures.retired_type(&kind.code, &kind.system).is_some() {
            // Deposits of retired types are known to be answered Success.
            hearing.observe(outside);
        } else {
            hearing.registry(outside)?;
        }
    }
    match (&entry.class_code, nomenclatures.class_of_type(&kind.code, &kind.system)) {
        (Some(class), Some(expected)) if expected.code != class.code => hearing.registry(breach(
            "DOC-03",
            METADATA_ERROR,
            "La classe ne correspond pas au type du document",
            format!("class {} for type {}", bounded(&class.code), bounded(&kind.code)),
            format!("class {}", expected.code),
        )),
        _ => Ok(()),
    }
}

/// classCode 90, `DOCPAT*`, REMB, `11369-6`, `74465-6`: everything that the table says is not created by an LPS.
fn is_forbidden(entry: &DocumentEntry, nomenclatures: &Nomenclatures) -> bool {
    let holders_class = entry.class_code.as_ref().is_some_and(|class| class.code == "90");
    let kind = entry.type_code.as_ref();
    holders_class
        || kind.is_some_and(|kind| {
            kind.code.starts_with("DOCPAT") || nomenclatures.creatable_by_lps(&kind.code, &kind.system) == Some(false)
        })
}

/// A code that is not in its value set: DOC-01 for the type, X09 for the others.
#[must_use]
pub fn outside(rule: &'static str, set: &str, code: &CodedValue) -> Refusal {
    let found = format!("{} of {}", bounded(&code.code), bounded(&code.system));
    // Two sentences circulate: that of the type, and that of the other codes.
    let text = match rule {
        "X09" => format!("Le code '{}' ne fait pas partie du jeu de valeurs {set}", bounded(&code.code)),
        _ => outside_domain(Some(code)),
    };
    breach(rule, METADATA_ERROR, text, found, format!("a code of {set}"))
}

fn outside_domain(code: Option<&CodedValue>) -> String {
    let code = code.map(|code| bounded(&code.code)).unwrap_or_default();
    format!("Le code '{code}' ne fait pas partie du domaine d'affinité")
}

/// Codes come from the sender.
fn bounded(code: &str) -> String {
    code.chars().take(64).collect()
}

/// OWN-01 (X12) [EX_2.1-1140]: the sender is an author of the document.
///
/// # Errors
/// OWN-01 by the carrier of `author_refusal` (C-20).
pub fn check_author(
    situation: &Situation<'_>,
    class: ActorClass,
    entry: &DocumentEntry,
    hearing: &mut Hearing<'_>,
) -> Result<(), Denial> {
    let switches = situation.switches;
    if switches.depositor_is_author || is_author(situation.caller, class, entry, switches) {
        return Ok(());
    }
    let indirect = situation.caller.mode == AuthenticationMode::Indirecte;
    let refusal = breach(
        "OWN-01",
        METADATA_ERROR,
        if indirect {
            "Aucun AuthorInstitution ne correspond à l'utilisateur du VIHF [Authentification Indirecte]"
        } else {
            "Aucun AuthorPerson ne correspond à l'utilisateur du VIHF"
        },
        "a document of which the sender is not an author",
        "INDIRECTE: Identifiant_Structure among the authorInstitutions; DIRECTE: NameID among the authors",
    );
    hearing.weigh(author_denial(refusal, switches))
}

/// OWN-02, LIF-03, LIF-08: the target of a replacement is of this record, of this author, and current.
///
/// # Errors
/// The rule that is broken.
pub fn check_replaced<'t>(
    situation: &Situation<'_>,
    class: ActorClass,
    target: Option<&'t StoredEntry>,
    hearing: &mut Hearing<'_>,
) -> Result<&'t StoredEntry, Denial> {
    let unresolved = || {
        Denial::new(
            Carrier::Registry,
            breach(
                "LIF-03",
                "UnresolvedReferenceException",
                "Le document à remplacer est introuvable",
                "an RPLC target that is unknown, deleted, or of another patient",
                "the current entryUUID of the document: TD3.1b just before",
            ),
        )
    };
    let stored = target.ok_or_else(unresolved)?;
    if is_holders(&stored.entry) || !owns(situation.caller, class, stored, situation.switches) {
        let refusal = breach(
            "OWN-02",
            METADATA_ERROR,
            "Aucun AuthorInstitution ne correspond à l'utilisateur du VIHF",
            "a replaced document of which the sender is not an author",
            "only an author replaces a document; nobody replaces a document of the holder",
        );
        hearing.weigh(author_denial(refusal, situation.switches))?;
    }
    match stored.entry.status {
        Some(AvailabilityStatus::Approved | AvailabilityStatus::Archived) => Ok(stored),
        Some(AvailabilityStatus::Deprecated) => Err(obsolete_target("an RPLC target that is Deprecated")),
        _ => Err(unresolved()),
    }
}

/// LIF-08.
#[must_use]
pub fn obsolete_target(found: &str) -> Denial {
    let refusal = breach(
        "LIF-08",
        "XDSRegistryDeprecatedDocumentError",
        "Le document à remplacer est obsolète",
        found,
        "the current entryUUID of the document: TD3.1b just before",
    );
    Denial::new(Carrier::Registry, refusal)
}

/// V46 (X22), DOC-04, VIS-08, VIS-09, VIS-07, DOC-05, MIN-06: confidentiality codes against the session, alone, and against
/// what is replaced.
///
/// # Errors
/// The first strict rule that is broken.
pub fn check_confidentiality(
    situation: &Situation<'_>,
    entry: &DocumentEntry,
    replaced: Option<&DocumentEntry>,
    hearing: &mut Hearing<'_>,
) -> Result<(), Denial> {
    if situation.secret && !entry.has_confidentiality(INVISIBLE_REPRESENTANTS) {
        hearing.fault(breach(
            "V46",
            "DMPInvalidData",
            "La connexion secrète n'est pas permise : document visible des représentants légaux",
            format!("{} without INVISIBLE_REPRESENTANTS_LEGAUX", name::CONFIDENTIALITY_CODE),
            "the same code on every document of the lot",
        ))?;
        // C-25: with V46 switched off, the registry says it.
        hearing.registry(breach(
            "X22",
            METADATA_ERROR,
            "Un document déposé en connexion secrète n'est pas visible des représentants légaux",
            "a document without INVISIBLE_REPRESENTANTS_LEGAUX in connexion secrète",
            "the same code on every document of the lot",
        ))?;
    }
    weigh(visibility::check_codes(&entry.confidentiality_codes), hearing)?;
    if let Some(replaced) = replaced {
        weigh(visibility::check_irreversible(replaced, entry, situation.switches), hearing)?;
    }
    weigh(visibility::check_cumul(entry, situation.switches), hearing)?;
    let vaccination = entry.type_code.as_ref().is_some_and(|kind| kind.code == VACCINATION_NOTE);
    if vaccination && (situation.secret || entry.confidentiality_codes.iter().any(|code| code.code != "N")) {
        hearing.registry(breach(
            "DOC-05",
            "DMPFragmentCVAError",
            "Une note de vaccination est visible de tous",
            "a note de vaccination with other codes than N, or in connexion secrète",
            "N alone, outside connexion secrète",
        ))?;
    }
    check_representatives(situation, entry, hearing)
}

/// MIN-06.
fn check_representatives(
    situation: &Situation<'_>,
    entry: &DocumentEntry,
    hearing: &mut Hearing<'_>,
) -> Result<(), Denial> {
    let is_adult =
        |patient: &Patient| patient.birth_date.is_some() && !is_minor(patient, situation.now, situation.switches);
    let adult = situation.patient.is_some_and(is_adult);
    if !adult || !entry.has_confidentiality(INVISIBLE_REPRESENTANTS) {
        return Ok(());
    }
    let refusal = breach(
        "MIN-06",
        "LocalPolicyRestrictionError",
        "Le patient est majeur",
        "INVISIBLE_REPRESENTANTS_LEGAUX on the document of an adult",
        "the code only for a minor",
    );
    match situation.switches.rl_code_on_adult {
        OnBreach::Refuse => hearing.registry(refusal),
        OnBreach::Warn => {
            hearing.observe(refusal);
            Ok(())
        }
        OnBreach::Ignore => Ok(()),
    }
}

/// VIS-06: a holder who masks everything masks what arrives; the mask of an invisible document waits until it is
/// visible. The signature of the lot is left as it is.
pub fn mask_by_default(entry: &mut DocumentEntry, patient: &Patient, switches: &ServerSwitches) {
    let waits = entry.has_confidentiality(INVISIBLE_PATIENT) && !switches.cumul_invisible_patient_masque_ps;
    if patient.default_masking && !waits && !entry.is_signature() && !entry.has_confidentiality(MASQUE_PS) {
        entry.confidentiality_codes.push(visibility::flag(MASQUE_PS));
    }
}

fn weigh(checked: Result<(), Refusal>, hearing: &mut Hearing<'_>) -> Result<(), Denial> {
    checked.or_else(|refusal| hearing.registry(refusal))
}

/// C6, or C3 with `author_refusal_as_fault` (C-20).
fn author_denial(refusal: Refusal, switches: &ServerSwitches) -> Denial {
    if switches.author_refusal_as_fault {
        Denial::new(Carrier::Fault, Refusal { code: "DMPInvalidData", ..refusal })
    } else {
        Denial::new(Carrier::Registry, refusal)
    }
}
