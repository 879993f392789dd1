//! F02, the tests of its page by number, and the scenario S-11.

use std::sync::Arc;

use crate::support::air::{self, Air, Notebook, factor};
use crate::support::{builder, client, professional, qualified};
use dmp_client::watch::{Attempt, Issued, Step, Watch};
use dmp_client::*;
use dmp_lps::consent::{ConsentGate, Scope, Stance, StanceChange};
use dmp_lps::dossier::ProcesVerbal;
use dmp_lps::opening::Opening;
use dmp_lps::two_factor::*;
use dmp_lps::*;
use dmp_mock::MockDmp;
use dmp_mock::faults::Fault;
use dmp_protocol::transaction::Transaction;
use dmp_vocabulary::identity::{Adeli, ProfessionalId, StructureId};
use jiff::SignedDuration;

async fn air(mock: &MockDmp) -> Air {
    Air::of(client(mock.pki(), &mock.url())).await
}

async fn air_with(mock: &MockDmp, settings: AirSettings) -> Air {
    Air::with(client(mock.pki(), &mock.url()), settings).await
}

#[tokio::test]
async fn f02_t1_one_factor_is_not_enough() {
    let mock = MockDmp::start().await.unwrap();
    let mut air = air(&mock).await;
    air.evidence.factors.pop();
    assert_eq!(air.refusal(&mock).await, AirRefusal::OneFactor);
    assert_eq!(AirRefusal::OneFactor.code(), "ONE_FACTOR");
}

#[tokio::test]
async fn f02_t2_two_factors_of_one_kind_are_one_and_both_are_of_this_session() {
    let mock = MockDmp::start().await.unwrap();
    let mut air = air(&mock).await;
    let at = air.evidence.authenticated_at;
    air.evidence.factors = vec![factor(FactorKind::Knowledge, at), factor(FactorKind::Knowledge, at)];
    assert_eq!(air.refusal(&mock).await, AirRefusal::SameKindOfFactor);
    let yesterday = at - SignedDuration::from_hours(24);
    air.evidence.factors = vec![factor(FactorKind::Knowledge, at), factor(FactorKind::Possession, yesterday)];
    assert_eq!(air.refusal(&mock).await, AirRefusal::FactorOutsideSession);
}

#[tokio::test]
async fn f02_t3_the_evidence_of_somebody_else_opens_nothing() {
    let mock = MockDmp::start().await.unwrap();
    let mut air = air(&mock).await;
    air.evidence.professional = professional("899999000021");
    assert_eq!(air.refusal(&mock).await, AirRefusal::OtherProfessional);
    // The same professional, in the session of another user.
    let mut air = self::air(&mock).await;
    air.ctx.user = InternalUserId::new("sacha").unwrap();
    assert_eq!(air.refusal(&mock).await, AirRefusal::OtherProfessional);
    air.ctx.professional = None;
    assert_eq!(air.refusal(&mock).await, AirRefusal::NoProfessional);
}

#[tokio::test]
async fn f02_t4_a_generic_rpps_names_nobody() {
    let mock = MockDmp::start().await.unwrap();
    let mut air = air(&mock).await;
    let generic = professional(&format!("8{}", air::GENERIC));
    (air.ctx.professional, air.evidence.professional) = (Some(generic.clone()), generic);
    assert_eq!(air.refusal(&mock).await, AirRefusal::GenericRpps);
}

#[tokio::test]
async fn f02_t5_the_professional_accepted_the_text_in_force() {
    let mock = MockDmp::start().await.unwrap();
    let client = client(mock.pki(), &mock.url());
    let air = Air::unaware(client.clone(), air::settings());
    assert_eq!(air.refusal(&mock).await, AirRefusal::NotAware);
    air.gate.acknowledge(&air.evidence.professional).await.unwrap();
    assert!(air.gate.is_aware(&air.evidence.professional).await.unwrap());
    air.session().await.unwrap();
    // The text changes: everybody is asked again.
    let folder = tempfile::tempdir().unwrap();
    let base = Database::open(folder.path().join("lps.sqlite")).unwrap();
    let gate = |text: &str| {
        let settings = AirSettings { awareness_text: text.to_owned(), ..air::settings() };
        TwoFactorGate::new(client.clone(), settings, base.clone(), air.clock.clone())
    };
    gate(air::TEXT).acknowledge(&air.evidence.professional).await.unwrap();
    for (text, aware) in [(air::TEXT, true), ("2027-1", false)] {
        let permit = gate(text).permit(&air.ctx, &air.evidence, Transaction::Existence).await;
        assert_eq!(permit.err(), (!aware).then_some(AirRefusal::NotAware), "{text}");
    }
}

