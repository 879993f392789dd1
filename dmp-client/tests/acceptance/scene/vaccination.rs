//! Notes de vaccination, one vaccination each.

use cda::build::{
    Actor, Author, Block, DocumentHeader, Entry, Inline, Name, Narrative, Professional, Section, StructuredBody,
    Template, WriteOptions,
};
use dmp_client::QualifiedPatient;

use super::writing::{LOINC, code, header, oid};

/// CIS of an invented vaccine.
pub(crate) const PRODUCT: &str = "69999901";
/// `substanceAdministration/id` of the notes of these scenarios.
pub(crate) const ACT: &str = "5D8A1C52-04D9-4B60-8E21-5C9A1F3B7E10";

/// What a note says.
#[derive(Clone)]
pub(crate) struct Vaccination {
    pub(crate) day: &'static str,
    pub(crate) lot: &'static str,
    pub(crate) vaccinator: Vaccinator,
}

/// Who gave the vaccine.
#[derive(Clone)]
pub(crate) enum Vaccinator {
    /// Fully identified: an author of the note too (EX_2.1-2020).
    Identified(Box<Professional>),
    /// Known by name only.
    Named(Name),
}

impl Vaccination {
    pub(crate) fn on(day: &'static str, vaccinator: Vaccinator) -> Self {
        Self { day, lot: "LOT-1", vaccinator }
    }
}

/// The header of a note: a vaccinator who is identified is an author and the performer.
pub(crate) fn note_header(about: &QualifiedPatient, told: &Vaccination) -> DocumentHeader {
    let mut header = header(about, "87273-9");
    if let Vaccinator::Identified(vaccinator) = &told.vaccinator {
        let vaccinator = (**vaccinator).clone();
        let Actor::Professional(author) = &header.authors[0].actor else { panic!("a professional writes") };
        if author.id != vaccinator.id {
            header.authors.push(Author::from(vaccinator.clone()));
        }
        header.event.performer = Some(Actor::Professional(Box::new(vaccinator)));
    }
    header
}

/// The note, in the volet of 2023.01.
pub(crate) fn note(header: &DocumentHeader, told: &Vaccination) -> Vec<u8> {
    let templates = ["1.3.6.1.4.1.19376.1.5.3.1.3.23", "1.2.250.1.213.1.1.2.147"];
    let templates = templates.iter().map(|root| Template::new(oid(root))).collect();
    let narrative = Narrative(vec![Block::list([Inline::named("vac-1", "Vaccin d'exemple, suspension injectable")])]);
    let kind = code("11369-6", "Historique des vaccinations", LOINC);
    let mut section = Section::new(templates, kind, "Note de vaccination", narrative);
    section.entries = vec![Entry::parse(&entry(told)).unwrap()];
    let body = StructuredBody::new(Template::versioned(oid("1.2.250.1.213.1.1.1.46"), "2023.01"), vec![section]);
    header.write_structured(&body, &WriteOptions::default()).unwrap()
}

fn entry(told: &Vaccination) -> String {
    let Vaccination { day, lot, vaccinator } = told;
    let person = match vaccinator {
        Vaccinator::Identified(person) => {
            format!(r#"<id root="1.2.250.1.71.4.2.1" extension="{}"/>{}"#, person.id.as_str(), name(&person.name))
        }
        Vaccinator::Named(known) => format!(r#"<id nullFlavor="UNK"/>{}"#, name(known)),
    };
    format!(
        r##"<substanceAdministration classCode="SBADM" moodCode="EVN" negationInd="false">
<templateId root="2.16.840.1.113883.10.20.1.24"/>
<templateId root="1.3.6.1.4.1.19376.1.5.3.1.4.12"/>
<templateId root="1.2.250.1.213.1.1.3.45"/>
<id root="{ACT}"/>
<code code="INITIMMUNIZ" displayName="1ère série vaccinante" codeSystem="2.16.840.1.113883.5.4"/>
<text><reference value="#vac-1"/></text>
<statusCode code="completed"/>
<effectiveTime value="{day}"/>
<consumable typeCode="CSM"><manufacturedProduct>
<templateId root="2.16.840.1.113883.10.20.1.53"/>
<templateId root="1.3.6.1.4.1.19376.1.5.3.1.4.7.2"/>
<templateId root="1.2.250.1.213.1.1.3.43"/>
<manufacturedMaterial>
<code code="{PRODUCT}" displayName="Vaccin d'exemple" codeSystem="1.2.250.1.213.2.3.1"/>
<name>Vaccin d'exemple</name><lotNumberText>{lot}</lotNumberText>
</manufacturedMaterial>
</manufacturedProduct></consumable>
<performer typeCode="PRF"><assignedEntity classCode="ASSIGNED">{person}</assignedEntity></performer>
</substanceAdministration>"##
    )
}

fn name(name: &Name) -> String {
    let given = name.given.as_deref().unwrap_or_default();
    format!("<assignedPerson><name><family>{}</family><given>{given}</given></name></assignedPerson>", name.family)
}
