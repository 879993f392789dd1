//! An imaging reference, for a software that shares imaging and for one that does not.

use dmp_client::*;

use crate::scene::book::*;
use crate::scene::{Watch, open, retrieved};

const KOS: &str = "2.25.9908002";

#[tokio::test]
async fn a_3_2_800_an_imaging_reference_as_a_text_and_as_dicom() {
    for compatible in [false, true] {
        let mut switches = Switches::default();
        switches.server.imaging_compatible = compatible;
        let mock = book_with(switches).await;
        let record = tester(&mock, "P-IMG");
        let watch = Watch::start(&mock);
        open(&record).await;
        let found = record.find(Search::approved().type_codes([("IMG-KOS", "1.2.250.1.213.1.1.4.12")])).await.unwrap();
        let entry = found.iter().find(|entry| entry.unique_id == KOS).unwrap();
        let (bytes, retrieved) = retrieved(&record, entry).await;
        watch.conforms("DIRECTE", "normal");
        assert_eq!((retrieved.substitute, retrieved.verified), (!compatible, compatible));
        if compatible {
            assert_eq!(retrieved.mime_type, "application/dicom");
            assert_eq!(bytes.get(128..132), Some(b"DICM".as_slice()), "the original");
            continue;
        }
        let mut text = Vec::new();
        cda::read_with_body(bytes.as_slice(), &cda::CdaLimits::default(), &mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        assert!(text.contains("Avertissement"), "{text}");
        for code in &entry.event_codes {
            assert!(text.contains(code.display.as_deref().unwrap()), "modalities and regions: {text}");
        }
        assert!(text.contains("Modalités : ") && text.contains("Régions anatomiques : "));
    }
}
