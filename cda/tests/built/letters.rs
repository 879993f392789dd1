//! Structured documents: the letter to a hospital (lettre de liaison à l'entrée, LDL-EES) in several dresses.

use cda::build::{
    AddedDocument, Block, DocumentHeader, Entry, Href, Informant, Inline, Interval, Moment, Narrative, Participant,
    ParticipationKind, PdfCopy, Recipient, RelatedPerson, RelationClass, Row, Section, StructuredBody, Table, Telecom,
    TelecomUse, Template, Wrapping, WriteOptions,
};
use jiff::civil::date;

use crate::people::{canevas, clinic, code, concept, gabarit, header, oid};
use crate::reports::pdf;

const LOINC: &str = "2.16.840.1.113883.6.1";

pub(crate) fn all() -> Vec<(&'static str, Vec<u8>)> {
    let copy = PdfCopy { caption: "Lettre de liaison au format PDF".to_owned(), pdf: pdf() };
    let with_copy = StructuredBody { pdf_copy: Some(copy.clone()), ..body() };
    let added = AddedDocument {
        caption: "Électrocardiogramme de 2024".to_owned(),
        kind: None,
        media_type: "application/pdf".to_owned(),
        bytes: pdf(),
    };
    let with_added = StructuredBody { added_documents: vec![added], pdf_copy: Some(copy), ..rich_body() };
    let mut wrapped = WriteOptions::default();
    wrapped.wrapping = Wrapping::Autopresentable;
    let write = |n, body: &StructuredBody, options| letter(n).write_structured(body, &options).unwrap();
    vec![
        ("n3-liaison-letter.xml", write(14, &body(), WriteOptions::default())),
        ("n3-liaison-letter-pdf-copy.xml", write(15, &with_copy, WriteOptions::default())),
        ("n3-added-documents.xml", write(16, &with_added, WriteOptions::default())),
        ("n3-autopresentable.xml", write(17, &body(), wrapped)),
    ]
}

pub(crate) fn letter(n: u32) -> DocumentHeader {
    let stay = || concept("JDV_J142", "IMP");
    let mut header = header(n, "18761-7", "Lettre de liaison à l'entrée en établissement de santé");
    header.event.code = Some(stay().into());
    header.event.stop = None;
    header.encounter.code = Some(stay());
    header.encounter.time = Interval::from(date(2026, 3, 9));
    header.encounter.facility = concept("JDV_J61", "SA01");
    header.informants = vec![Informant::Related(RelatedPerson {
        class: RelationClass::EmergencyContact,
        relation: Some(concept("JDV_J11", "HUSB")),
        contact: cda::build::Contact {
            telecoms: vec![Telecom::phone("0639980018").used_for(TelecomUse::Mobile)],
            ..cda::build::Contact::default()
        },
        family: "D'ÉPREUVE".to_owned(),
        given: Some("Léo".to_owned()),
    })];
    header.recipients = vec![Recipient {
        id: Some(gabarit().id),
        name: Some(gabarit().name),
        structure: Some(clinic()),
        ..Recipient::default()
    }];
    header.participants = vec![Participant {
        function: Some(concept("JDV_J47", "CORRE")),
        time: Interval::from(Moment::Day(date(2024, 9, 5))),
        ..Participant::professional(ParticipationKind::Informant, canevas())
    }];
    header
}

pub(crate) fn template(root: &str) -> Template {
    Template::new(oid(root))
}

fn section(templates: &[&str], loinc: (&str, &str), title: &str, narrative: Narrative) -> Section {
    let templates = templates.iter().map(|root| template(root)).collect();
    Section::new(templates, code(loinc.0, loinc.1, LOINC), title, narrative)
}

pub(crate) fn reason(narrative: Narrative) -> Section {
    let templates = ["1.3.6.1.4.1.19376.1.5.3.1.3.1", "1.2.250.1.213.1.1.2.127"];
    section(&templates, ("42349-1", "Raison de la recommandation"), "Motif d'hospitalisation", narrative)
}

fn treatments() -> Section {
    let templates = ["1.3.6.1.4.1.19376.1.5.3.1.3.20", "1.2.250.1.213.1.1.2.144"];
    let line = Inline::named("trt-1", "Gabarine 5 mg, un comprimé le matin depuis septembre 2024");
    let narrative = Narrative(vec![Block::list([line])]);
    let entry = r##"<substanceAdministration classCode="SBADM" moodCode="EVN">
<templateId root="1.2.250.1.213.1.1.3.42"/>
<templateId root="2.16.840.1.113883.10.20.1.24"/>
<templateId root="1.3.6.1.4.1.19376.1.5.3.1.4.7"/>
<templateId root="1.3.6.1.4.1.19376.1.5.3.1.4.7.1"/>
<id root="7A3F1C52-04D9-4B60-8E21-5C9A1F3B7E01"/>
<code code="DRUG" displayName="Médicament" codeSystem="2.16.840.1.113883.5.4" codeSystemName="HL7:ActCode"/>
<text><reference value="#trt-1"/></text>
<statusCode code="completed"/>
<effectiveTime xsi:type="IVL_TS"><low value="20240905"/><high nullFlavor="UNK"/></effectiveTime>
<effectiveTime xsi:type="PIVL_TS" operator="A"><period value="1" unit="d"/></effectiveTime>
<consumable><manufacturedProduct>
<templateId root="1.2.250.1.213.1.1.3.43"/>
<templateId root="2.16.840.1.113883.10.20.1.53"/>
<templateId root="1.3.6.1.4.1.19376.1.5.3.1.4.7.2"/>
<manufacturedMaterial><code nullFlavor="NAV"/><name>Gabarine 5 mg, comprimé</name></manufacturedMaterial>
</manufacturedProduct></consumable>
</substanceAdministration>"##;
    Section {
        entries: vec![Entry::parse(entry).unwrap()],
        ..section(&templates, ("42346-7", "Traitements à l'admission"), "Traitements en cours", narrative)
    }
}

