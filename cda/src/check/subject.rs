//! The document under check: its header, and what the rules of several families ask of it.

use dmp_vocabulary::nomenclature::Nomenclatures;
use dmp_vocabulary::oids;

use super::findings::Findings;
use super::media::Media;
use super::options::CheckOptions;
use super::shape;
use super::tree::At;
use crate::header::{ActorKind, AssignedActor, Device, Organization, is_ins_root};
use crate::{InstanceIdentifier, Precision, Timestamp};

/// The header of a document with the options of its check.
#[derive(Clone, Copy)]
pub(super) struct Subject<'t> {
    /// `ClinicalDocument`.
    pub(super) root: At<'t>,
    /// What `component/nonXMLBody/text` holds, in document order.
    pub(super) contents: &'t [Media],
    pub(super) options: &'t CheckOptions,
}

impl<'t> Subject<'t> {
    pub(super) fn tables(&self) -> &'t Nomenclatures {
        self.options.tables()
    }

    /// First child of `ClinicalDocument` of that name, unless it is null.
    pub(super) fn valued(&self, local: &str) -> Option<At<'t>> {
        self.root.first(local).and_then(At::valued)
    }

    /// Code of the document type.
    pub(super) fn type_code(&self) -> Option<&'t str> {
        self.valued("code")?.value("code")
    }

    pub(super) fn patient_role(&self) -> Option<At<'t>> {
        self.root.path("recordTarget/patientRole")
    }

    /// Valued ids of the patient that are an INS.
    pub(super) fn ins(&self) -> Vec<At<'t>> {
        let ids = self.patient_role().into_iter().flat_map(|role| role.elements().filter(|child| child.is("id")));
        ids.filter(|id| !id.is_null() && id.value("root").is_some_and(is_ins_root)).collect()
    }

    /// Whether the body is structured; `None` without body.
    pub(super) fn is_structured(&self) -> Option<bool> {
        if self.root.path("component/structuredBody").is_some() {
            Some(true)
        } else {
            self.root.path("component/nonXMLBody").map(|_| false)
        }
    }

    /// Every `documentationOf/serviceEvent`, with the position of its `documentationOf`.
    pub(super) fn events(&self) -> Vec<(usize, At<'t>)> {
        let documented = self.root.all("documentationOf").enumerate();
        documented.filter_map(|(index, at)| Some((index, at.first("serviceEvent")?))).collect()
    }

    /// The main event (évènement principal) and the position of its `documentationOf`: the first with a time and a
    /// performer who bears a `standardIndustryClassCode`; failing that, the first with a performer; failing that, the
    /// first.
    pub(super) fn main_event(&self) -> Option<(usize, At<'t>)> {
        let events = self.events();
        let complete = |event: At<'t>| event.first("effectiveTime").is_some() && practice_setting(event).is_some();
        let found = events.iter().find(|(_, event)| complete(*event));
        let found = found.or_else(|| events.iter().find(|(_, event)| event.first("performer").is_some()));
        found.or(events.first()).copied()
    }
}

/// `standardIndustryClassCode` of the first performer who bears one.
pub(super) fn practice_setting(event: At<'_>) -> Option<At<'_>> {
    event.every("performer/assignedEntity/representedOrganization/standardIndustryClassCode").into_iter().next()
}

/// The identifier as the header types it; `None` when null or without root.
pub(super) fn identifier(id: At<'_>) -> Option<InstanceIdentifier> {
    let root = id.valued()?.value("root")?.to_owned();
    Some(InstanceIdentifier { root, extension: id.value("extension").map(str::to_owned) })
}

/// Whether a valued id of `at` has this root.
pub(super) fn has_id_under(at: At<'_>, root: &str) -> bool {
    at.all("id").any(|id| !id.is_null() && id.value("root") == Some(root))
}

/// Kind of an `assignedAuthor` or `assignedEntity`.
pub(super) fn actor_kind(assigned: At<'_>) -> ActorKind {
    let ids = |at: At<'_>| at.all("id").filter_map(identifier).collect();
    let child = |local| assigned.first(local).and_then(At::valued);
    let actor = AssignedActor {
        ids: ids(assigned),
        device: child("assignedAuthoringDevice").map(|_| Device::default()),
        organization: child("representedOrganization")
            .map(|organization| Organization { ids: ids(organization), ..Organization::default() }),
        ..AssignedActor::default()
    };
    actor.actor().kind
}

/// `name/family` of a person with some text.
pub(super) fn has_family_name(person: Option<At<'_>>) -> bool {
    person.and_then(At::valued).is_some_and(|person| {
        let families = person.every("name/family");
        families.into_iter().filter_map(At::valued).any(|family| family.text().is_some())
    })
}

/// Whether a coded element is there, is not null and has a code.
pub(super) fn has_code(element: Option<At<'_>>) -> bool {
    element.and_then(At::valued).and_then(|element| element.value("code")).is_some()
}

/// Reports each id of `parent` that has not both a root and an extension, and the absence of any id.
pub(super) fn require_complete_ids(rule: &str, parent: At<'_>, findings: &mut Findings<'_>) {
    if parent.first("id").is_none() {
        findings.report(rule, parent.place(), "no id");
    }
    for id in parent.all("id") {
        let missing = match (id.is_null(), id.value("root"), id.value("extension")) {
            (false, Some(_), Some(_)) => continue,
            (true, ..) => "a null id",
            (false, None, _) => "an id without root",
            (false, Some(_), None) => "an id without extension",
        };
        findings.report(rule, id.place(), missing);
    }
}

/// Reports a `time` that does not go as far as `precision` with an offset. A value that is no timestamp at all is left
/// to the rules of the data types.
pub(super) fn require_precision(rule: &str, time: At<'_>, precision: Precision, findings: &mut Findings<'_>) {
    let Some(value) = time.valued().and_then(|time| time.value("value")) else { return };
    let Ok(parsed) = Timestamp::parse(value) else { return };
    if parsed.precision() < precision || parsed.offset().is_none() {
        findings.report(rule, &time.place().attribute("value"), shape::pattern(value));
    }
}

/// Whether the root is that of a PS_IdNat.
pub(super) fn is_professional_root(root: Option<&str>) -> bool {
    root == Some(oids::PS_ID_NAT)
}
