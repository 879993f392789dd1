//! What real producers send (xds.md §14): messages that mean the same are read the same.

use xds_model::iti18::QueryResponse;
use xds_model::iti41::ProvideAndRegister;
use xds_model::iti57::{SubmitObjects, Update};
use xds_model::scheme::{ASSOCIATION, FOLDER_NODE, SUBMISSION_SET_NODE};
use xds_model::{AssociationKind, AvailabilityStatus, DocumentContent, DocumentEntry, namespace};

use crate::support::{body_text, edited, golden_message, parse, slot_xml};

pub(crate) fn original() -> String {
    body_text(&golden_message("iti41-original.request.soap.xml"))
}

pub(crate) fn read(message: &str) -> ProvideAndRegister {
    ProvideAndRegister::read(&parse(message)).unwrap()
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

/// Removes or repeats the ids of classifications and identifiers.
fn with_ids(message: &str, replacement: &str) -> String {
    (0..60).fold(message.to_owned(), |message, number| {
        message
            .replace(&format!("id=\"c{number:02}\" "), replacement)
            .replace(&format!("id=\"e{number:02}\" "), replacement)
    })
}

#[test]
fn forms_that_mean_the_same() {
    let original = original();
    let no_namespace = ["Classification", "Slot", "ValueList", "Value", "Name", "LocalizedString"];
    let in_no_namespace = no_namespace.iter().fold(original.clone(), |message, name| {
        let start = message.replace(&format!("<rim:{name}"), &format!("<{name}"));
        start.replace(&format!("</rim:{name}"), &format!("</{name}"))
    });
    let default_namespace = format!("<RegistryObjectList xmlns=\"{}\">", namespace::RIM);
    let redeclared = format!("<rim:Slot xmlns:rim=\"{}\" ", namespace::RIM);
    let association_type = format!(" objectType=\"{ASSOCIATION}\"");
    let empty_slots = format!(
        "<rim:Slot name=\"x\"/><rim:Slot name=\"repositoryUniqueId\"><rim:ValueList/></rim:Slot>{}<rim:Slot name=\"hash\">",
        slot_xml("y", &[" "])
    );
    let split_slot = "</rim:Value></rim:ValueList></rim:Slot>\
         <rim:Slot name=\"sourcePatientInfo\"><rim:ValueList><rim:Value>PID-5|DELAFABLE";
    let beside = format!(
        "<rim:Classification id=\"x\" classifiedObject=\"SubmissionSet01\" classificationNode=\"{SUBMISSION_SET_NODE}\"/>\
         <rim:RegistryPackage "
    );
    let strange_owner = [
        ("classifiedObject=\"Document01\"", "classifiedObject=\"urn:uuid:x\""),
        ("registryObject=\"Document01\"", "registryObject=\"Signature01\""),
    ];
    let edits: [(&str, &[(&str, &str)]); 20] = [
        ("other prefixes", &[("<rim:", "<n:"), ("</rim:", "</n:"), ("xmlns:rim", "xmlns:n")]),
        ("default namespace", &[("<rim:RegistryObjectList>", &default_namespace), ("<rim:", "<"), ("</rim:", "</")]),
        ("unused prefixes", &[("xmlns:rim", "xmlns:rs=\"urn:x\" xmlns:rim")]),
        ("redeclared", &[("<rim:Slot ", &redeclared)]),
        ("white space", &[("><", ">\r\n\t<"), ("<rim:Value>", "<rim:Value>\r\n "), ("</rim:Value>", "\t</rim:Value>")]),
        ("comments", &[("<rim:Value>", "<!-- a --><rim:Value><!-- b -->"), ("<rim:Slot", "<!-- c --><rim:Slot")]),
        ("CDATA", &[(">20260302091500<", "><![CDATA[20260302]]>0915<![CDATA[00]]><")]),
        ("another owner", &strange_owner),
        ("authors without code", &[(" nodeRepresentation=\"\"", "")]),
        ("associations without type", &[(&association_type, "")]),
        ("charset UTF8", &[("charset=\"UTF-8\"", "charset=\"UTF8\"")]),
        ("lang fr-FR", &[("xml:lang=\"FR\"", "xml:lang=\"fr-FR\"")]),
        ("several strings", &[("</rim:Name>", "<rim:LocalizedString value=\"autre\"/></rim:Name>")]),
        ("empty first string", &[("<rim:Name>", "<rim:Name><rim:LocalizedString value=\"\"/>")]),
        ("empty slots", &[("<rim:Slot name=\"hash\">", &empty_slots)]),
        ("slot in two", &[("</rim:Value><rim:Value>PID-5|DELAFABLE", split_slot)]),
        ("home", &[("<rim:ExtrinsicObject ", "<rim:ExtrinsicObject home=\"urn:oid:1.2\" ")]),
        ("isOpaque", &[("<rim:ExtrinsicObject ", "<rim:ExtrinsicObject isOpaque=\"false\" ")]),
        ("node beside the package", &[("<rim:RegistryPackage ", &beside)]),
        ("BOM", &[("<xdsb:Provide", "\u{feff}<xdsb:Provide")]),
    ];
    let computed = [
        ("no namespace", in_no_namespace),
        ("no registryObject", without_attribute(&original, "registryObject")),
        ("no classifiedObject", without_attribute(&original, "classifiedObject")),
        ("no charset", without_attribute(&original, "charset")),
        ("no lang", without_attribute(&original, "xml:lang")),
        ("repeated ids", with_ids(&original, "id=\"c\" ")),
        ("no ids", with_ids(&original, "")),
    ];
    let edited = edits.into_iter().map(|(name, edits)| (name, edited(&original, edits)));
    let expected = read(&original);
    for (name, message) in edited.chain(computed) {
        assert_ne!(message, original, "{name}: nothing changed");
        assert!(read(&message) == expected, "{name}");
    }
}

#[test]
fn a_package_without_its_node_is_a_submission_set() {
    let node = format!(
        "<rim:Classification id=\"c03\" classificationNode=\"{SUBMISSION_SET_NODE}\" classifiedObject=\"SubmissionSet01\"/>"
    );
    let original = original();
    assert!(read(&edited(&original, &[(&node, "")])) == read(&original));
}

#[test]
fn slots_classifications_and_objects_in_any_order() {
    let original = original();
    let expected = read(&original);
    let slot = |name: &str| {
        let start = original.find("<rim:ExtrinsicObject id=\"Document01\"").unwrap();
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
    let status = slot_xml("SubmissionSetStatus", &["Original"]);
    let bare = read(&edited(&original, &[(&status, "")])).objects;
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
    let node = |id: &str| {
        format!("<rim:Classification id=\"n\" classifiedObject=\"{id}\" classificationNode=\"{FOLDER_NODE}\"/>")
    };
    let inside = format!("<rim:RegistryPackage id=\"Folder01\">{}</rim:RegistryPackage>", node("Folder01"));
    let beside = format!("<rim:RegistryPackage id=\"Folder02\"/>{}", node("Folder02"));
    let end = "</rim:RegistryObjectList>";
    let message = edited(&original(), &[(end, &format!("{inside}{beside}<rim:ExternalLink/>{end}"))]);
    let objects = read(&message).objects;
    assert_eq!(objects.unsupported, ["Folder", "Folder", "ExternalLink"]);
    assert_eq!(objects.submission_sets.len(), 1);
}

#[test]
fn answers_count_their_objects_and_keep_unknown_statuses() {
    let answer = body_text(&golden_message("iti18-finddocuments.response.soap.xml"));
    let unknown = AvailabilityStatus::Other("urn:oasis:names:tc:ebxml-regrep:StatusType:Submitted".into());
    let rows = [
        (" startIndex=\"0\" totalResultCount=\"1\"", "", AvailabilityStatus::Approved),
        ("totalResultCount=\"1\"", "totalResultCount=\"99\"", AvailabilityStatus::Approved),
        ("StatusType:Approved\"", "StatusType:Submitted\"", unknown),
    ];
    for (from, to, status) in rows {
        let response = QueryResponse::read(&parse(&edited(&answer, &[(from, to)]))).unwrap();
        assert_eq!(response.objects.len(), 1);
        assert_eq!(response.objects.document_entries[0].status.as_ref(), Some(&status));
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
    let entry = "<rim:ExtrinsicObject id=\"Document01\"";
    let kept_attributes =
        format!("{association}{entry} isOpaque=\"false\" status=\"{}\"", AvailabilityStatus::Approved.as_urn());
    let old = "Object=\"urn:uuid:7a9e2d41-18a5-11f1-8a52-5254004d0003\"";
    let first = "</rim:Name><rim:Classification id=\"c07\"";
    let other = edited(
        &golden,
        &[
            (&association, ""),
            (entry, &kept_attributes),
            ("classifiedObject=\"Document01\"", &format!("classified{old}")),
            ("registryObject=\"Document01\"", &format!("registry{old}")),
            (first, &first.replace("<rim:C", "<rim:VersionInfo versionName=\"1\"/><rim:C")),
        ],
    );
    let received = SubmitObjects::read(&parse(&other)).unwrap();
    let [Update::NewVersion { entry, previous_version: Some(1) }] = received.updates()[..] else { panic!() };
    assert_eq!((entry.status.as_ref(), entry.version), (Some(&AvailabilityStatus::Approved), Some(1)));
    let ignored = DocumentEntry { status: None, version: None, ..entry.clone() };
    assert_eq!(ignored, expected.objects.document_entries[0]);
}