#[tokio::test]
async fn f02_t6_a_finess_that_is_not_listed_is_refused() {
    let mock = MockDmp::start().await.unwrap();
    let mut air = air(&mock).await;
    for (structure, refusal) in [("1990000010", AirRefusal::FinessNotListed), ("300000000000072", AirRefusal::NoFiness)]
    {
        air.ctx.structure = StructureId::parse(structure, Realm::Test).unwrap().value;
        assert_eq!(air.refusal(&mock).await, refusal, "{structure}");
    }
}

#[tokio::test]
async fn f02_t7_a_permit_serves_one_request_and_thirty_seconds() {
    // The compile-fail tests of `two_factor` are the other half: no copy, no second use.
    let mock = MockDmp::start().await.unwrap();
    let air = air(&mock).await;
    let permit = async || air.gate.permit(&air.ctx, &air.evidence, Transaction::Search).await.unwrap();
    let (fresh, old) = (permit().await, permit().await);
    assert_eq!(fresh.call(), AirCall::Message(Transaction::Search));
    air.clock.advance(SignedDuration::from_secs(30));
    fresh.spend(air.clock.now()).unwrap();
    air.clock.advance(SignedDuration::from_secs(1));
    assert_eq!(old.spend(air.clock.now()), Err(AirRefusal::PermitTooOld));
}

/// Logs the user out when the first assertion is signed.
struct LogoutAfterOne(UserSession);

impl Watch for LogoutAfterOne {
    fn assertion<'a>(&'a self, _: &'a Attempt, _: &'a Issued) -> Step<'a, Result<(), DmpError>> {
        self.0.end();
        Box::pin(async { Ok(()) })
    }
}

#[tokio::test]
async fn f02_t8_a_retry_has_another_assertion_and_needs_another_permit() {
    let mock = MockDmp::start().await.unwrap();
    let retrying = RetryPolicy { first_delay: std::time::Duration::ZERO, ..RetryPolicy::default() };
    let client = builder(mock.pki(), &mock.url()).retry(retrying).build().unwrap();
    let (air, notebook) = (Air::of(client).await, Notebook::default());
    let forced = || mock.faults().add(Fault::http(503).on(Transaction::Existence).times(1)).unwrap();
    forced();
    let session = air.session().await.unwrap().watched(Arc::new(notebook.clone()));
    session.record(qualified(), Consent::given()).unwrap().existence().await.unwrap();
    let assertions = notebook.assertions();
    assert_eq!(assertions.len(), 2);
    assert_ne!(assertions[0], assertions[1]);

    // The user logs out between the first try and the second: the second is not written.
    forced();
    let sent = mock.journal().exchanges().len();
    let session = air.session().await.unwrap().watched(Arc::new(LogoutAfterOne(air.evidence.session.clone())));
    let error = session.record(qualified(), Consent::given()).unwrap().existence().await.unwrap_err();
    assert_eq!(error.rule(), Some("SESSION_ENDED"));
    assert_eq!(mock.journal().exchanges().len(), sent + 1);
}

#[tokio::test]
async fn f02_t9_air_feeds_nothing() {
    // The compile-fail test of `dmp_client::AirSession` is the other half.
    let mock = MockDmp::start().await.unwrap();
    let mut air = air(&mock).await;
    for transaction in Transaction::ALL {
        use Transaction::{CloseRecord, SearchPatient, Submit, SubmitByCpe, UpdateAdministrativeData};
        let expected = match transaction {
            Submit | SubmitByCpe => Some(AirRefusal::FeedingForbidden),
            SearchPatient | UpdateAdministrativeData | CloseRecord => Some(AirRefusal::NotInAir),
            _ => None,
        };
        let permit = air.gate.permit(&air.ctx, &air.evidence, transaction).await;
        assert_eq!(permit.err(), expected, "{transaction}");
    }
    assert!(air.gate.permit(&air.ctx, &air.evidence, AirCall::WebPs).await.is_ok());
    assert_eq!(AirRefusal::FeedingForbidden.error().outcome(), Outcome::NotSent);
    air.ctx.purpose = dmp_protocol::vihf::Purpose::Centre15;
    assert!(air.gate.permit(&air.ctx, &air.evidence, Transaction::SearchPatient).await.is_ok());
}

/// The compile-fail test of `outbox::Feeder` is the other half: a session of AIR drives no queue.
#[tokio::test]
async fn f09_t10_feeding_is_hidden_in_air() {
    use dmp_protocol::vihf::AuthenticationMode::{Air, AirSimplifie, Directe, DirecteCpe, Indirecte, ProSanteConnect};
    for (mode, offered) in [
        (Air, false),
        (AirSimplifie, false),
        (Directe, true),
        (DirecteCpe, true),
        (Indirecte, true),
        (ProSanteConnect, true),
    ] {
        assert_eq!(outbox::is_offered(mode), offered, "{mode:?}");
    }
    let mock = MockDmp::start().await.unwrap();
    let air = air(&mock).await;
    for transaction in [Transaction::Submit, Transaction::SubmitByCpe] {
        let refusal = air.gate.permit(&air.ctx, &air.evidence, transaction).await.unwrap_err();
        assert_eq!((refusal.code(), refusal.error().outcome()), ("AIR_FEEDING_FORBIDDEN", Outcome::NotSent));
    }
    assert!(mock.journal().exchanges().is_empty(), "nothing was sent");
}

