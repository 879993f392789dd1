//! Each attribute that cannot be derived is a typed error; all of them are told; the switches do what they say.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "tests")]

mod support;

use cda::metadata::{MappingOptions, Masking, Profile, ReferenceIds, ShortTime};
use dmp_vocabulary::Realm;
use jiff::tz::TimeZone;
use support::{entry, rules, text};

const FILE: &str = "n1-consultation-v1.xml";

/// The example with one edit; the edit must apply.
fn edited(from: &str, to: &str) -> String {
    let xml = text(FILE);
    assert!(xml.contains(from), "{from}");
    xml.replace(from, to)
}

/// The example without the lines from one that holds `from` to one that holds `to`.
fn without(from: &str, to: &str) -> String {
    let xml = text(FILE);
    let start = xml.find(from).unwrap();
    let end = start + xml[start..].find(to).unwrap() + to.len();
    format!("{}{}", &xml[..start], &xml[end..])
}

#[test]
fn refusals_name_attribute_place_and_rule() {
    let time = "<effectiveTime value=\"20260309101500+0100\"/>";
    let id = "<id root=\"2.25.119517470109084072737592841170567157920\"/>";
    let ins = "<id root=\"1.2.250.1.213.1.4.10\" extension=\"284063599941750\"/>";
    let facility = "code=\"SA52\"";
    let (type_code, classification) = ("code=\"11488-4\"", "<standardIndustryClassCode code=\"AMBULATOIRE\"");
    let rows = [
        (without("<id root=\"2.25.1195", "/>"), "uniqueId", "CDA-HDR-010", "/ClinicalDocument/id"),
        (edited(id, "<id nullFlavor=\"UNK\"/>"), "uniqueId", "CDA-HDR-010", "/ClinicalDocument/id"),
        (
            edited(id, "<id root=\"2.999.1\" extension=\"7\"/>"),
            "uniqueId",
            "CDA-DMP-001",
            "/ClinicalDocument/id/@extension",
        ),
        (
            edited(id, "<id root=\"90E1C8EC-F951-4B26-A305-A34848818DD6\"/>"),
            "uniqueId",
            "CDA-DMP-001",
            "/ClinicalDocument/id/@root",
        ),
        (edited(id, "<id root=\"1.2.03\"/>"), "uniqueId", "CDA-DMP-001", "/ClinicalDocument/id/@root"),
        (without("<title>", "</title>"), "title", "CDA-HDR-015", "/ClinicalDocument/title"),
        (
            edited("consultation</title>", " </title>").replace("<title>Compte rendu de", "<title> \n"),
            "title",
            "CDA-HDR-015",
            "/ClinicalDocument/title",
        ),
        (edited("<title>", &format!("<title>{}", "é".repeat(101))), "title", "CDA-HDR-016", "/ClinicalDocument/title"),
        (edited(time, ""), "creationTime", "CDA-HDR-017", "/ClinicalDocument/effectiveTime/@value"),
        (
            edited(time, "<effectiveTime value=\"20260309101500\"/>"),
            "creationTime",
            "CDA-TYP-002",
            "/ClinicalDocument/effectiveTime/@value",
        ),
        (
            edited(time, "<effectiveTime value=\"20260230101500+0100\"/>"),
            "creationTime",
            "CDA-TYP-001",
            "/ClinicalDocument/effectiveTime/@value",
        ),
        (
            edited("code=\"fr-FR\"", "nullFlavor=\"UNK\""),
            "languageCode",
            "CDA-HDR-022",
            "/ClinicalDocument/languageCode/@code",
        ),
        (
            edited("code=\"N\"", "code=\"L\""),
            "confidentialityCode",
            "CDA-HDR-020",
            "/ClinicalDocument/confidentialityCode",
        ),
        (
            edited(type_code, "code=\"REMB\"")
                .replace("codeSystem=\"2.16.840.1.113883.6.1\"", "codeSystem=\"1.2.250.1.213.1.1.4.12\""),
            "typeCode",
            "CDA-DMP-003",
            "/ClinicalDocument/code",
        ),
        (edited(type_code, "code=\"00000-0\""), "typeCode", "CDA-DMP-002", "/ClinicalDocument/code"),
        (edited("codeSystem=\"2.16.840.1.113883.6.1\"", ""), "typeCode", "CDA-HDR-012", "/ClinicalDocument/code"),
        (edited(ins, ""), "patientId", "CDA-PAT-003", "/ClinicalDocument/recordTarget/patientRole/id"),
        (
            edited("extension=\"284063599941750\"", "extension=\"2840635999417\""),
            "patientId",
            "CDA-PAT-004",
            "/ClinicalDocument/recordTarget/patientRole/id",
        ),
        (
            edited("1.2.250.1.213.1.4.10", "1.2.250.1.213.1.4.9"),
            "patientId",
            "CDA-PAT-008",
            "/ClinicalDocument/recordTarget/patientRole/id",
        ),
        (
            edited("<birthTime value=\"19840617\"", "<birthTime value=\"17/06/84\""),
            "sourcePatientInfo",
            "CDA-PAT-022",
            "/ClinicalDocument/recordTarget/patientRole/patient/birthTime/@value",
        ),
        (without("<author>", "</author>"), "author", "CDA-AUT-001", "/ClinicalDocument/author"),
        (
            edited("<low value=\"20260309094000+0100\"/>", "<low nullFlavor=\"UNK\"/>"),
            "serviceStartTime",
            "CDA-EVT-002",
            "/ClinicalDocument/documentationOf[1]/serviceEvent/effectiveTime/low/@value",
        ),
        (
            edited("<high value=\"20260309100500+0100\"/>", "<high value=\"2026030910\"/>"),
            "serviceStopTime",
            "CDA-TYP-002",
            "/ClinicalDocument/documentationOf[1]/serviceEvent/effectiveTime/high/@value",
        ),
        (
            edited(classification, "<standardIndustryClassCode code=\"ESSMS\""),
            "practiceSettingCode",
            "CDA-DMP-007",
            "/ClinicalDocument/documentationOf[1]/serviceEvent/performer/assignedEntity/representedOrganization/standardIndustryClassCode",
        ),
        (
            edited(facility, "code=\"SA66\""),
            "healthcareFacilityTypeCode",
            "CDA-DMP-006",
            "/ClinicalDocument/componentOf/encompassingEncounter/location/healthCareFacility/code",
        ),
        (
            edited(facility, "nullFlavor=\"UNK\""),
            "healthcareFacilityTypeCode",
            "CDA-ENC-003",
            "/ClinicalDocument/componentOf/encompassingEncounter/location/healthCareFacility/code",
        ),
        (
            without("<legalAuthenticator>", "</legalAuthenticator>"),
            "legalAuthenticator",
            "CDA-LAU-001",
            "/ClinicalDocument/legalAuthenticator",
        ),
        (
            edited("<custodian>", "<relatedDocument typeCode=\"RPLC\"><parentDocument/></relatedDocument><custodian>"),
            "association RPLC",
            "CDA-VER-007",
            "/ClinicalDocument/relatedDocument/parentDocument/id",
        ),
    ];
    for (xml, attribute, rule, xpath) in rows {
        let errors = entry(&xml, &MappingOptions::default()).unwrap_err();
        let found: Vec<_> = errors.iter().map(|e| (e.attribute, e.rule, e.xpath.as_str())).collect();
        assert_eq!(found, [(attribute, rule, xpath)]);
        let message = errors[0].to_string();
        assert!(message.contains(rule) && message.contains(attribute), "{message}");
        assert!(!message.contains("VERTHUIS") && !message.contains("2840635"), "{message}");
    }
}

