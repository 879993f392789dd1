//! What real producers send (xds.md §14): each row of the table is read as the message it means.

use xds_model::iti18::QueryResponse;
use xds_model::iti41::ProvideAndRegister;
use xds_model::iti57::{SubmitObjects, Update};
use xds_model::{
    AssociationKind, AvailabilityStatus, Cx, DocumentContent, DocumentEntry, RegistryObjectList, Slot, Xcn, namespace,
};

use crate::support::{body_text, golden_message, parse, written};

const RIM: &str = namespace::RIM;

fn original() -> String {
    body_text(&golden_message("iti41-original.request.soap.xml"))
}

fn read(message: &str) -> ProvideAndRegister {
    ProvideAndRegister::read(&parse(message)).unwrap()
}

/// The document entry of the golden submission after a change of its text.
fn entry_with(from: &str, to: &str) -> DocumentEntry {
    let message = original();
    assert!(message.contains(from), "{from}");
    read(&message.replace(from, to)).objects.document_entries.remove(0)
}

/// Removes an attribute everywhere.
fn without_attribute(message: &str, name: &str) -> String {
    let mut out = String::new();
    let mut rest = message;
    let start = format!(" {name}=\"");
    while let Some(at) = rest.find(&start) {
        out.push_str(&rest[..at]);
        let after = &rest[at + start.len()..];
        rest = &after[after.find('"').unwrap() + 1..];
    }
    out + rest
}

#[test]
fn forms_that_mean_the_same() {
    let original = original();
    let in_no_namespace = |names: &[&str]| {
        names.iter().fold(original.clone(), |message, name| {
            message
                .replace(&format!("<rim:{name}"), &format!("<{name}"))
                .replace(&format!("</rim:{name}"), &format!("</{name}"))
        })
    };
    let default_namespace = original
        .replace("<rim:RegistryObjectList>", &format!("<RegistryObjectList xmlns=\"{RIM}\">"))
        .replace("<rim:", "<")
        .replace("</rim:", "</");
    let rows = [
        ("BOM", format!("\u{feff}{original}")),
        ("other prefixes", original.replace("<rim:", "<ns3:").replace("</rim:", "</ns3:").replace("xmlns:rim", "xmlns:ns3")),
        ("default namespace", default_namespace),
        ("unused prefixes", original.replacen("xmlns:rim", "xmlns:rs=\"urn:x\" xmlns:rim", 1)),
        ("redeclared", original.replace("<rim:Slot ", &format!("<rim:Slot xmlns:rim=\"{RIM}\" "))),
        ("no namespace", in_no_namespace(&["Classification", "Slot", "ValueList", "Value", "Name", "LocalizedString"])),
        ("white space", original.replace("><", ">\r\n\t<").replace("<rim:Value>", "<rim:Value>\r\n ").replace("</rim:Value>", "\t</rim:Value>")),
        ("comments", original.replace("<rim:Value>", "<!-- a --><rim:Value><!-- b -->").replace("<rim:Slot", "<!-- c --><rim:Slot")),
        ("CDATA", original.replace("<rim:Value>20260302091500<", "<rim:Value><![CDATA[20260302]]>0915<![CDATA[00]]><")),
        ("no registryObject", without_attribute(&original, "registryObject")),
        ("no classifiedObject", without_attribute(&original, "classifiedObject")),
        ("another object", original.replace("classifiedObject=\"Document01\"", "classifiedObject=\"urn:uuid:x\"").replace("registryObject=\"Document01\"", "registryObject=\"Signature01\"")),
        ("repeated ids", (0..90).fold(original.clone(), |message, number| message.replace(&format!("id=\"c{number:02}\""), "id=\"c\""))),
        ("no ids", (0..90).fold(original.clone(), |message, number| message.replace(&format!("id=\"c{number:02}\" "), "").replace(&format!("id=\"e{number:02}\" "), ""))),
        ("authors without code", original.replace(" nodeRepresentation=\"\"", "")),
        ("associations without type", original.replace(&format!(" objectType=\"{}\"", xds_model::scheme::ASSOCIATION), "")),
        ("charset UTF8", original.replace("charset=\"UTF-8\"", "charset=\"UTF8\"")),
        ("no charset", without_attribute(&original, "charset")),
        ("no lang", without_attribute(&original, "xml:lang")),
        ("lang fr-FR", original.replace("xml:lang=\"FR\"", "xml:lang=\"fr-FR\"")),
        ("several strings", original.replace("</rim:Name>", "<rim:LocalizedString value=\"autre\"/></rim:Name>")),
        ("empty first string", original.replace("<rim:Name>", "<rim:Name><rim:LocalizedString value=\"\"/>")),
        ("empty slots", original.replace("<rim:Slot name=\"hash\">", "<rim:Slot name=\"repositoryUniqueId\"><rim:ValueList/></rim:Slot><rim:Slot name=\"x\"/><rim:Slot name=\"y\"><rim:ValueList><rim:Value> </rim:Value></rim:ValueList></rim:Slot><rim:Slot name=\"hash\">")),
        ("slot in two", original.replace("</rim:Value><rim:Value>PID-5|DELAFABLE", "</rim:Value></rim:ValueList></rim:Slot><rim:Slot name=\"sourcePatientInfo\"><rim:ValueList><rim:Value>PID-5|DELAFABLE")),
        ("home and opaque", original.replace("<rim:ExtrinsicObject ", "<rim:ExtrinsicObject home=\"urn:oid:1.2\" isOpaque=\"false\" ")),
        ("top-level classification", original.replace("<rim:RegistryPackage ", &format!("<rim:Classification id=\"x\" classifiedObject=\"SubmissionSet01\" classificationNode=\"{}\"/><rim:RegistryPackage ", xds_model::scheme::SUBMISSION_SET_NODE))),
        ("package without its node", original.replace(xds_model::scheme::SUBMISSION_SET_NODE, "")),
    ];
    let expected = read(&original);
    for (name, message) in rows {
        assert_ne!(message, original, "{name}: nothing changed");
        let mut received = read(&message);
        if name == "package without its node" {
            received.objects.submission_sets[0].extras.classifications.clear();
        }
        assert!(received == expected, "{name}");
    }
}