fn allergies() -> Section {
    let templates = ["2.16.840.1.113883.10.20.1.2", "1.3.6.1.4.1.19376.1.5.3.1.3.13", "1.2.250.1.213.1.1.2.137"];
    let row = Row::data([Inline::named("all-1", "Éruption après prise de Modélicine en 2018")]);
    let narrative = Narrative(vec![Block::Table(Table { body: vec![row], ..Table::default() })]);
    let entry = r##"<entry><act classCode="ACT" moodCode="EVN">
<templateId root="2.16.840.1.113883.10.20.1.27"/>
<templateId root="1.3.6.1.4.1.19376.1.5.3.1.4.5.1"/>
<templateId root="1.3.6.1.4.1.19376.1.5.3.1.4.5.3"/>
<templateId root="1.2.250.1.213.1.1.3.40"/>
<id root="7A3F1C52-04D9-4B60-8E21-5C9A1F3B7E02"/>
<code nullFlavor="NA"/>
<statusCode code="active"/>
<effectiveTime><low value="2018"/></effectiveTime>
<entryRelationship typeCode="SUBJ" inversionInd="false"><observation classCode="OBS" moodCode="EVN">
<templateId root="2.16.840.1.113883.10.20.1.28"/>
<templateId root="2.16.840.1.113883.10.20.1.18"/>
<templateId root="1.3.6.1.4.1.19376.1.5.3.1.4.5"/>
<templateId root="1.3.6.1.4.1.19376.1.5.3.1.4.6"/>
<templateId root="1.2.250.1.213.1.1.3.41"/>
<id root="7A3F1C52-04D9-4B60-8E21-5C9A1F3B7E03"/>
<code code="416098002" displayName="allergie médicamenteuse" codeSystem="2.16.840.1.113883.6.96" codeSystemName="SNOMED CT"/>
<text><reference value="#all-1"/></text>
<statusCode code="completed"/>
<effectiveTime xsi:type="IVL_TS"><low value="2018"/></effectiveTime>
<value xsi:type="CD"><originalText><reference value="#all-1"/></originalText></value>
</observation></entryRelationship>
</act></entry>"##;
    Section {
        entries: vec![Entry::parse(entry).unwrap()],
        ..section(&templates, ("48765-2", "Allergies et hypersensibilités"), "Allergies", narrative)
    }
}

fn comment(narrative: Narrative) -> Section {
    let templates = ["2.16.840.1.113883.10.12.201", "1.3.6.1.4.1.19376.1.4.1.2.16", "1.2.250.1.213.1.1.2.73"];
    section(&templates, ("55112-7", "Commentaire"), "Autres informations", narrative)
}

pub(crate) fn model() -> Template {
    Template::versioned(oid("1.2.250.1.213.1.1.1.21"), "2022.01")
}

fn with_sections(reason_text: Narrative, comment_text: Narrative) -> StructuredBody {
    StructuredBody::new(model(), vec![reason(reason_text), treatments(), allergies(), comment(comment_text)])
}

fn body() -> StructuredBody {
    with_sections(
        Narrative::paragraphs(["Douleur inventée depuis ce matin <sans fièvre> & sans antécédent."]),
        Narrative::paragraphs(["Vit seule, autonome."]),
    )
}

/// The whole vocabulary of the narrative.
fn rich_body() -> StructuredBody {
    let link =
        Inline::Link { href: Href::parse("https://exemple.fr/a?b=1&c=2").unwrap(), text: "référence".to_owned() };
    let note = Inline::Footnote { id: "note-1".to_owned(), content: vec![Inline::text("Mesure inventée.")] };
    let first = Block::paragraph_of([
        Inline::styled("Bold", "SpO"),
        Inline::Subscript("2".to_owned()),
        Inline::text(" 98 % ; 10"),
        Inline::Superscript("9".to_owned()),
        Inline::text("/L"),
        note,
        Inline::Break,
        link,
    ]);
    let table = Table {
        caption: Some("Constantes".to_owned()),
        border: true,
        header: vec![Row::headings(["Heure", "Valeur"])],
        footer: vec![Row::data([Inline::text("Relevé"), Inline::text("par personne")])],
        body: vec![Row::data([Inline::text("09:40"), Inline::styled("Bold Italics", "12/7")])],
    };
    let second = Block::paragraph_of([Inline::text("Voir "), Inline::FootnoteReference("note-1".to_owned())]);
    with_sections(Narrative(vec![first, Block::Table(table)]), Narrative(vec![second]))
}
