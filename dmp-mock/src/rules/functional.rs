//! Functional rights: the matrices of who may do what in which mode (access-rules.md §6, FUN-01 and FUN-03, V80).

use std::collections::HashMap;
use std::sync::LazyLock;

use dmp_protocol::rules::Refusal;
use dmp_protocol::vihf::{AuthenticationMode, Purpose};

use super::actor::ActorClass;
use super::denial::{Carrier, breach};
use super::table;

/// A row of the functional-rights tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each is the id of its row, in English")]
pub enum Action {
    Exists,
    AuthoriseSelf,
    RemoveOwnAuthorisation,
    ResignAsMt,
    ListAuthorised,
    SearchWithoutIns,
    ReadAdminData,
    UpdateAdminData,
    CloseRecord,
    ListAuthorisations,
    Feed,
    FeedByCpe,
    SearchMetadata,
    SearchReference,
    ReadUnmasked,
    ReadMasked,
    ReadInvisible,
    ReadArchived,
    ReadObsolete,
    ReadDeleted,
    Mask,
    Unmask,
    MakeVisible,
    Archive,
    Unarchive,
    Delete,
    WebPs,
}

impl Action {
    /// Id of the row.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Action::Exists => "exists",
            Action::AuthoriseSelf => "authorise_self",
            Action::RemoveOwnAuthorisation => "remove_own_authorisation",
            Action::ResignAsMt => "resign_as_mt",
            Action::ListAuthorised => "list_authorised",
            Action::SearchWithoutIns => "search_without_ins",
            Action::ReadAdminData => "read_admin_data",
            Action::UpdateAdminData => "update_admin_data",
            Action::CloseRecord => "close_record",
            Action::ListAuthorisations => "list_authorisations",
            Action::Feed => "feed",
            Action::FeedByCpe => "feed_by_cpe",
            Action::SearchMetadata => "search_metadata",
            Action::SearchReference => "search_reference",
            Action::ReadUnmasked => "read_unmasked",
            Action::ReadMasked => "read_masked",
            Action::ReadInvisible => "read_invisible",
            Action::ReadArchived => "read_archived",
            Action::ReadObsolete => "read_obsolete",
            Action::ReadDeleted => "read_deleted",
            Action::Mask => "mask",
            Action::Unmask => "unmask",
            Action::MakeVisible => "make_visible",
            Action::Archive => "archive",
            Action::Unarchive => "unarchive",
            Action::Delete => "delete",
            Action::WebPs => "web_ps",
        }
    }

    /// Whether it reads the bytes of a document (TD3.2).
    #[must_use]
    pub fn is_reading(self) -> bool {
        matches!(
            self,
            Action::ReadUnmasked
                | Action::ReadMasked
                | Action::ReadInvisible
                | Action::ReadArchived
                | Action::ReadObsolete
                | Action::ReadDeleted
        )
    }

    /// How the service of the action says no (access-rules.md §3): C4 for the HL7 V3 messages, C5 for `habilitations`,
    /// C6 for the registry and the repository; TD0.2 never refuses but in a fault.
    #[must_use]
    pub fn carrier(self) -> Carrier {
        match self {
            Action::Exists | Action::WebPs => Carrier::Fault,
            Action::SearchWithoutIns | Action::ReadAdminData | Action::UpdateAdminData | Action::CloseRecord => {
                Carrier::Acknowledgement
            }
            Action::AuthoriseSelf
            | Action::RemoveOwnAuthorisation
            | Action::ResignAsMt
            | Action::ListAuthorised
            | Action::ListAuthorisations => Carrier::Status,
            _ => Carrier::Registry,
        }
    }
}

/// A cell of the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell {
    /// Allowed.
    Yes,
    /// Refused.
    No,
    /// The authorisation is recorded for the structure.
    ToStructure,
    /// Allowed, imputed to the structure.
    AsStructure,
    /// Records of a professional of the same structure (TD0.4 by a non-PS, FUN-03).
    SameStructurePs,
    /// Only new authorisations, by date (TD0.4 by a structure, FUN-03).
    RecentByDate,
    /// A known document, ObjectRef only.
    ReferenceOnly,
    /// Documents of which the actor is an author.
    Own,
    /// Documents of which the structure is an author.
    OwnStructure,
    /// Only if the holder lets masked documents be read in an emergency.
    IfMaskedConsent,
}

impl Cell {
    fn parse(text: &str) -> Cell {
        match text {
            "yes" => Cell::Yes,
            "to_structure" => Cell::ToStructure,
            "as_structure" => Cell::AsStructure,
            "same_structure_ps" => Cell::SameStructurePs,
            "recent_by_date" => Cell::RecentByDate,
            "reference_only" => Cell::ReferenceOnly,
            "own" => Cell::Own,
            "own_structure" => Cell::OwnStructure,
            "if_masked_consent" => Cell::IfMaskedConsent,
            // Anything unknown opens nothing.
            _ => Cell::No,
        }
    }
}

type Matrix = HashMap<(&'static str, &'static str), Cell>;

static DIRECT_AND_INDIRECT: LazyLock<Matrix> =
    LazyLock::new(|| matrix(include_str!("../../data/functional-rights.tsv")));