#[test]
fn slots_classifications_and_objects_in_any_order() {
    let original = original();
    let expected = read(&original);
    let slot = |name: &str| {
        let start = original.find(&format!("<rim:ExtrinsicObject id=\"Document01\"")).unwrap();
        let start = start + original[start..].find(&format!("<rim:Slot name=\"{name}\"")).unwrap();
        let end = start + original[start..].find("</rim:Slot>").unwrap() + "</rim:Slot>".len();
        original[start..end].to_owned()
    };
    let (hash, size) = (slot("hash"), slot("size"));
    let moved = original.replacen(&hash, "", 1).replacen(&size, &format!("{size}{hash}"), 1);
    assert!(read(&moved) == expected);

    let start = original.find("<rim:Association ").unwrap();
    let end = original.find("</rim:RegistryObjectList>").unwrap();
    let associations = original[start..end].to_owned();
    let first = original
        .replace(&associations, "")
        .replace("<rim:RegistryObjectList>", &format!("<rim:RegistryObjectList>{associations}"));
    assert!(read(&first) == expected);
}

#[test]
fn associations_with_and_without_their_slot() {
    let original = original();
    let status = "<rim:Slot name=\"SubmissionSetStatus\"><rim:ValueList><rim:Value>Original</rim:Value></rim:ValueList></rim:Slot>";
    let bare = read(&original.replace(status, "")).objects;
    let member = &bare.associations[0];
    assert_eq!((&member.kind, member.submission_set_status()), (&AssociationKind::HasMember, None));

    let signs = AssociationKind::Signs.as_urn();
    let at = original.find(signs).unwrap();
    let end = at + original[at..].find("/>").unwrap();
    let filled = format!("{}>{status}</rim:Association>{}", &original[..end], &original[end + 2..]);
    let signs =
        read(&filled).objects.associations.into_iter().find(|association| association.kind == AssociationKind::Signs);
    assert_eq!(signs.unwrap().submission_set_status(), Some("Original"));

    let bare_word = original.replace(AssociationKind::HasMember.as_urn(), "HasMember");
    assert_eq!(read(&bare_word).objects.associations[0].kind, AssociationKind::HasMember);
}

