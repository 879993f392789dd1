//! An assertion explained line by line, for who reads a capture or sets up a software.

use super::{Assertion, AssertionAttribute, AttributeValue, name};
use crate::error::Bilingual;

/// One line: what travels, what it means, which rule of the server looks at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssertionLine {
    /// Element or attribute name, as on the wire.
    pub element: String,
    /// The value; identities, names, reasons and the homologation number are masked.
    pub value: String,
    /// What it is for.
    pub meaning: Bilingual,
    /// Rules that look at it, empty where none does.
    pub rules: &'static str,
}

/// How a value may be shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Show {
    Whole,
    /// Identifies somebody: first character and length.
    Masked,
    /// A secret: its presence only.
    Present,
}

/// What is known of an attribute.
struct Known {
    name: &'static str,
    show: Show,
    rules: &'static str,
    english: &'static str,
    french: &'static str,
}

const ATTRIBUTES: [Known; 15] = [
    known(
        name::STRUCTURE,
        Show::Whole,
        "V33, V34",
        "structure where the act takes place (Struct_IdNat)",
        "structure où l'acte a lieu (Struct_IdNat)",
    ),
    known(
        name::SECTOR,
        Show::Whole,
        "V40",
        "kind of the structure (JDV_J61)",
        "secteur d'activité de la structure (JDV_J61)",
    ),
    known(
        name::SUBJECT_ID,
        Show::Masked,
        "V30",
        "name of the person, or of the software of an automatic process",
        "nom de la personne, ou du logiciel d'un automate",
    ),
    known(
        name::ROLE,
        Show::Whole,
        "V38, V39",
        "profession first, then savoir-faire, role",
        "profession d'abord, puis savoir-faire, rôle",
    ),
    known(name::VERSION, Show::Whole, "V31", "version of the VIHF", "version du VIHF"),
    known(
        name::MODE,
        Show::Whole,
        "V31",
        "authentication mode; decides what may be asked",
        "mode d'authentification ; décide de ce qui peut être demandé",
    ),
    known(
        name::RESOURCE_ID,
        Show::Masked,
        "V41, V42, V43",
        "the patient: INS, OID of its kind, as a CX",
        "le patient : INS et OID de sa nature, en CX",
    ),
    known(name::RESSOURCE_URN, Show::Whole, "V32", "always urn:dmp", "toujours urn:dmp"),
    known(
        name::PURPOSE_OF_USE,
        Show::Whole,
        "V44",
        "access mode: normal, bris_de_glace or centre_15",
        "mode d'accès : normal, bris_de_glace ou centre_15",
    ),
    known(
        "Mode_Acces_Raison",
        Show::Masked,
        "V45",
        "reason of a bris de glace, typed by the user",
        "raison d'un bris de glace, saisie par l'utilisateur",
    ),
    known(
        name::CONFIDENTIALITY_CODE,
        Show::Whole,
        "V46",
        "connexion secrète of a minor",
        "connexion secrète d'un mineur",
    ),
    known(name::LPS_ID, Show::Whole, "V47", "OID of the installed instance", "OID de l'instance installée"),
    known(
        name::LPS_NOM,
        Show::Whole,
        "V47",
        "name of the software, as on its « À propos » screen",
        "nom du logiciel, comme sur son écran « À propos »",
    ),
    known(name::LPS_VERSION, Show::Whole, "V47", "version of the software", "version du logiciel"),
    known(
        name::LPS_HOMOLOGATION,
        Show::Present,
        "V47",
        "homologation number, a secret",
        "numéro d'homologation, un secret",
    ),
];

const fn known(
    name: &'static str,
    show: Show,
    rules: &'static str,
    english: &'static str,
    french: &'static str,
) -> Known {
    Known { name, show, rules, english, french }
}

