//! Three requests that the SDK's types cannot express, built from `dmp-protocol` over a bare connection.

use dmp_client::{AuthenticationClass, DmpError, Language, Switches, roles};
use dmp_mock::MockDmp;
use dmp_mock::pki::Identity;
use dmp_mock::world::seed;
use dmp_protocol::certificate::Certificate;
use dmp_protocol::patient::{Lps, PatientQuery};
use dmp_protocol::transaction::Transaction;
use dmp_protocol::vihf::{Access, AuthenticationMode, Stamp, Vihf};
use dmp_protocol::xml::Writer;
use dmp_vocabulary::Realm;
use dmp_vocabulary::identity::{Ins, ProfessionalId, StructureId};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;
use xds_model::RegistryObjectList;
use xds_model::iti41::ProvideAndRegister;

use super::Tour;
use super::setup::software;
use crate::bare::{self, Answer, Failure};

/// A refusal that the tour provoked.
#[derive(Debug)]
pub struct ShownRefusal {
    /// What was tried.
    pub attempt: &'static str,
    /// The rule that must refuse it.
    pub expected_rule: &'static str,
    /// The rule that did, as the mock says; none if it was accepted.
    pub rule: Option<String>,
    /// Code on the wire.
    pub code: String,
    /// The explained error.
    pub explanation: String,
}

impl ShownRefusal {
    /// Whether the expected rule refused.
    #[must_use]
    pub fn is_expected(&self) -> bool {
        self.rule.as_deref() == Some(self.expected_rule)
    }
}

impl Tour {
    /// Feeding in AIR, a VIHF signed with the authentication key, a replayed VIHF; with a mock in this process only.
    pub(super) async fn refusals(&self) -> Result<Vec<ShownRefusal>, Failure> {
        let Some(mock) = &self.mock else { return Ok(Vec::new()) };
        Ok(vec![feeding_in_air(mock).await?, signed_with_authentication_key(mock).await?, replayed(mock).await?])
    }
}

async fn feeding_in_air(mock: &MockDmp) -> Result<ShownRefusal, Failure> {
    let assertion = assertion(&mock.pki().org_sign)?;
    // The right is refused before the content is looked at: an empty lot will do.
    let lot = ProvideAndRegister { objects: RegistryObjectList::default(), documents: Vec::new() };
    let answer = bare::send(mock, Transaction::Submit, &assertion, |w| lot.write(w)).await?;
    Ok(shown("feeding (TD2.1) in AIR simplifié", "FUN-01", Transaction::Submit, &answer))
}

async fn signed_with_authentication_key(mock: &MockDmp) -> Result<ShownRefusal, Failure> {
    let assertion = assertion(&mock.pki().org_auth_cli)?;
    let answer = existence(mock, &assertion).await?;
    Ok(shown("a VIHF signed with the key of ORG_AUTH_CLI", "V21", Transaction::Existence, &answer))
}

async fn replayed(mock: &MockDmp) -> Result<ShownRefusal, Failure> {
    let assertion = assertion(&mock.pki().org_sign)?;
    let first = existence(mock, &assertion).await?;
    if let Some(fault) = first.fault {
        return Err(format!("the first use of a good VIHF was refused: {}", fault.reason).into());
    }
    let second = existence(mock, &assertion).await?;
    Ok(shown("the same VIHF sent twice in AIR", "V54", Transaction::Existence, &second))
}

async fn existence(mock: &MockDmp, assertion: &str) -> Result<Answer, Failure> {
    let lps = Lps { root: "2.25.169113683135263991924194166893702703888".into(), name: "LPS Exemple".into() };
    let request = PatientQuery::existence(lps, &patient()?, Uuid::new_v4(), Uuid::new_v4(), Timestamp::now());
    bare::send(mock, Transaction::Existence, assertion, |w: &mut Writer| request.write(w)).await
}

/// An assertion of AIR simplifié that is right in everything but, perhaps, who signs it.
fn assertion(signed_by: &Identity) -> Result<String, Failure> {
    let now = Timestamp::now();
    let vihf = Vihf {
        mode: AuthenticationMode::AirSimplifie,
        holder: ProfessionalId::parse(seed::MEDECIN, Realm::Test)?.value,
        holder_name: Some("MODELE ALIX".into()),
        structure: StructureId::parse(seed::STRUCTURE_EG, Realm::Test)?.value,
        sector: "SA01".into(),
        roles: roles::of_directory("10", Some("SM26")),
        patient: Some(patient()?),
        access: Access::Normal,
        connexion_secrete: false,
        authentication: AuthenticationClass::TimeSyncToken,
        authenticated_at: now - SignedDuration::from_mins(5),
        software: software(),
    };
    let switches = Switches::default();
    let certificate = Certificate::from_der(signed_by.certificate_der())?;
    let issuer = certificate.subject().to_rfc4514(switches.dn_style);
    let assertion = vihf.to_assertion(&Stamp::new(now), issuer, &switches);
    Ok(assertion.sign(&bare::signer(signed_by)?, &switches)?.into_string())
}

fn patient() -> Result<Ins, Failure> {
    Ok(Ins::parse(seed::PATIENT_FOLLOWED, seed::TEST_NIR_OID, Realm::Test)?.value)
}

fn shown(
    attempt: &'static str,
    expected_rule: &'static str,
    transaction: Transaction,
    answer: &Answer,
) -> ShownRefusal {
    let (code, explanation) = match &answer.fault {
        Some(fault) => {
            let error = DmpError::from_fault(transaction, fault);
            let code = error.code().map_or("none", |code| code.as_str()).to_owned();
            (code, error.explain(Language::English).to_string())
        }
        None => ("none".into(), format!("accepted: HTTP {}, {}", answer.status, answer.body)),
    };
    ShownRefusal { attempt, expected_rule, rule: answer.rule.clone(), code, explanation }
}
