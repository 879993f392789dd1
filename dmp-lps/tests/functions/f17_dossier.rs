//! F17: the auto-homologation of an establishment.

use dmp_client::Realm;
use dmp_lps::conformity::ConformityReport;
use dmp_lps::dossier::*;
use dmp_lps::trace::TraceSettings;
use dmp_lps::*;
use dmp_protocol::certificate::Certificate;
use dmp_vocabulary::identity::Finess;
use jiff::civil::Date;

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

fn finess(number: &str) -> Finess {
    Finess::parse(number, Realm::Test).unwrap().value
}

fn proces_verbal(on: &str, months: u8) -> ProcesVerbal {
    ProcesVerbal::new("Clinique du Modèle", "0B0990008", date(on), months)
        .signed_by("Sacha Exemple, directeur")
        .referential("1.0")
        .contact("dmp@clinique.example")
}

/// A dossier that is whole but for what a test takes away.
fn dossier(proces_verbal: ProcesVerbal, review: impl Fn(&str) -> Option<ReviewStatus>) -> DossierBuilder {
    let builder = DossierBuilder::new(proces_verbal)
        .system("LPS Exemple", true, true)
        .risk(Risk {
            title: "Accès sans motif".to_owned(),
            probability: Level::Medium,
            criticality: Level::High,
            measures: "Supervision".to_owned(),
        })
        .breach_procedure("Prévenir le DPO sous une heure.")
        .participant("Camille Exemple", "DPO")
        .contract("professionals", true, "annexe 2")
        .contract("software", true, "article 4")
        .contract("summaries", true, "chaque mois");
    REVIEWED.into_iter().filter_map(|id| Some((id, review(id)?))).fold(builder, |builder, (id, status)| {
        builder.review(Review::of(id, status, "Fait.").proved_by("Vu en commission"))
    })
}

fn met(_: &str) -> Option<ReviewStatus> {
    Some(ReviewStatus::Met)
}

#[test]
fn f17_t1_a_missing_row_blocks() {
    assert!(dossier(proces_verbal("2026-03-02", 36), met).build().is_ok());
    for missing in REVIEWED {
        let built = dossier(proces_verbal("2026-03-02", 36), |id| (id != missing).then_some(ReviewStatus::Met)).build();
        match missing {
            // A recommendation is shown as not examined.
            "RECO 01" => assert!(built.unwrap().page().to_markdown().contains("| RECO 01 | Non examinée |")),
            _ => assert_eq!(built.unwrap_err().0, [Refusal::NotReviewed(missing)]),
        }
    }
}

#[test]
fn f17_t2_reservations_are_carried() {
    let not_met = |id: &str| Some(if id == "EXI 08" { ReviewStatus::NotMet } else { ReviewStatus::Met });
    let refused = dossier(proces_verbal("2026-03-02", 36), not_met).build().unwrap_err();
    assert_eq!(refused.0, [Refusal::NoReservation("EXI 08")]);
    assert!(refused.to_string().contains("EXI 08 is not met"));

    let reserved =
        proces_verbal("2026-03-02", 36).reservation("EXI 08", "Liste de travail installée avant juin | <b>2026</b>");
    let built = dossier(reserved, not_met).build().unwrap();
    let (markdown, html) = (built.proces_verbal_page().to_markdown(), built.proces_verbal_page().to_html());
    assert!(
        markdown.contains("| EXI 08 | Liste de travail installée avant juin \\| \\<b\\>2026\\</b\\> |"),
        "{markdown}"
    );
    assert!(html.contains("&lt;b&gt;2026&lt;/b&gt;") && !html.contains("<b>2026"));
    assert!(built.page().to_markdown().contains("| EXI 08 | Non respectée |"));
    // Without any, the procès-verbal says so; nobody has signed it.
    let none = dossier(proces_verbal("2026-03-02", 36), met).build().unwrap().proces_verbal_page().to_markdown();
    assert!(none.contains("Réserves : aucune.") && none.contains("Signature : ……"));
}

#[test]
fn f17_t3_reminder_dates() {
    let rows = [
        // 36 months from 2 March 2026; the reminder begins three months before.
        ("2026-03-02", 36, "2028-12-01", Renewal::NotYet(date("2029-03-02"))),
        ("2026-03-02", 36, "2028-12-02", Renewal::Due(date("2029-03-02"))),
        ("2026-03-02", 36, "2029-03-02", Renewal::Due(date("2029-03-02"))),
        ("2026-03-02", 36, "2029-03-03", Renewal::Ended(date("2029-03-02"))),
        // 31 August and six months: the last day of February.
        ("2026-08-31", 6, "2026-11-27", Renewal::NotYet(date("2027-02-28"))),
        ("2026-08-31", 6, "2026-11-28", Renewal::Due(date("2027-02-28"))),
    ];
    for (on, months, today, expected) in rows {
        let noon = format!("{today}T11:00:00Z").parse().unwrap();
        assert_eq!(proces_verbal(on, months).renewal(&ManualClock::at(noon)), expected, "{on} + {months} on {today}");
    }
    // Midnight is that of Paris.
    let eve = ManualClock::at("2029-03-02T23:30:00Z".parse().unwrap());
    assert_eq!(proces_verbal("2026-03-02", 36).renewal(&eve), Renewal::Ended(date("2029-03-02")));
    for months in [0, 37] {
        let refused = dossier(proces_verbal("2026-03-02", months), met).build().unwrap_err();
        assert_eq!(refused.0, [Refusal::Months { found: months, longest: 36 }]);
    }
}