impl Assertion {
    /// What each part says, in the order of the wire. No identity of a patient or person and no secret is shown.
    #[must_use]
    pub fn explain(&self) -> Vec<AssertionLine> {
        let mut lines = vec![
            line(
                "@ID",
                shortened(&self.id),
                "V54",
                "name of this assertion: an AIR assertion is accepted once",
                "nom de cette assertion : une assertion AIR n'est acceptée qu'une fois",
            ),
            line(
                "@IssueInstant",
                self.issued_at.to_string(),
                "V50, V51",
                "when it was signed (UTC); in AIR it lives 30 s",
                "instant de signature (UTC) ; en AIR elle vit 30 s",
            ),
            line(
                "Issuer",
                masked_name(&self.issuer),
                "V20, V22",
                "subject of the certificate that signs, most specific part first",
                "sujet du certificat qui signe, partie la plus précise d'abord",
            ),
            line(
                "NameID",
                masked(&self.name_id),
                "V35, V36, V37, V70, V74",
                "who acts: 8 + RPPS, 0 + ADELI, or an internal id",
                "qui agit : 8 + RPPS, 0 + ADELI, ou un identifiant interne",
            ),
        ];
        if let Some(conditions) = &self.conditions {
            let bound = |at: Option<jiff::Timestamp>| at.map_or_else(|| "open".to_owned(), |at| at.to_string());
            let value = format!("{} to {}", bound(conditions.not_before), bound(conditions.not_on_or_after));
            lines.push(line("Conditions", value, "V52", "validity", "validité"));
        }
        lines.push(line(
            "@AuthnInstant",
            self.authenticated_at.to_string(),
            "V53",
            "when the user logged in to the software",
            "instant de connexion de l'utilisateur au logiciel",
        ));
        lines.push(line(
            "AuthnContextClassRef",
            self.class.clone(),
            "EX_0.1-1020",
            "how the user logged in",
            "comment l'utilisateur s'est connecté",
        ));
        if let Some(declaration) = &self.declaration {
            lines.push(line(
                "AuthnContextDecl",
                declaration.clone(),
                "V73",
                "primary method of AIR; CONF_EXI_PGSSIS in AIR simplifié",
                "méthode primaire de l'AIR ; CONF_EXI_PGSSIS en AIR simplifié",
            ));
        }
        lines.extend(self.attributes.iter().map(attribute));
        lines
    }
}

fn line(
    element: &str,
    value: String,
    rules: &'static str,
    english: &'static str,
    french: &'static str,
) -> AssertionLine {
    AssertionLine { element: element.to_owned(), value, meaning: Bilingual { english, french }, rules }
}

fn attribute(attribute: &AssertionAttribute) -> AssertionLine {
    let values: Vec<String> = attribute.values.iter().map(text).collect();
    let value = values.join("; ");
    let Some(known) = ATTRIBUTES.iter().find(|known| attribute.is(known.name)) else {
        // Nobody knows what an unknown attribute holds.
        return line(&attribute.name, masked(&value), "", "unknown to the DMP", "inconnu du DMP");
    };
    let value = match known.show {
        Show::Whole => value,
        Show::Masked => masked(&value),
        Show::Present if value.trim().is_empty() => "empty".to_owned(),
        Show::Present => "present".to_owned(),
    };
    line(&attribute.name, value, known.rules, known.english, known.french)
}

fn text(value: &AttributeValue) -> String {
    match value {
        AttributeValue::Text(text) => text.clone(),
        AttributeValue::Coded(element) => format!("{}^{} ({})", element.code, element.code_system, element.display),
    }
}

/// First character and length.
fn masked(value: &str) -> String {
    let length = value.chars().count();
    match value.chars().next() {
        None => "empty".to_owned(),
        Some(first) => format!("{first}… ({length} characters)"),
    }
}

/// The name of an organisation as it is, that of a person masked.
fn masked_name(issuer: &str) -> String {
    match crate::distinguished_name::DistinguishedName::parse(issuer) {
        Ok(name) => name.masked(),
        Err(_) => masked(issuer),
    }
}

fn shortened(id: &str) -> String {
    let start: String = id.chars().take(9).collect();
    if start.len() < id.len() { format!("{start}…") } else { start }
}
