//! The software that the test suite `tests/fictional_lps.rs` is about: what a vendor writes on top of the SDK, in a few
//! lines. Its screens show texts; what its users may need to know is in them.

use dmp_client::{AirSession, Document, ErrorKind, IndirectSession, Language, QualifiedPatient, Search, Submission};
use dmp_lps::consent::{ConsentGate, Scope};
use dmp_lps::opening::{Entry, Opening};
use dmp_lps::{AccessContext, Database, ManualClock, PatientKey, display};

/// A fictional logiciel de professionnel de santé.
pub struct FictionalLps {
    /// The register of consents.
    pub gate: ConsentGate<Database>,
    /// The clock.
    pub clock: ManualClock,
}

impl std::fmt::Debug for FictionalLps {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FictionalLps")
    }
}

impl FictionalLps {
    /// The tab "DMP" of a patient: one line per document, or one that says why there is none.
    pub async fn dmp_tab(&self, ctx: &AccessContext, session: &AirSession, patient: &QualifiedPatient) -> Vec<String> {
        let opening = Opening::new(&self.gate, self.clock.clone(), ctx.clone(), patient);
        let opened = match opening.open(|consent| session.record(patient.clone(), consent)).await {
            Ok(Some(opened)) => opened,
            Ok(None) => return vec!["Le patient n'a pas été informé, ou s'est opposé.".to_owned()],
            Err(error) => return vec![shown(&error)],
        };
        match opened.enter().await {
            Ok(Entry::Entered { .. }) => {}
            Ok(Entry::Stopped) => return vec!["Ce DMP ne peut pas être consulté.".to_owned()],
            Err(error) => return vec![shown(&error)],
        }
        match opened.record().find(Search::approved()).await {
            Ok(found) if found.is_empty() => vec!["Aucun document.".to_owned()],
            Ok(found) => found.iter().map(display::type_label).collect(),
            Err(error) => vec![shown(&error)],
        }
    }

    /// The button "Envoyer au DMP": what is shown beside the document afterwards.
    pub async fn send(
        &self,
        ctx: &AccessContext,
        session: &IndirectSession,
        patient: &QualifiedPatient,
        document: Document,
    ) -> String {
        let decision = match self.gate.check(Scope::Feeding, ctx, &PatientKey::from(patient)).await {
            Ok(decision) => decision,
            Err(error) => return error.to_string(),
        };
        let sent =
            async { session.record(patient.clone(), decision.consent()?)?.submit(&Submission::of(document)).await };
        match sent.await {
            Ok(_) => "Envoyé au DMP".to_owned(),
            Err(error) if matches!(error.kind(), ErrorKind::Transport | ErrorKind::Server) => {
                "En attente : le DMP ne répond pas".to_owned()
            }
            Err(error) => shown(&error),
        }
    }
}

/// What a user can read, in French: what was refused, and what to do.
fn shown(error: &dmp_client::DmpError) -> String {
    error.explain(Language::French).to_string()
}