#[test]
fn an_empty_document_tells_all_that_is_missing() {
    let errors = entry("<ClinicalDocument xmlns='urn:hl7-org:v3'/>", &MappingOptions::default()).unwrap_err();
    let mut found = rules(&errors);
    found.sort_unstable();
    assert_eq!(
        found,
        [
            "CDA-AUT-001",
            "CDA-ENC-003",
            "CDA-EVT-001",
            "CDA-EVT-006",
            "CDA-HDR-010",
            "CDA-HDR-012",
            "CDA-HDR-015",
            "CDA-HDR-017",
            "CDA-HDR-020",
            "CDA-HDR-022",
            "CDA-LAU-001",
            "CDA-PAT-001",
            "CDA-PAT-003",
        ]
    );
}

#[test]
fn each_author_without_identity_is_named() {
    let xml =
        text("variant-authors-of-every-kind.xml").replace("<id root=\"2.999.77.1\" extension=\"2.999.77.1.5\"/>", "");
    let errors = entry(xml, &MappingOptions::default()).unwrap_err();
    assert_eq!(errors[0].xpath, "/ClinicalDocument/author[4]/assignedAuthor/id");
    assert_eq!(rules(&errors), ["CDA-AUT-004"]);
}

#[test]
fn outside_the_dmp_its_rules_are_off() {
    let options = MappingOptions::ci_sis();
    assert_eq!(options.profile, Profile::CiSis);
    let xml = edited("code=\"11488-4\"", "code=\"00000-0\"").replace("code=\"SA52\"", "code=\"SA66\"");
    let xml = xml.replace(
        "<id root=\"2.25.119517470109084072737592841170567157920\"/>",
        "<id root=\"2.999.1\" extension=\"7\"/>",
    );
    let found = entry(&xml, &options).unwrap();
    assert_eq!(found.unique_id, "2.999.1^7");
    assert_eq!(found.class_code.map(|class| class.code).as_deref(), Some("10"));
    let mut errors = rules(&entry(&xml, &MappingOptions::default()).unwrap_err());
    errors.sort_unstable();
    assert_eq!(errors, ["CDA-DMP-001", "CDA-DMP-002", "CDA-DMP-006"]);
}