#[test]
fn odd_values_are_kept() {
    let title = "x".repeat(200);
    let patient = "285079999999935^^^&amp;1.2.250.1.213.1.4.10&amp;ISO^NH\"";
    let person = "899999000013^MODELE^ALIX^^^^^^&amp;1.2.250.1.71.4.2.1&amp;ISO^D^^^IDNPS";

    assert_eq!(entry_with("Compte rendu de consultation du 2 mars 2026", &title).title, Some(title.clone()));
    for odd in ["^NH^^20260302", "^nh", "", "^INS-C"] {
        let entry = entry_with(patient, &format!("285079999999935^^^&amp;1.2.250.1.213.1.4.10&amp;ISO{odd}\""));
        assert_eq!(entry.patient_id.as_str(), format!("285079999999935^^^&1.2.250.1.213.1.4.10&ISO{odd}"));
        assert!(entry.patient_id.same_identifier(&Cx::ins("285079999999935", "1.2.250.1.213.1.4.10")));
    }
    for odd in [
        "899999000013^MODELE^ALIX^^^^^^&amp;1.2.250.1.71.4.2.1&amp;ISO^D^^^EI",
        "899999000013^MODELE",
        "899999000013^A&amp;B^C^^^^^^^^^^^^^^^X",
    ] {
        let entry = entry_with(person, odd);
        assert_eq!(entry.legal_authenticator, Some(Xcn::from(odd.replace("&amp;", "&"))));
        assert_eq!(entry.authors[0].person.as_ref().unwrap().id(), "899999000013");
    }
    for odd in ["20260302", "202603020915", "20260302091500.5", "20260302101500+0100", "hier"] {
        assert_eq!(entry_with("20260302091500<", &format!("{odd}<")).creation_time.unwrap().as_str(), odd);
    }
    let hash = entry_with("a4159b6627e1f409b0a1e51ea243c1b4e885924d", "A4159B6627E1F409B0A1E51EA243C1B4E885924D");
    assert_eq!(hash.same_hash("a4159b6627e1f409b0a1e51ea243c1b4e885924d"), Some(true));
    assert_eq!(hash.same_hash("b4159b6627e1f409b0a1e51ea243c1b4e885924d"), Some(false));
    assert_eq!(DocumentEntry::default().same_hash("a4"), None);
    assert_eq!(entry_with(">5347<", ">0<").size, Some(0));
    let odd = entry_with(">5347<", ">05347<");
    assert_eq!((odd.size, odd.extras.slots), (None, vec![Slot::single("size", "05347")]));
    assert_eq!(entry_with("mimeType=\"text/xml\"", "mimeType=\"application/x\"").mime_type, "application/x");
    assert_eq!(entry_with("mimeType=\"text/xml\" ", "").mime_type, "");
    let on_demand = "urn:uuid:34268e47-fdf5-41a6-ba33-82133c465248";
    assert_eq!(entry_with(xds_model::scheme::DOCUMENT_ENTRY, on_demand).object_type.as_deref(), Some(on_demand));
}

#[test]
fn entry_uuids_are_opaque() {
    for id in ["URN:UUID:0F3C", "0f3c6a10", "Document-01", "é ", ""] {
        let entry = entry_with("<rim:ExtrinsicObject id=\"Document01\"", &format!("<rim:ExtrinsicObject id=\"{id}\""));
        assert_eq!(entry.entry_uuid, id);
    }
}

#[test]
fn an_empty_patient_info_is_told_from_an_absent_one() {
    let fields = "<rim:Value>PID-5|FICTIVE^ZOE^ZOE CAPUCINE^^^^L</rim:Value><rim:Value>PID-5|DELAFABLE^ZOE^^^^^D</rim:Value><rim:Value>PID-7|19850714</rim:Value><rim:Value>PID-8|F</rim:Value>";
    let slot = format!("<rim:Slot name=\"sourcePatientInfo\"><rim:ValueList>{fields}</rim:ValueList></rim:Slot>");
    let empty = entry_with(fields, "");
    assert_eq!(empty.source_patient_info.as_ref().map(|info| info.fields.len()), Some(0));
    assert_eq!(entry_with(fields, "<rim:Value/>"), empty);
    assert_eq!(entry_with(&slot, "<rim:Slot name=\"sourcePatientInfo\"/>"), empty);
    let absent = entry_with(&slot, "");
    assert_eq!(absent.source_patient_info, None);
    let list = |entry| RegistryObjectList { document_entries: vec![entry], ..RegistryObjectList::default() };
    let write = |entry| written(|writer| list(entry).write(writer, xds_model::Form::Request));
    assert_eq!(write(empty), write(absent), "an empty slot is never written");
}