#[tokio::test]
async fn f02_t10_evidence_ends_with_the_session_and_with_its_age() {
    let mock = MockDmp::start().await.unwrap();
    let air = air(&mock).await;
    let record = air.session().await.unwrap().record(qualified(), Consent::given()).unwrap();
    record.existence().await.unwrap();
    let sent = mock.journal().exchanges().len();
    air.clock.advance(SignedDuration::from_hours(11));
    assert!(air.gate.permit(&air.ctx, &air.evidence, Transaction::Search).await.is_ok());
    air.clock.advance(SignedDuration::from_mins(2));
    assert_eq!(record.existence().await.unwrap_err().rule(), Some("EVIDENCE_TOO_OLD"));
    air.clock.advance(-SignedDuration::from_hours(11));
    air.evidence.session.end();
    assert_eq!(record.existence().await.unwrap_err().rule(), Some("SESSION_ENDED"));
    assert_eq!(air.session().await.unwrap_err().rule(), Some("SESSION_ENDED"));
    assert_eq!(mock.journal().exchanges().len(), sent, "nothing more was sent");
}

#[tokio::test]
async fn s_11_an_air_set_up_that_misses_an_element_says_which() {
    let mock = MockDmp::start().await.unwrap();
    let client = client(mock.pki(), &mock.url());
    let complete = Air::of(client.clone()).await;
    let mut factor = Air::of(client.clone()).await;
    factor.evidence.factors.truncate(1);
    let awareness = Air::unaware(client.clone(), air::settings());
    let mut rpps = Air::of(client.clone()).await;
    rpps.ctx.professional = None;
    let mut finess = Air::of(client.clone()).await;
    finess.ctx.structure = StructureId::parse("1990000010", Realm::Test).unwrap().value;
    // Of 36 months, 37 months ago.
    let signed = dmp_lps::clock::day(complete.clock.now()) - jiff::Span::new().months(37);
    let expired = ProcesVerbal::new("CLINIQUE DU MODELE", "0B0990008", signed, 36);
    let settings = AirSettings { mode: AirMode::homologated(&expired), ..air::settings() };
    let proces_verbal = Air::with(client, settings).await;
    for (air, code) in [
        (&factor, "ONE_FACTOR"),
        (&awareness, "NOT_AWARE"),
        (&rpps, "NO_PROFESSIONAL"),
        (&finess, "FINESS_NOT_LISTED"),
        (&proces_verbal, "HOMOLOGATION_ENDED"),
    ] {
        assert_eq!(view(air).await.unwrap_err().rule(), Some(code));
    }
    assert!(mock.journal().exchanges().is_empty(), "nothing was sent");
    view(&complete).await.unwrap();
    assert!(!mock.journal().exchanges().is_empty());
}

/// Opens the view of the DMP.
async fn view(air: &Air) -> Result<(), DmpError> {
    let gate = ConsentGate::new(Database::in_memory().unwrap(), air.clock.clone()).with_sentence("Texte du guide.");
    let informed = StanceChange::new(Scope::Consultation, Stance::InformedNotOpposed);
    let _ = gate.record(&air.ctx, &crate::support::patient(), informed).await.unwrap();
    let session = air.session().await?;
    let opening = Opening::new(&gate, air.clock.clone(), air.ctx.clone(), &qualified());
    let opened = opening.open(|consent| session.record(qualified(), consent)).await?.unwrap();
    opened.enter().await.map(drop)
}

