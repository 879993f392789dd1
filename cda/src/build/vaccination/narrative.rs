//! What a person reads of a vaccination: one row, a column for each thing that is known.

use super::{Vaccination, VaccinationNote, Vaccinator};
use crate::build::actor::Name;
use crate::build::structured::{Block, Inline, Narrative, Row, Table};

/// Identifiers of the narrative, at which the entry points.
pub(super) const VACCINE: &str = "vac-1";
pub(super) const SITE: &str = "vac-1-site";
pub(super) const COMMENT: &str = "vac-1-comment";

impl VaccinationNote {
    pub(super) fn narrative(&self) -> Narrative {
        let Vaccination { day, vaccine, route, site, rank, comment, .. } = &self.vaccination;
        let text = |text: &str| Inline::text(text);
        let columns = [
            ("Date", Some(Inline::text(day.strftime("%d/%m/%Y").to_string()))),
            ("Vaccin", Some(Inline::named(VACCINE, &vaccine.name))),
            ("Lot n°", vaccine.lot.as_deref().map(text)),
            ("Rang", rank.map(|rank| Inline::text(rank.to_string()))),
            ("Voie d'administration", route.as_ref().map(|route| text(&route.display))),
            ("Région d'administration", site.as_ref().map(|site| Inline::named(SITE, &site.display))),
            ("Commentaire", comment.as_deref().map(|comment| Inline::named(COMMENT, comment))),
            ("Vaccinateur", self.vaccinator_name().map(|name| Inline::text(spoken(name)))),
        ];
        let (headings, data): (Vec<_>, Vec<_>) =
            columns.into_iter().filter_map(|(heading, data)| Some((heading, data?))).unzip();
        let (header, body) = (vec![Row::headings(headings)], vec![Row::data(data)]);
        Narrative(vec![Block::Table(Table { header, body, ..Table::default() })])
    }

    fn vaccinator_name(&self) -> Option<&Name> {
        match &self.vaccination.vaccinator {
            Vaccinator::Author => self.author().map(|author| &author.name),
            Vaccinator::Identified(professional) => Some(&professional.name),
            Vaccinator::Named(name) => Some(name),
        }
    }
}

/// `DR Alix MODELE`.
fn spoken(name: &Name) -> String {
    let parts = [name.suffix.as_deref(), name.given.as_deref(), Some(name.family.as_str())];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}