#[test]
fn dates_follow_their_switches() {
    let time = "<effectiveTime value=\"20260309101500+0100\"/>";
    let creation = |value: &str, options: &MappingOptions| {
        let xml = edited(time, &format!("<effectiveTime value=\"{value}\"/>"));
        entry(xml, options).map(|e| e.creation_time.unwrap().as_str().to_owned()).map_err(|errors| rules(&errors))
    };
    let default = MappingOptions::default();
    let mut keep = MappingOptions::default();
    keep.short_time = ShortTime::Keep;
    let mut paris = MappingOptions::default();
    paris.zone_without_offset = Some(TimeZone::fixed(jiff::tz::offset(1)));
    for (value, options, expected) in [
        ("202603090015+0100", &default, Ok("20260308231500")),
        ("202603090015+0100", &keep, Ok("202603082315")),
        ("2026030900+0100", &default, Ok("20260308230000")),
        ("2026030900+0100", &keep, Ok("2026030823")),
        ("20260309", &default, Ok("20260309")),
        ("202603", &default, Ok("202603")),
        ("2026", &default, Ok("2026")),
        ("20260309001500", &paris, Ok("20260308231500")),
        ("20260309001500+0000", &paris, Ok("20260309001500")),
        ("20260309001500", &default, Err(vec!["CDA-TYP-002"])),
        ("20260309001500+1500", &default, Err(vec!["CDA-TYP-003"])),
    ] {
        assert_eq!(creation(value, options), expected.map(str::to_owned), "{value}");
    }
}

#[test]
fn masking_comes_from_the_caller_after_the_level() {
    let mut options = MappingOptions::default();
    options.masking = vec![Masking::Professionals, Masking::Patient, Masking::LegalRepresentatives];
    let codes = entry(text(FILE), &options).unwrap().confidentiality_codes;
    let found: Vec<_> = codes.iter().map(|c| (c.code.as_str(), c.system.as_str())).collect();
    let masking = "1.2.250.1.213.1.1.4.13";
    assert_eq!(
        found,
        [
            ("N", "2.16.840.1.113883.5.25"),
            ("MASQUE_PS", masking),
            ("INVISIBLE_PATIENT", masking),
            ("INVISIBLE_REPRESENTANTS_LEGAUX", masking)
        ]
    );
    assert!(codes.iter().all(|code| code.display.is_some()));
}

#[test]
fn the_kind_of_ins_follows_the_world() {
    for (arc, realm, accepted) in [
        ("10", Realm::Test, true),
        ("11", Realm::Test, true),
        ("8", Realm::Test, false),
        ("8", Realm::Production, true),
        ("10", Realm::Production, false),
        ("9", Realm::Production, false),
    ] {
        let mut options = MappingOptions::default();
        options.realm = Some(realm);
        let xml = edited("root=\"1.2.250.1.213.1.4.10\"", &format!("root=\"1.2.250.1.213.1.4.{arc}\""));
        assert_eq!(entry(xml, &options).is_ok(), accepted, ".{arc} {realm:?}");
    }
}