#[tokio::test]
async fn certificates_are_those_of_the_structure_or_of_its_legal_entity() {
    let mock = MockDmp::start().await.unwrap();
    let (pki, legal_entity) = (mock.pki(), StructureId::parse("11B0099001", Realm::Test).unwrap().value);
    let pem = |identity: &dmp_mock::pki::Identity| {
        (identity.certificate_pem().into_bytes(), identity.key_pem().as_bytes().to_vec())
    };
    let ((auth, auth_key), (sign, sign_key)) = (pem(&pki.ej_auth_cli), pem(&pki.ej_sign));
    let of_entity = builder(pki, &mock.url())
        .authentication(AuthenticationIdentity::from_pem(&auth, &auth_key).unwrap())
        .signing(SigningIdentity::from_pem(&sign, &sign_key).unwrap())
        .build()
        .unwrap();
    assert_eq!(of_entity.certificate_structures(), [Some("11B0099001"); 2]);
    // Option EJ/EG off, then on.
    let off = Air::of(of_entity.clone()).await;
    assert_eq!(off.refusal(&mock).await, AirRefusal::CertificateOfOtherStructure);
    let settings = || AirSettings { legal_entities: vec![legal_entity.clone()], ..air::settings() };
    let mut on = Air::with(of_entity.clone(), settings()).await;
    on.session().await.unwrap().record(qualified(), Consent::given()).unwrap().existence().await.unwrap();
    // The entity alone: never in AIR simplifié; in plain AIR not in sector SA17.
    on.ctx.structure = legal_entity.clone();
    let permit = on.gate.permit(&on.ctx, &on.evidence, Transaction::Existence).await;
    assert_eq!(permit.unwrap_err(), AirRefusal::LegalEntityAlone);
    for (sector, refused) in [("SA17", Some(AirRefusal::LegalEntityAlone)), ("SA01", None)] {
        let entity = Establishment::new(legal_entity.clone(), "GROUPE DU MODELE", sector);
        let settings = AirSettings { mode: AirMode::Air, structures: vec![entity], ..settings() };
        let mut air = Air::with(of_entity.clone(), settings).await;
        air.ctx.structure = legal_entity.clone();
        let permit = air.gate.permit(&air.ctx, &air.evidence, Transaction::Existence).await;
        assert_eq!(permit.err(), refused, "{sector}");
    }
}

#[tokio::test]
async fn an_adeli_number_needs_the_setting() {
    let mock = MockDmp::start().await.unwrap();
    let adeli = ProfessionalId::from(&Adeli::parse("991234560", Realm::Test).unwrap().value);
    for (allowed, refused) in [(false, Some(AirRefusal::NotRpps)), (true, None)] {
        let settings = AirSettings { mode: AirMode::Air, allow_adeli: allowed, ..air::settings() };
        let mut air = air_with(&mock, settings).await;
        (air.ctx.professional, air.evidence.professional) = (Some(adeli.clone()), adeli.clone());
        air.gate.acknowledge(&adeli).await.unwrap();
        let permit = air.gate.permit(&air.ctx, &air.evidence, Transaction::Existence).await;
        assert_eq!(permit.err(), refused);
    }
}

#[tokio::test]
async fn a_process_acts_under_the_one_responsible_who_alone_reads_the_results() {
    let mock = MockDmp::start().await.unwrap();
    let responsible = professional("899999000013");
    let open = async |air: &Air, responsible: &ProfessionalId| {
        air.gate.automated(&air.ctx, &air.evidence, responsible.clone(), air.professional.clone()).await
    };
    let forbidden = air(&mock).await;
    assert_eq!(open(&forbidden, &responsible).await.unwrap_err().rule(), Some("AIR_AUTOMATION_FORBIDDEN"));
    let settings = AirSettings { automation: AirAutomation::ResponsibleAware, ..air::settings() };
    let mut air = air_with(&mock, settings).await;
    air.ctx.user = InternalUserId::new("nightly-process").unwrap();
    air.evidence.session.end();
    let other = professional("899999000021");
    assert_eq!(open(&air, &other).await.unwrap_err().rule(), Some("NOT_RESPONSIBLE"));
    assert!(mock.journal().exchanges().is_empty(), "nothing was sent");
    let session = open(&air, &responsible).await.unwrap();
    let results = session
        .run(|session| async move { session.record(qualified(), Consent::given())?.existence().await })
        .await
        .unwrap();
    assert!(matches!(results.read_by(&responsible), Ok(Existence::Active(_))));
    assert_eq!(results.read_by(&other), Err(AirRefusal::NotResponsible));
    assert_eq!(format!("{results:?}"), "ReadableBy(…)");
    // The login of the one responsible grows old.
    air.clock.advance(SignedDuration::from_hours(12));
    assert_eq!(open(&air, &responsible).await.unwrap_err().rule(), Some("EVIDENCE_TOO_OLD"));
}

#[test]
fn each_refusal_teaches_in_two_languages_and_names_nobody() {
    for (refusal, code) in AirRefusal::ALL {
        let error = refusal.error();
        assert_eq!((error.rule(), error.outcome()), (Some(code), Outcome::NotSent));
        for language in [Language::English, Language::French] {
            assert!(error.explain(language).to_string().lines().count() >= 2, "{code}");
        }
    }
    let evidence = air::evidence(jiff::Timestamp::now());
    let shown = format!("{evidence:?} {:?}", air::settings());
    assert!(
        !shown.contains("99999000013") && !shown.contains("10B0990008") && !shown.contains(air::GENERIC),
        "{shown}"
    );
}
