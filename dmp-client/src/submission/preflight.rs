//! Checks before the network: each refusal names its rule, and each rule may be made a warning. All of them are made:
//! a request stops at the first, a report shows them all.

use cda::metadata::{MappingError, MappingProblem};
use dmp_protocol::error::LocalRefusal;
use dmp_protocol::rules::{Policy, Strictness};
use dmp_protocol::transaction::Transaction;
use dmp_vocabulary::Oid;
use dmp_vocabulary::nomenclature::Nomenclatures;
use jiff::{SignedDuration, Timestamp};
use xds_model::{Author, CodedValue, Cx, DocumentEntry, Dtm, TooLong};

use super::document::{Document, Hidden};
use super::restriction::{hides_from_everybody, hides_vaccination};
use super::rule::{self, Rule};
use crate::DmpError;

/// Longest title, in characters; a longer one is refused, never cut.
const TITLE_MAX: usize = 128;
/// How far in the future a date may lie: clocks differ.
const SKEW: SignedDuration = SignedDuration::from_secs(60);
/// Code system of N, R and V.
const CONFIDENTIALITY: &str = "2.16.840.1.113883.5.25";
/// classCode of the patient's expressions and of reimbursements.
const RESERVED_CLASSES: [&str; 2] = ["90", "60"];

/// The checks of one request, and what they found so far.
pub(crate) struct Preflight<'a> {
    transaction: Transaction,
    policy: &'a Policy,
    /// Parameter `cumul-invisible_patient-masque_ps`.
    cumulation: bool,
    now: Timestamp,
    /// Position of the document that is looked at.
    document: Option<usize>,
    /// Attributes of that document that its header refuses already: said once.
    told: Vec<&'static str>,
    breaches: Vec<Breach>,
}

/// A rule that is broken.
pub(crate) struct Breach {
    /// Position of the document in the submission; `None`: the lot.
    pub(crate) document: Option<usize>,
    /// Its rule is lenient: the request passes.
    pub(crate) tolerated: bool,
    /// The rule of the CDA and the place, where the header is at fault.
    pub(crate) origin: Option<(&'static str, String)>,
    pub(crate) refusal: DmpError,
}

impl<'a> Preflight<'a> {
    pub(crate) fn new(transaction: Transaction, policy: &'a Policy, cumulation: bool, now: Timestamp) -> Self {
        Self { transaction, policy, cumulation, now, document: None, told: Vec::new(), breaches: Vec::new() }
    }

    /// All that was found.
    pub(crate) fn into_breaches(self) -> Vec<Breach> {
        self.breaches
    }

    /// The first refusal, if there is one.
    pub(crate) fn verdict(self) -> Result<(), DmpError> {
        for breach in self.breaches {
            if !breach.tolerated {
                return Err(breach.refusal);
            }
            tracing::warn!(refusal = %breach.refusal, "tolerated");
        }
        Ok(())
    }

    /// A refusal that no policy makes lenient.
    pub(crate) fn refuse(&mut self, refusal: DmpError) {
        self.breaches.push(Breach { document: self.document, tolerated: false, origin: None, refusal });
    }

    pub(super) fn strictness(&self, rule: &Rule) -> Strictness {
        self.policy.strictness(rule.id)
    }

    pub(super) fn require(&mut self, rule: &Rule, kept: bool, found: impl FnOnce() -> String) {
        if !kept {
            self.broken(rule, self.policy.strictness(rule.id), found(), None);
        }
    }