#[test]
fn what_the_model_does_not_know_is_sent_back() {
    let unknown = "<rim:Slot name=\"zebra\"><rim:ValueList><rim:Value>1</rim:Value><rim:Value>2</rim:Value></rim:ValueList></rim:Slot>";
    let second_hash = "<rim:Slot name=\"hash\"><rim:ValueList><rim:Value>autre</rim:Value></rim:ValueList></rim:Slot>";
    let classification = "<rim:Classification id=\"x\" classificationScheme=\"urn:uuid:inconnu\" classifiedObject=\"Document01\" nodeRepresentation=\"X\"><rim:Slot name=\"codingScheme\"><rim:ValueList><rim:Value>1.2</rim:Value></rim:ValueList></rim:Slot><rim:Name><rim:LocalizedString value=\"Ix\"/></rim:Name></rim:Classification>";
    let second_type = classification.replace("urn:uuid:inconnu", xds_model::scheme::ENTRY_TYPE_CODE);
    let identifier = "<rim:ExternalIdentifier id=\"y\" registryObject=\"Document01\" identificationScheme=\"urn:uuid:autre\" value=\"V\"><rim:Name><rim:LocalizedString value=\"N\"/></rim:Name></rim:ExternalIdentifier>";
    let (before, after) = ("<rim:Slot name=\"sourcePatientId\">", "</rim:ExtrinsicObject>");
    let message = original()
        .replace(before, &format!("{unknown}{second_hash}{before}"))
        .replace(after, &format!("{classification}{second_type}{identifier}{after}"));
    let request = read(&message);
    let entry = &request.objects.document_entries[0];
    assert_eq!(entry.hash.as_deref(), Some("a4159b6627e1f409b0a1e51ea243c1b4e885924d"));
    assert_eq!(entry.type_code.as_ref().unwrap().code, "11488-4");
    assert_eq!(entry.extras.slots.len(), 2);
    assert_eq!(entry.extras.classifications.len(), 2);
    assert_eq!(entry.extras.identifiers.len(), 1);
    let again = read(&written(|writer| request.write(writer)));
    assert_eq!(again.objects.document_entries[0].extras.classifications, entry.extras.classifications);
    assert_eq!(again.objects.document_entries[0].extras.identifiers, entry.extras.identifiers);
    let mut slots = entry.extras.slots.clone();
    slots.sort_by(|left, right| left.name.cmp(&right.name));
    assert_eq!(again.objects.document_entries[0].extras.slots, slots);
}

#[test]
fn documents_are_matched_to_entries_by_case_only_if_unique() {
    let message = original().replace("<xdsb:Document id=\"Document01\"", "<xdsb:Document id=\"documentME1\"");
    let request = read(&message);
    assert_eq!(request.document_of("DocumentME1").unwrap().id, "documentME1");
    assert!(request.document_of("DocumentME2").is_none());
    let two = read(&message.replace("<xdsb:Document id=\"Signature01\"", "<xdsb:Document id=\"DOCUMENTme1\""));
    assert!(two.document_of("DocumentME1").is_none(), "ambiguous");
    assert!(two.document_of("DOCUMENTme1").is_some(), "exact");
}

#[test]
fn an_inline_document_is_decoded() {
    let message = original();
    let start = message.find("<xop:Include").unwrap();
    let end = start + message[start..].find("/>").unwrap() + 2;
    let inline = |text: &str| message.replace(&message[start..end], text);
    let content = |text: &str| read(&inline(text)).documents.remove(0).content;
    for text in ["QUJDRA==", "QUJD\r\n RA==", "QUJDRA", "<![CDATA[QUJDRA==]]>"] {
        assert_eq!(content(text), DocumentContent::Inline(b"ABCD".to_vec()), "{text}");
    }
    assert_eq!(content(""), DocumentContent::Inline(Vec::new()));
    let error = |text: &str| ProvideAndRegister::read(&parse(&inline(text))).unwrap_err().to_string();
    assert!(error("<x/>é").contains("neither an xop:Include nor base64"));
    assert!(error("<xop:Include xmlns:xop='http://www.w3.org/2004/08/xop/include'/>").contains("has no href"));
}

