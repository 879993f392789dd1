//! A first program: feed a letter, consult it, in front of a DMP that runs in the same process.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a program that talks to a person")]

use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_vocabulary::identity::{Ins, Rpps, StructureId};
use jiff::Timestamp;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // In front of a real platform: its URL, its authorities, and your two PKCS#12 files.
    let mock = MockDmp::builder().open_world().start().await?;
    let (auth, sign) = (&mock.pki().org_auth_cli, &mock.pki().org_sign);
    let client = DmpClient::builder(Endpoint::custom(&mock.url())?)
        .authentication(AuthenticationIdentity::from_pem(auth.certificate_pem().as_bytes(), auth.key_pem().as_bytes())?)
        .signing(SigningIdentity::from_pem(sign.certificate_pem().as_bytes(), sign.key_pem().as_bytes())?)
        .software(Software::new("LPS Exemple", "4.2", "XXX-000000-tmp0").with_instance("2.25.1"))
        .trust_anchors(TrustAnchors::from_pem(mock.pki().root.certificate_pem().as_bytes())?)
        .policy(Policy::lenient("X12")?) // the letter below was written by another structure than this one
        .build()?;

    let clinic = Establishment::new(StructureId::parse("10B0990008", Realm::Test)?.value, "CLINIQUE DU MODELE", "SA01");
    let rpps = Rpps::parse("99999000013", Realm::Test)?.value;
    let medecin = Professional::new(&rpps, "MODELE", "ALIX", roles::of_directory("10", Some("SM26")), clinic);
    let patient = QualifiedPatient::declared(Ins::parse("284063599941750", "1.2.250.1.213.1.4.10", Realm::Test)?.value);
    let login = (AuthenticationClass::TimeSyncToken, Timestamp::now());

    // The structure feeds (INDIRECTE). There is no `find` and no `retrieve` on this record.
    let feeding = client.indirect(Sender::professional(&medecin, login.0, login.1))?;
    let feeding = feeding.record(patient.clone(), Consent::given())?;
    let Existence::Active(_) = feeding.existence().await? else { return Err("no active DMP".into()) };
    let letter = Document::from_cda_file("testdata/cda/n1-consultation-v1.xml").await?;
    let receipt = feeding.submit(&Submission::of(letter)).await?;
    println!("stored {:?}", receipt.document_unique_ids);

    // The professional consults (AIR simplifié), after two factors. There is no `submit` on this record.
    let session = client.air_simplifie(medecin, SecondFactor::passed_at(login.1, login.0))?;
    let record = session.record(patient, Consent::given())?;
    record.authorise().await?;
    for entry in record.find(Search::approved()).await? {
        let bytes = record.retrieve(&entry).await?;
        println!("{} bytes, as submitted", bytes.len());
    }

    // What is refused says why.
    let refused = record.retrieve("2.25.42").await.unwrap_err();
    println!("{}", refused.explain(Language::English));
    Ok(())
}