static AIR: LazyLock<Matrix> = LazyLock::new(|| matrix(include_str!("../../data/functional-rights-air.tsv")));

fn matrix(text: &'static str) -> Matrix {
    table::rows(text)
        .filter_map(|row| Some((*row.get("action")?, row)))
        .flat_map(|(action, row)| row.into_iter().map(move |(column, cell)| ((action, column), Cell::parse(cell))))
        .collect()
}

/// The cell of (action × class × access × mode); no column means no.
#[must_use]
pub fn cell(action: Action, class: ActorClass, purpose: Purpose, mode: AuthenticationMode) -> Cell {
    if matches!(action, Action::UpdateAdminData | Action::CloseRecord) {
        return legacy_cell(class, purpose, mode);
    }
    let column = match class {
        ActorClass::MedecinDuTravail => "medecin_du_travail_any".to_owned(),
        class => format!("{}_{}", class.column_prefix(), purpose.code()),
    };
    let matrix = if mode.is_air() { &AIR } else { &DIRECT_AND_INDIRECT };
    matrix.get(&(action.id(), column.as_str())).copied().unwrap_or(Cell::No)
}

/// No table has a row for TD1.3b and TD1.4 (unknown: choose this): in DIRECTE and normal access, the professionals who
/// could be authorised on the record.
fn legacy_cell(class: ActorClass, purpose: Purpose, mode: AuthenticationMode) -> Cell {
    let professional = matches!(class, ActorClass::PsNonMedecin | ActorClass::Medecin | ActorClass::MedecinTraitant);
    if professional && purpose == Purpose::Normal && !mode.is_air() { Cell::Yes } else { Cell::No }
}

/// The refusal of a functional right.
#[must_use]
pub fn insufficient(
    rule: &'static str,
    action: Action,
    class: ActorClass,
    purpose: Purpose,
    mode: AuthenticationMode,
) -> Refusal {
    breach(
        rule,
        "DMPAccessDeniedByRightsService",
        "Droit fonctionnel insuffisant",
        format!("{} by {class:?} in {} ({mode:?})", action.id(), purpose.code()),
        "a cell of the functional rights that allows it: use another authentication mode, access mode or person",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_of_both_matrices() {
        use ActorClass::{Medecin, MedecinDuTravail, MedecinTraitant, PeNonPs, PsNonMedecin, StructureCertificate};
        use AuthenticationMode::{AirSimplifie, Directe, Indirecte};
        use Purpose::{BrisDeGlace, Centre15, Normal};
        let cases = [
            (Action::Feed, Medecin, Normal, AirSimplifie, Cell::No),
            (Action::Feed, StructureCertificate, Normal, Indirecte, Cell::AsStructure),
            (Action::SearchMetadata, StructureCertificate, Normal, Indirecte, Cell::No),
            (Action::SearchReference, StructureCertificate, Centre15, Indirecte, Cell::ReferenceOnly),
            (Action::SearchReference, StructureCertificate, BrisDeGlace, Indirecte, Cell::No),
            (Action::ReadUnmasked, StructureCertificate, Normal, Indirecte, Cell::No),
            (Action::ReadMasked, PsNonMedecin, Normal, AirSimplifie, Cell::Own),
            (Action::ReadMasked, MedecinTraitant, Normal, AirSimplifie, Cell::Yes),
            (Action::ReadMasked, MedecinTraitant, BrisDeGlace, AirSimplifie, Cell::IfMaskedConsent),
            (Action::AuthoriseSelf, PeNonPs, Normal, AirSimplifie, Cell::ToStructure),
            (Action::AuthoriseSelf, Medecin, BrisDeGlace, AirSimplifie, Cell::No),
            (Action::ResignAsMt, MedecinTraitant, Normal, AirSimplifie, Cell::No),
            (Action::ResignAsMt, MedecinTraitant, Normal, Directe, Cell::Yes),
            (Action::Archive, Medecin, Normal, Directe, Cell::Own),
            (Action::Archive, Medecin, Normal, AirSimplifie, Cell::Yes),
            (Action::Delete, StructureCertificate, Normal, Indirecte, Cell::OwnStructure),
            (Action::Unmask, MedecinDuTravail, Centre15, Directe, Cell::Own),
            (Action::Exists, MedecinDuTravail, Normal, AirSimplifie, Cell::No),
            (Action::CloseRecord, Medecin, Normal, Directe, Cell::Yes),
            (Action::CloseRecord, Medecin, BrisDeGlace, Directe, Cell::No),
            (Action::UpdateAdminData, Medecin, Normal, AirSimplifie, Cell::No),
            (Action::UpdateAdminData, StructureCertificate, Normal, Indirecte, Cell::No),
        ];
        for (action, class, purpose, mode, expected) in cases {
            assert_eq!(cell(action, class, purpose, mode), expected, "{action:?} {class:?} {purpose:?} {mode:?}");
        }
    }

    #[test]
    fn every_action_has_its_row() {
        for action in [Action::Exists, Action::Feed, Action::ReadArchived, Action::Unarchive, Action::MakeVisible] {
            assert!(DIRECT_AND_INDIRECT.contains_key(&(action.id(), "td")), "{action:?}");
            assert!(AIR.contains_key(&(action.id(), "td")), "{action:?}");
        }
    }
}