#[test]
fn folders_and_strangers_are_told() {
    let folder = format!(
        "<rim:RegistryPackage id=\"Folder01\"><rim:Classification id=\"f\" classifiedObject=\"Folder01\" classificationNode=\"{}\"/></rim:RegistryPackage>",
        xds_model::scheme::FOLDER_NODE
    );
    let beside = format!(
        "<rim:RegistryPackage id=\"Folder02\"/><rim:Classification id=\"g\" classifiedObject=\"Folder02\" classificationNode=\"{}\"/>",
        xds_model::scheme::FOLDER_NODE
    );
    let message = original()
        .replace("</rim:RegistryObjectList>", &format!("{folder}{beside}<rim:ExternalLink/></rim:RegistryObjectList>"));
    let objects = read(&message).objects;
    assert_eq!(objects.unsupported, ["Folder", "Folder", "ExternalLink"]);
    assert_eq!(objects.submission_sets.len(), 1);
}

#[test]
fn answers_count_their_objects_and_keep_unknown_statuses() {
    let answer = body_text(&golden_message("iti18-finddocuments.response.soap.xml"));
    for message in [
        answer.replace(" startIndex=\"0\" totalResultCount=\"1\"", ""),
        answer.replace("totalResultCount=\"1\"", "totalResultCount=\"99\""),
        answer.replace("StatusType:Approved\"", "StatusType:Submitted\""),
    ] {
        assert_ne!(message, answer);
        let response = QueryResponse::read(&parse(&message)).unwrap();
        assert_eq!(response.objects.len(), 1);
        let status = response.objects.document_entries[0].status.clone().unwrap();
        let kept = AvailabilityStatus::Other("urn:oasis:names:tc:ebxml-regrep:StatusType:Submitted".into());
        assert!(status == AvailabilityStatus::Approved || status == kept);
    }
    let no_list = answer[..answer.find("<rim:RegistryObjectList").unwrap()].to_owned() + "</query:AdhocQueryResponse>";
    assert!(QueryResponse::read(&parse(&no_list)).unwrap().objects.is_empty());
}

/// The entry as it was read, with only `@id` changed, and the association before it (xds.md §10.1).
#[test]
fn the_other_form_of_a_visibility_update() {
    let golden = body_text(&golden_message("iti57-visibility.request.soap.xml"));
    let expected = SubmitObjects::read(&parse(&golden)).unwrap();
    let start = golden.find("<rim:Association ").unwrap();
    let end = golden.find("</rim:RegistryObjectList>").unwrap();
    let association = golden[start..end].to_owned();
    let other = golden
        .replace(&association, "")
        .replace(
            "<rim:ExtrinsicObject id=\"Document01\"",
            &format!(
                "{association}<rim:ExtrinsicObject isOpaque=\"false\" status=\"{}\" id=\"Document01\"",
                AvailabilityStatus::Approved.as_urn()
            ),
        )
        .replace(
            "classifiedObject=\"Document01\"",
            "classifiedObject=\"urn:uuid:7a9e2d41-18a5-11f1-8a52-5254004d0003\"",
        )
        .replace("registryObject=\"Document01\"", "registryObject=\"urn:uuid:7a9e2d41-18a5-11f1-8a52-5254004d0003\"")
        .replace(
            "</rim:Name><rim:Classification id=\"c07\"",
            "</rim:Name><rim:VersionInfo versionName=\"1\"/><rim:Classification id=\"c07\"",
        );
    let received = SubmitObjects::read(&parse(&other)).unwrap();
    let [Update::NewVersion { entry, previous_version: Some(1) }] = received.updates()[..] else { panic!() };
    assert_eq!((entry.status.as_ref(), entry.version), (Some(&AvailabilityStatus::Approved), Some(1)));
    let ignored = DocumentEntry { status: None, version: None, ..entry.clone() };
    assert_eq!(ignored, expected.objects.document_entries[0]);
}