#[test]
fn imaging_events_and_references_take_their_xds_form() {
    let event = "<documentationOf><serviceEvent><id root=\"2.999.5.1\"/>\
        <code code=\"24727-0\" displayName=\"CT\" codeSystem=\"2.16.840.1.113883.6.1\">\
        <translation code=\"ACQH004\" displayName=\"Scanographie\" codeSystem=\"1.2.250.1.215.300.1\"/>\
        <translation code=\"CT\" displayName=\"TDM\" codeSystem=\"1.2.840.10008.2.16.4\"><qualifier>\
        <name code=\"121139\" codeSystem=\"1.2.840.10008.2.16.4\"/></qualifier></translation>\
        <translation code=\"774007\" displayName=\"tête\" codeSystem=\"2.16.840.1.113883.6.96\"><qualifier>\
        <name code=\"39111-0\" codeSystem=\"2.16.840.1.113883.6.1\"/></qualifier></translation>\
        <translation code=\"774007\" displayName=\"tête\" codeSystem=\"2.16.840.1.113883.6.96\"><qualifier>\
        <name code=\"39111-0\" codeSystem=\"2.16.840.1.113883.6.1\"/></qualifier></translation>\
        <translation code=\"X\" codeSystem=\"2.999\"/></code></serviceEvent></documentationOf>";
    let order = "<inFulfillmentOf><order><id root=\"2.999.6\" extension=\"O-1\"/>\
        <p:accessionNumber xmlns:p=\"urn:dicom-org:ps3-20\" root=\"2.999.7\" extension=\"A-1\"/></order></inFulfillmentOf>";
    let xml = edited("code=\"11488-4\"", "code=\"18748-4\"");
    let xml = xml.replace("<componentOf>", &format!("{order}{event}<componentOf>"));
    let default = MappingOptions::default();
    let found = entry(&xml, &default).unwrap();
    let events: Vec<_> = found.event_codes.iter().map(|c| (c.code.as_str(), c.system.as_str())).collect();
    assert_eq!(
        events,
        [
            ("24727-0", "2.16.840.1.113883.6.1"),
            ("ACQH004", "1.2.250.1.213.2.5"),
            ("CT", "1.2.250.1.213.1.1.5.618"),
            ("774007", "1.2.250.1.213.1.1.5.695")
        ]
    );
    let references: Vec<_> = found.reference_ids.iter().map(|cx| cx.as_str()).collect();
    assert_eq!(
        references,
        [
            "O-1^^^&2.999.6&ISO^urn:ihe:iti:xds:2013:order",
            "A-1^^^&2.999.7&ISO^urn:ihe:iti:xds:2013:accession",
            "2.999.5.1^^^^urn:ihe:iti:xds:2016:studyInstanceUID"
        ]
    );
    let mut plain = MappingOptions::default();
    plain.translate_event_systems = false;
    plain.reference_ids = ReferenceIds::Never;
    let found = entry(&xml, &plain).unwrap();
    assert!(found.reference_ids.is_empty());
    assert_eq!(found.event_codes[1].system, "1.2.250.1.215.300.1");
    let consultation = xml.replace("code=\"18748-4\"", "code=\"11488-4\"");
    assert!(entry(&consultation, &default).unwrap().reference_ids.is_empty(), "imaging only by default");
    plain.reference_ids = ReferenceIds::Always;
    assert_eq!(entry(&consultation, &plain).unwrap().reference_ids.len(), 2, "studies belong to imaging reports");
}

#[test]
fn names_and_labels_are_escaped() {
    let xml = edited(">VERTHUIS<", ">VER^T&amp;HUIS<").replace("Médecin - Médecine Générale (SM)", "A^B&amp;C");
    let found = entry(xml, &MappingOptions::default()).unwrap();
    let info = found.source_patient_info.unwrap().fields;
    assert_eq!(info[0], "PID-5|VER\\S\\T\\T\\HUIS^CAPUCINE^CAPUCINE ONDINE SOLENE^^^^L");
    let specialty = found.authors[0].specialty.as_ref().unwrap().as_str().to_owned();
    assert_eq!(specialty, "G15_10/SM54^A\\S\\B\\T\\C^1.2.250.1.213.1.1.4.5");
}

#[test]
fn the_format_of_a_model_is_looked_up_from_the_last_template() {
    let structured = |templates: &str| {
        let xml = without("<nonXMLBody>", "</nonXMLBody>").replace("<component>", "<component><structuredBody/>");
        let xml = xml.replace("<templateId root=\"1.3.6.1.4.1.19376.1.2.20\"/>", templates);
        entry(xml, &MappingOptions::default()).unwrap().format_code.unwrap().code
    };
    let template = |oid: &str| format!("<templateId root=\"{oid}\"/>");
    let biology = template("1.3.6.1.4.1.19376.1.3.3");
    let pathology = template("1.3.6.1.4.1.19376.1.8.1.1.1");
    let letter = template("1.2.250.1.213.1.1.1.21");
    for (templates, expected) in [
        (letter.clone(), "urn:asip:ci-sis:ldl-ees:2017"),
        (format!("{biology}{letter}"), "urn:asip:ci-sis:ldl-ees:2017"),
        (format!("{biology}{}", template("2.999.1")), "urn:ihe:lab:xd-lab:2008"),
        (format!("{biology}{pathology}"), "urn:ihe:lab:xd-lab:2008"),
        (pathology.clone(), "urn:ihe:pat:apsr:all:2010"),
        (template("2.999.1"), "urn:asipSante:modelesHorsProfils:2011"),
        (String::new(), "urn:asipSante:modelesHorsProfils:2011"),
    ] {
        assert_eq!(structured(&templates), expected, "{templates}");
    }
    for (media_type, expected) in [
        ("image/tiff", "urn:ihe:iti-fr:xds-sd:tiff:2010"),
        ("application/zip", "urn:asipSante:modelesHorsProfils:2011"),
    ] {
        let xml = edited("mediaType=\"text/plain\"", &format!("mediaType=\"{media_type}\""));
        assert_eq!(entry(xml, &MappingOptions::default()).unwrap().format_code.unwrap().code, expected);
    }
}
