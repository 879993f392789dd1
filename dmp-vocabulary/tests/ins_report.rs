//! What `dmp ins check` says, and that it never says the number.

use dmp_vocabulary::Realm;
use dmp_vocabulary::identity::{InsForm, InsKind, InsReport, KeyVerdict, Severity};
use dmp_vocabulary::oids::{INS_NIA, INS_NIR, INS_NIR_DEMO, INS_NIR_TEST};

use InsForm::{Cx, Datamatrix, Matricule};
use KeyVerdict::{Absent, Right, Unknown, Wrong};
use Severity::{Error, Silent, Warning};

fn severities(report: &InsReport) -> [Severity; 2] {
    assert_eq!([report.realms[0].realm, report.realms[1].realm], [Realm::Production, Realm::Test]);
    [report.realms[0].severity, report.realms[1].severity]
}

#[test]
fn a_matricule_and_its_oid() {
    let table = [
        ("280057599900151", INS_NIR, Some(InsKind::Nir), Right, [Silent, Warning]),
        ("280057599900151", INS_NIR_TEST, Some(InsKind::NirTest), Right, [Error, Silent]),
        ("280057599900151", INS_NIR_DEMO, Some(InsKind::NirDemo), Right, [Error, Silent]),
        ("280057599900151", INS_NIA, Some(InsKind::Nia), Right, [Silent, Silent]),
        ("280057599900152", INS_NIR_TEST, Some(InsKind::NirTest), Wrong, [Error, Error]),
        ("2800575999001", INS_NIR_TEST, Some(InsKind::NirTest), Absent, [Error, Error]),
        (" 175112a99901005", INS_NIR_TEST, Some(InsKind::NirTest), Right, [Error, Silent]),
        ("280057599900151", "1.2.3", None, Right, [Error, Error]),
        ("280057599900151", "", None, Right, [Error, Error]),
        ("28005759990é15", INS_NIR, Some(InsKind::Nir), Unknown, [Error, Error]),
        ("", "", None, Unknown, [Error, Error]),
    ];
    for (matricule, oid, kind, key, expected) in table {
        let report = InsReport::of_matricule(matricule, oid);
        assert_eq!((report.form, report.kind, report.key), (Matricule, kind, key), "{matricule} {oid}");
        assert_eq!(severities(&report), expected, "{matricule} {oid}");
    }
}

#[test]
fn other_forms_are_recognised() {
    let datamatrix = "IS010000000000000000000000S1280057599900152S21.2.250.1.213.1.4.10";
    let table = [
        ("280057599900151^^^&1.2.250.1.213.1.4.10&ISO^NH", Cx, Some(InsKind::NirTest), Right, [Error, Silent]),
        ("280057599900152^^^&1.2.250.1.213.1.4.10&ISO^NH", Cx, Some(InsKind::NirTest), Wrong, [Error, Error]),
        ("280057599900151^^^1.2.250.1.213.1.4.10^NH", Cx, None, Right, [Error, Error]),
        (datamatrix, Datamatrix, Some(InsKind::NirTest), Wrong, [Error, Error]),
        ("IS02", Datamatrix, None, Unknown, [Error, Error]),
        ("280057599900151", Matricule, None, Right, [Error, Error]),
    ];
    for (text, form, kind, key, expected) in table {
        let report = InsReport::of_text(text);
        assert_eq!((report.form, report.kind, report.key), (form, kind, key), "{text}");
        assert_eq!(severities(&report), expected, "{text}");
    }
}

#[test]
fn the_number_is_told_only_when_asked() {
    for text in ["280057599900152^^^&1.2.250.1.213.1.4.10&ISO^NH", "280057599900152", "2800575999001"] {
        let report = InsReport::of_text(text);
        let shown = format!("{report} {report:?} {}", serde_json::to_string(&report).unwrap());
        assert!(!shown.contains("2800575999001"), "{shown}");
        assert_eq!(report.number(), text.split('^').next().unwrap());
        assert_eq!(report.expected_key().as_deref(), Some("51"));
    }
}

#[test]
fn the_text_teaches() {
    let shown = InsReport::of_matricule("280057599900152", INS_NIR_TEST).to_string();
    assert_eq!(
        shown,
        "kind: INS-NIR de test (1.2.250.1.213.1.4.10)\n\
         key: wrong: a character was mistyped; refused in both realms unless ins_key_check = warn\n\
         DMP: opened by this kind of number, for an identité qualifiée [EXI 06]\n\
         production: refused; INS: an INS-NIR de test (1.2.250.1.213.1.4.10) is not accepted in the Production realm: \
         the OID follows the nature of the number [EX_GEN-1520] (identities §2)\n\
         test: refused; INS: the check digit does not match the number; compare it with its source, a character was \
         mistyped (identities §2)"
    );
    let json = serde_json::to_value(InsReport::of_matricule("280057599900151", INS_NIA)).unwrap();
    assert_eq!(
        json,
        serde_json::json!({
            "form": "matricule",
            "kind": "nia",
            "key": "right",
            "realms": [
                {"realm": "production", "severity": "silent", "messages": []},
                {"realm": "test", "severity": "silent", "messages": []},
            ],
        })
    );
    assert!(InsReport::of_matricule("280057599900151", INS_NIA).to_string().contains("a NIA never opens a DMP"));
    assert!(InsReport::of_text("280057599900151").to_string().contains("never travels without its OID"));
}
