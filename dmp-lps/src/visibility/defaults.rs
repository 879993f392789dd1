//! Rule V7: what is proposed before the physician chooses, by type, service and analysis.

use super::rules::{Holder, PatientSight, RepresentativeSight, Visibility};

/// One line of the configuration; an empty list takes everything.
///
/// A mask to professionals is never a default: only the holder asks for one (EXI 07).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DefaultRule {
    /// typeCodes.
    pub types: Vec<String>,
    /// Services of the establishment, as the software names them.
    pub services: Vec<String>,
    /// Codes of analyses or acts that the document reports, as the software names them.
    pub analyses: Vec<String>,
    /// Not visible to the patient before it is announced.
    pub hidden_from_patient: bool,
    /// Not visible to the representatives of a minor.
    pub hidden_from_representatives: bool,
}

/// What a document is, as the rules look at it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Produced<'a> {
    /// typeCode.
    pub type_code: &'a str,
    /// Service.
    pub service: Option<&'a str>,
    /// Analyses or acts that it reports.
    pub analyses: &'a [String],
}

/// The configuration of an establishment. Rules add up: what one hides, no other shows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct VisibilityDefaults {
    /// The lines.
    pub rules: Vec<DefaultRule>,
}

impl VisibilityDefaults {
    /// What the software proposes; the physician may change it for each document before it is sent. For the
    /// representatives of a minor nothing is proposed unless a rule or a connexion secrète says so: it must be chosen
    /// (V4).
    #[must_use]
    pub fn propose(&self, produced: Produced<'_>, holder: Holder) -> Visibility {
        let matching = || self.rules.iter().filter(|rule| rule.takes(produced));
        let mut proposed = Visibility::open(Holder::Adult);
        if matching().any(|rule| rule.hidden_from_patient) {
            proposed.patient = PatientSight::Invisible;
        }
        let hides = matching().any(|rule| rule.hidden_from_representatives) || holder == Holder::Minor { secret: true };
        if holder != Holder::Adult && hides {
            proposed.representatives = RepresentativeSight::Invisible;
        }
        proposed
    }
}

impl DefaultRule {
    fn takes(&self, produced: Produced<'_>) -> bool {
        let one_of = |list: &[String], value: &str| list.iter().any(|one| one == value);
        let type_code = self.types.is_empty() || one_of(&self.types, produced.type_code);
        let service =
            self.services.is_empty() || produced.service.is_some_and(|service| one_of(&self.services, service));
        let analysis =
            self.analyses.is_empty() || produced.analyses.iter().any(|analysis| one_of(&self.analyses, analysis));
        type_code && service && analysis
    }
}