#[tokio::test]
async fn f17_t4_a_finess_of_the_certificates_that_is_not_listed() {
    let mock = dmp_mock::MockDmp::start().await.unwrap();
    let certificate = Certificate::from_pem(mock.pki().org_sign.certificate_pem().as_bytes()).unwrap();
    let carried = certificate.structure_id().unwrap()[1..].to_owned();
    let with = proces_verbal("2026-03-02", 36).certificate(&certificate);
    let refused = dossier(with.clone().establishment(&finess("010000024")), met).build().unwrap_err();
    assert_eq!(refused.0, [Refusal::FinessNotListed(carried.clone())]);
    let built = dossier(with.establishment(&finess(&carried)), met).build().unwrap();
    let page = built.proces_verbal_page().to_markdown();
    assert!(page.contains(&format!("| FINESS des établissements | {carried} |")), "{page}");
}

#[test]
fn f17_the_mandatory_words_the_parts_and_the_contract() {
    for id in ["EXI 16", "EXI 18", "EXI 19", "EXI 21"] {
        let blank = |status| dossier(proces_verbal("2026-03-02", 36), met).review(Review::of(id, status, " ")).build();
        assert_eq!(blank(ReviewStatus::Met).unwrap_err().0, [Refusal::NoModalities(id)]);
        // An establishment without AIR has no two factors to tell.
        assert!(blank(ReviewStatus::NotApplicable).is_ok());
    }
    let other = dossier(proces_verbal("2026-03-02", 36), met).review(Review::of("EXI 99", ReviewStatus::Met, ""));
    assert_eq!(other.build().unwrap_err().0, [Refusal::UnknownRequirement("EXI 99".to_owned())]);
    let contract = dossier(proces_verbal("2026-03-02", 36), met).contract("summaries", false, "");
    assert_eq!(contract.build().unwrap_err().0, [Refusal::Contract("summaries")]);
    let point = dossier(proces_verbal("2026-03-02", 36), met).data_protection("impakt", true, "");
    assert_eq!(point.build().unwrap_err().0, [Refusal::UnknownPoint("impakt".to_owned())]);

    let empty = DossierBuilder::new(ProcesVerbal::new("", "", date("2026-03-02"), 12)).build().unwrap_err();
    let missing = empty.0.iter().filter(|refusal| matches!(refusal, Refusal::Missing(_))).count();
    assert_eq!(missing, 9, "{empty}");
}

/// Technical rows come from the report of requirements, the checks of the installation and the settings; they decide nothing.
#[tokio::test]
async fn f17_technical_rows_are_prefilled() {
    let mock = dmp_mock::MockDmp::start().await.unwrap();
    let client = crate::support::client(mock.pki(), &mock.url());
    let page = dossier(proces_verbal("2026-03-02", 36), met)
        .technical_rows(&ConformityReport::of("LPS Exemple 4.2.0"))
        .checks(&client.diagnose(&[]))
        .traces(&TraceSettings::default())
        .data_protection("impact", true, "Analyse du 3 janvier 2026")
        .build()
        .unwrap()
        .page();
    let markdown = page.to_markdown();
    let row = |id: &str| markdown.lines().find(|line| line.starts_with(&format!("| {id} |"))).unwrap().to_owned();
    assert!(row("EXI 05").contains("dmp_lps::outbox::Outbox") && row("EXI 05").contains("F09-T"));
    assert!(row("EXI 22").contains("Contrôle EXI 22 (structure des certificats) : "), "{}", row("EXI 22"));
    assert!(row("EXI 16").contains("6 mois") && row("EXI 16").contains("10 ans"));
    assert!(markdown.contains("Contrôle EX_GEN-1450") || markdown.contains("Contrôle V23"), "{markdown}");
    assert!(
        markdown
            .contains("| RGPD art. 35 | Analyse d'impact réalisée et tenue à jour | oui | Analyse du 3 janvier 2026 |")
    );
    assert!(markdown.contains("sans réponse"));
    assert!(!markdown.contains("XXX-000000-tmp0"), "the homologation number stays secret");
}

#[test]
fn f17_what_is_declared_and_registered() {
    let built = dossier(proces_verbal("2026-03-02", 36).establishment(&finess("010000024")), met).build().unwrap();
    let declaration = built.declaration(date("2026-03-09")).to_markdown();
    for told in ["09/03/2026", "02/03/2026", "02/03/2029", "Clinique du Modèle", "dmp@clinique.example"] {
        assert!(declaration.contains(told), "{told}: {declaration}");
    }
    let entry = built.register_entry().to_markdown();
    assert!(entry.contains("LPS Exemple") && entry.contains("02/03/2029"), "{entry}");
    assert!(!format!("{built:?}").contains("Camille"), "Debug names nobody");
    assert_eq!(built.proces_verbal().last_day(), date("2029-03-02"));
}