    pub(super) fn broken(
        &mut self,
        rule: &Rule,
        strictness: Strictness,
        found: String,
        origin: Option<(&'static str, String)>,
    ) {
        if strictness == Strictness::Off {
            return;
        }
        let refusal = LocalRefusal::new(rule.id)
            .meaning(rule.meaning.0, rule.meaning.1)
            .remedy(rule.remedy.0, rule.remedy.1)
            .found(found);
        self.breaches.push(Breach {
            document: self.document,
            tolerated: strictness == Strictness::Lenient,
            origin,
            refusal: DmpError::local(refusal).with_transaction(self.transaction),
        });
    }

    /// Everything about a submission that is known before its lot is built.
    pub(crate) fn submission(&mut self, documents: &[Document], patient: &str) {
        self.require(&rule::MANDATORY, !documents.is_empty(), || "a submission without document".to_owned());
        for (index, document) in documents.iter().enumerate() {
            self.document = Some(index);
            self.told.clear();
            let before = documents.get(..index).unwrap_or_default();
            let twice = before.iter().any(|other| other.entry.unique_id == document.entry.unique_id);
            self.require(&rule::UNIQUE, !twice, || format!("document {} again", index + 1));
            for finding in &document.findings {
                self.finding(finding);
            }
            self.entry(&document.entry, patient);
            self.require(&rule::SUBSTANCE, !document.is_empty(), || "a document without content".to_owned());
            self.replacement(document);
        }
        self.document = None;
    }

    /// What the header does not give as the DMP wants it: both the rule of the CDA and that of XDS may be lenient.
    fn finding(&mut self, finding: &MappingError) {
        let rule = match finding.problem {
            MappingProblem::ExtensionForbidden | MappingProblem::NotAnOid(_) | MappingProblem::TooLong { .. } => {
                &rule::FORMAT
            }
            MappingProblem::NotCreatableByLps => &rule::CREATABLE,
            MappingProblem::NotInValueSet(_) | MappingProblem::NoClass => &rule::VALUE_SET,
            MappingProblem::OnlyNormal => &rule::VACCINATION,
            _ => &rule::HEADER,
        };
        let strictness = match self.policy.strictness(rule.id) {
            Strictness::Strict => self.policy.strictness(finding.rule),
            other => other,
        };
        // What is too long is there all the same.
        if strictness == Strictness::Strict || matches!(finding.problem, MappingProblem::TooLong { .. }) {
            self.told.push(finding.attribute);
        }
        let origin = Some((finding.rule, finding.xpath.clone()));
        self.broken(rule, strictness, finding.to_string(), origin);
    }

    fn entry(&mut self, entry: &DocumentEntry, patient: &str) {
        self.mandatory(entry);
        let named = Oid::parse(&entry.unique_id).is_ok() || self.told.contains(&"uniqueId");
        self.require(&rule::FORMAT, named, || "a uniqueId that is not an OID".to_owned());
        let title = entry.title.as_deref().unwrap_or_default().chars().count();
        self.require(&rule::FORMAT, title <= TITLE_MAX || self.told.contains(&"title"), || {
            format!("a title of {title} characters")
        });
        self.lengths(entry.too_long().into_iter().filter(|one| one.attribute != "title"));
        let same = same_patient(&entry.patient_id, patient);
        self.require(&rule::SAME_PATIENT, same, || "a document of another patient".to_owned());
        let reserved = entry.class_code.as_ref().is_some_and(|class| RESERVED_CLASSES.contains(&class.code.as_str()));
        self.require(&rule::CREATABLE, !reserved || self.told.contains(&"typeCode"), || {
            "a class reserved to others".to_owned()
        });
        if let Some(code) = &entry.type_code {
            let creatable = Nomenclatures::embedded().creatable_by_lps(&code.code, &code.system) != Some(false)
                || reserved
                || self.told.contains(&"typeCode");
            self.require(&rule::CREATABLE, creatable, || "a type reserved to others".to_owned());
            let vaccination = hides_vaccination(&code.code, &Hidden::of(entry));
            self.require(&rule::VACCINATION, !vaccination, || "a restricted note de vaccination".to_owned());
        }
        self.times(entry);
        self.visibility(&entry.confidentiality_codes);
    }

    /// X04: what the schema of the message refuses.
    pub(crate) fn lengths(&mut self, too_long: impl IntoIterator<Item = TooLong>) {
        for TooLong { attribute, found, allowed } in too_long {
            self.require(&rule::LENGTH, false, || format!("{attribute}: {found} characters, at most {allowed}"));
        }
    }

    /// X15.
    fn times(&mut self, entry: &DocumentEntry) {
        let instant = |time: &Option<Dtm>| time.as_ref().and_then(Dtm::timestamp);
        let (start, stop) = (instant(&entry.service_start_time), instant(&entry.service_stop_time));
        let reversed = matches!((start, stop), (Some(start), Some(stop)) if stop < start);
        self.require(&rule::TIMES, !reversed, || "an end before the start".to_owned());
        let dates =
            [("creationTime", instant(&entry.creation_time)), ("serviceStartTime", start), ("serviceStopTime", stop)];
        let latest = self.now + SKEW;
        for (attribute, date) in dates {
            self.require(&rule::TIMES, date.is_none_or(|date| date <= latest), || {
                format!("a {attribute} in the future")
            });
        }
    }

    fn mandatory(&mut self, entry: &DocumentEntry) {
        let present = [
            ("uniqueId", !entry.unique_id.is_empty()),
            ("patientId", !entry.patient_id.as_str().is_empty()),
            ("mimeType", !entry.mime_type.is_empty()),
            ("title", entry.title.as_ref().is_some_and(|title| !title.trim().is_empty())),
            ("author", !entry.authors.is_empty()),
            ("typeCode", entry.type_code.is_some()),
            ("classCode", entry.class_code.is_some()),
            ("formatCode", entry.format_code.is_some()),
            ("creationTime", entry.creation_time.is_some()),
            ("serviceStartTime", entry.service_start_time.is_some()),
            ("languageCode", entry.language_code.is_some()),
            ("legalAuthenticator", entry.legal_authenticator.is_some()),
            ("sourcePatientId", entry.source_patient_id.is_some()),
            ("sourcePatientInfo", entry.source_patient_info.is_some()),
            ("healthcareFacilityTypeCode", entry.healthcare_facility_type_code.is_some()),
            ("practiceSettingCode", entry.practice_setting_code.is_some()),
        ];
        let missing: Vec<&str> = present
            .iter()
            .filter(|(name, is_there)| !is_there && !self.told.contains(name))
            .map(|(name, _)| *name)
            .collect();
        self.require(&rule::MANDATORY, missing.is_empty(), || format!("no {}", missing.join(", ")));
    }

    /// X19 and X21 on a set of confidentiality codes.
    pub(crate) fn visibility(&mut self, codes: &[CodedValue]) {
        let levels = codes.iter().filter(|code| code.system == CONFIDENTIALITY).count();
        let repeated = codes
            .iter()
            .enumerate()
            .any(|(index, code)| codes.iter().skip(index + 1).any(|other| other.code == code.code));
        self.require(&rule::CONFIDENTIALITY, levels == 1 && !repeated, || {
            format!("{levels} of N, R and V{}", if repeated { ", and a repeated code" } else { "" })
        });
        let hidden: Vec<Hidden> = codes.iter().filter_map(|code| Hidden::from_code(&code.code)).collect();
        let both = hides_from_everybody(&hidden);
        self.require(&rule::CUMULATION, self.cumulation || !both, || "INVISIBLE_PATIENT and MASQUE_PS".to_owned());
    }

    /// X12: the author of every document who is the person who sends, else the first whose institution is the one that
    /// sends. When the rule is lenient and nobody is, the first author of the first document stands in (X11 still
    /// holds).
    pub(crate) fn lot_author(&mut self, documents: &[Document], submitter: Submitter<'_>, sender: &Author) -> Author {
        let mut authors = documents.iter().flat_map(|document| &document.entry.authors);
        let sends = |author: &&Author| same_author(author, sender);
        let sender = documents.first().and_then(|document| document.entry.authors.iter().find(sends));
        let sender = sender.filter(|author| documents.iter().all(|document| is_author_of(author, &document.entry)));
        let found = sender.or_else(|| authors.find(|author| submitter.is(author))).cloned();
        let found =
            found.or_else(|| documents.first().and_then(|document| submitter.as_authenticator(&document.entry)));
        self.require(&rule::SENDER_IS_AUTHOR, found.is_some(), || match submitter {
            Submitter::Structure(_) => {
                "no author of the documents whose institution is the structure of the session".to_owned()
            }
            Submitter::Person(_) => {
                "a card holder who is no author of the documents, nor their legal authenticator".to_owned()
            }
        });
        let first = || documents.first().and_then(|document| document.entry.authors.first()).cloned();
        let author = found.or_else(first).unwrap_or_default();
        let everywhere = documents.iter().all(|document| is_author_of(&author, &document.entry));
        self.require(&rule::LOT_AUTHOR, everywhere, || "a document without the author of the lot".to_owned());
        author
    }
}

/// Who sends, as the author rule looks at it (`EX_2.1-1140`).
#[derive(Clone, Copy)]
pub(crate) enum Submitter<'a> {
    /// Struct_IdNat among the author institutions.
    Structure(&'a str),
    /// NameID among the author persons, or the legal authenticator.
    Person(&'a str),
}

impl Submitter<'_> {
    fn is(self, author: &Author) -> bool {
        match self {
            Self::Structure(id) => author.institution.as_ref().is_some_and(|institution| institution.id() == id),
            Self::Person(id) => author.person.as_ref().is_some_and(|person| person.id() == id),
        }
    }

    /// The legal authenticator, if it is the sender, in the institution of the first author.
    fn as_authenticator(self, entry: &DocumentEntry) -> Option<Author> {
        let Self::Person(id) = self else { return None };
        let person = entry.legal_authenticator.clone().filter(|person| person.id() == id)?;
        let institution = entry.authors.first().and_then(|author| author.institution.clone());
        Some(Author { person: Some(person), institution, ..Author::default() })
    }
}

fn is_author_of(author: &Author, entry: &DocumentEntry) -> bool {
    let authenticates = Submitter::Person(&person_id(author)).as_authenticator(entry);
    entry.authors.iter().chain(authenticates.as_ref()).any(|other| same_author(other, author))
}

fn person_id(author: &Author) -> String {
    author.person.as_ref().map(|person| person.id().into_owned()).unwrap_or_default()
}

fn same_author(left: &Author, right: &Author) -> bool {
    let person = |author: &Author| author.person.as_ref().map(|person| person.id().into_owned());
    let institution = |author: &Author| author.institution.as_ref().map(|institution| institution.id().into_owned());
    person(left) == person(right) && institution(left) == institution(right)
}

/// CX.1 and the OID of CX.4 only: a date in CX.7 is common.
fn same_patient(entry: &Cx, patient: &str) -> bool {
    let patient = Cx::from(patient);
    entry.id() == patient.id() && entry.authority_oid() == patient.authority_oid()
}
