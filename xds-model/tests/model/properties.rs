//! What is written is read back the same, whatever the values.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use xds_model::iti18::value::{self, QueryValue};
use xds_model::iti18::{AdhocQuery, DateRange, FindDocuments, GetDocuments, QueryResponse, ReturnType};
use xds_model::iti41::{DocumentPart, ProvideAndRegister};
use xds_model::iti43::{RetrieveResponse, RetrievedDocument};
use xds_model::iti57::SubmitObjects;
use xds_model::{AvailabilityStatus, CodedValue, DocumentContent, Dtm, Form, RegistryResponse, Xcn, hl7};

use crate::strategies::{document_entry, id, objects, value};
use crate::support::{parse, written};

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases) }
}

fn content() -> impl Strategy<Value = DocumentContent> {
    prop_oneof![value().prop_map(DocumentContent::Href), vec(any::<u8>(), 0..50).prop_map(DocumentContent::Inline)]
}

fn query_code() -> impl Strategy<Value = CodedValue> {
    ("[!-\\]_-~é]{1,20}", "[!-\\]_-~]{1,20}").prop_map(|(code, system)| CodedValue::without_display(code, system))
}

fn dates() -> impl Strategy<Value = DateRange> {
    let date = || {
        option::of(
            (2000..2100u32, 1..13u32, 1..29u32, 0..24u32)
                .prop_map(|(year, month, day, hour)| Dtm::from(format!("{year}{month:02}{day:02}{hour:02}0000"))),
        )
    };
    (date(), date()).prop_map(|(from, to)| DateRange { from, to })
}

fn find_documents() -> impl Strategy<Value = FindDocuments> {
    let code_lists = || vec(vec(query_code(), 1..3), 0..3);
    let codes = vec(vec(query_code(), 0..4), 5);
    let texts = (option::of(value()), vec(value(), 0..3), vec(vec(value(), 1..3), 0..2));
    (codes, code_lists(), code_lists(), texts, dates(), dates(), dates()).prop_map(
        |(
            codes,
            event_codes,
            confidentiality_codes,
            (patient_id, author_persons, reference_ids),
            created,
            started,
            stopped,
        )| {
            let [class_codes, type_codes, practice_setting_codes, healthcare_facility_type_codes, format_codes] =
                codes.try_into().unwrap();
            FindDocuments {
                patient_id: patient_id.map(Into::into),
                statuses: vec![AvailabilityStatus::Approved, AvailabilityStatus::Other("it's".into())],
                class_codes,
                type_codes,
                practice_setting_codes,
                healthcare_facility_type_codes,
                event_codes,
                confidentiality_codes,
                author_persons,
                format_codes,
                creation_time: created,
                service_start_time: started,
                service_stop_time: stopped,
                reference_ids,
            }
        },
    )
}

proptest! {
    #![proptest_config(config(64))]

    #[test]
    fn submissions(objects in objects(Form::Request), parts in vec((id(), content()), 0..3)) {
        let documents = parts.into_iter().map(|(id, content)| DocumentPart { id, content }).collect();
        let request = ProvideAndRegister { objects: objects.clone(), documents };
        prop_assert!(ProvideAndRegister::read(&parse(&written(|writer| request.write(writer)))) == Ok(request));
        let request = SubmitObjects { objects };
        prop_assert!(SubmitObjects::read(&parse(&written(|writer| request.write(writer)))) == Ok(request));
    }

    #[test]
    fn answers(objects in objects(Form::Answer)) {
        let answer = QueryResponse::found(objects);
        prop_assert!(QueryResponse::read(&parse(&written(|writer| answer.write(writer)))) == Ok(answer));
    }

    #[test]
    fn an_entry_of_an_answer_is_sent_back_whole(entry in document_entry(Form::Answer)) {
        prop_assume!(entry.logical_id.is_some());
        let codes = entry.confidentiality_codes.clone();
        let set = crate::sample::submission_set();
        let request = SubmitObjects::update_visibility(set, &entry, codes).unwrap();
        let received = SubmitObjects::read(&parse(&written(|writer| request.write(writer)))).unwrap();
        let mut copy = received.objects.document_entries[0].clone();
        (copy.entry_uuid, copy.status, copy.version) = (entry.entry_uuid.clone(), entry.status.clone(), entry.version);
        prop_assert!(copy == entry);
    }

    #[test]
    fn retrieved_documents(documents in vec((value(), value(), value(), content()), 0..3)) {
        let document = |(repository_unique_id, unique_id, mime_type, content)| {
            RetrievedDocument { repository_unique_id, unique_id, mime_type, content }
        };
        let documents = documents.into_iter().map(document);
        let answer = RetrieveResponse { response: RegistryResponse::success(), documents: documents.collect() };
        prop_assert!(RetrieveResponse::read(&parse(&written(|writer| answer.write(writer)))) == Ok(answer));
    }
}

proptest! {
    #![proptest_config(config(128))]

    #[test]
    fn searches(find in find_documents()) {
        let query = find.to_query(ReturnType::LeafClass);
        let received = AdhocQuery::read(&parse(&written(|writer| query.write(writer)))).unwrap();
        prop_assert!(received == query);
        prop_assert!(FindDocuments::from_query(&received) == Ok(find));
        let mut values = received.parameters.iter().flat_map(|parameter| &parameter.values);
        prop_assert!(values.all(|value| value.chars().count() <= value::MAX_CHARACTERS));
    }

    #[test]
    fn gets(ids in vec(value(), 1..60), by_uuid: bool) {
        let get = if by_uuid { GetDocuments::EntryUuids(ids) } else { GetDocuments::UniqueIds(ids) };
        let query = get.to_query(ReturnType::ObjectRef);
        let received = AdhocQuery::read(&parse(&written(|writer| query.write(writer)))).unwrap();
        prop_assert!(GetDocuments::from_query(&received) == Ok(get));
    }

    #[test]
    fn texts_and_lists(texts in vec(any::<String>(), 1..20)) {
        prop_assert!(value::decode(&value::encode_text(&texts[0])) == Some(QueryValue::Text(texts[0].clone())));
        let mut decoded = Vec::new();
        for raw in value::encode_list(texts.iter().map(String::as_str)) {
            let Some(QueryValue::List(list)) = value::decode(&raw) else { panic!("{raw:?}") };
            decoded.extend(list);
        }
        prop_assert_eq!(decoded, texts);
    }

    #[test]
    fn escapes(text in any::<String>()) {
        prop_assert!(hl7::unescape(&hl7::escape(&text)) == text);
        prop_assert!(!hl7::escape(&text).contains(['^', '&', '~', '|']));
    }

    #[test]
    fn names_of_persons(id in any::<String>(), family in any::<String>(), given in any::<String>()) {
        let xcn = Xcn::professional(&id, &family, &given);
        prop_assert!(xcn.id() == id && xcn.family() == family && xcn.given() == given);
        prop_assert_eq!(xcn.authority_oid(), "1.2.250.1.71.4.2.1");
    }
}
