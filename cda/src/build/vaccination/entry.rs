//! The entry FR-Vaccination: a `substanceAdministration` that happened.

use dmp_vocabulary::nomenclature::Concept;
use dmp_xml::Writer;

use super::narrative::{COMMENT, SITE, VACCINE};
use super::{Vaccination, VaccinationNote, Vaccinator};
use crate::build::actor::Professional;
use crate::build::entity::{Entity, write_person};
use crate::build::error::BuildError;
use crate::build::parts::{UNKNOWN, code_attributes, loinc, nested, second, write_body_code};

/// FR-Vaccination: CCD, PCC, French.
const ACT: [&str; 3] = ["2.16.840.1.113883.10.20.1.24", "1.3.6.1.4.1.19376.1.5.3.1.4.12", "1.2.250.1.213.1.1.3.45"];
/// FR-Produit-de-sante.
const PRODUCT: [&str; 3] =
    ["2.16.840.1.113883.10.20.1.53", "1.3.6.1.4.1.19376.1.5.3.1.4.7.2", "1.2.250.1.213.1.1.3.43"];
/// FR-Rang-de-la-vaccination.
const RANK: [&str; 2] = ["2.16.840.1.113883.10.20.1.46", "1.2.250.1.213.1.1.3.82"];
/// FR-Commentaire-ER.
const REMARK: [&str; 3] = ["2.16.840.1.113883.10.20.1.40", "1.3.6.1.4.1.19376.1.5.3.1.4.2", "1.2.250.1.213.1.1.3.32"];

impl VaccinationNote {
    /// The statement, serialised.
    pub(super) fn entry(&self) -> Result<String, BuildError> {
        let Vaccination { id, act, day, rank, comment, .. } = &self.vaccination;
        let mut writer = Writer::new();
        let w = &mut writer;
        let given = [("classCode", "SBADM"), ("moodCode", "EVN"), ("negationInd", "false")];
        w.open("substanceAdministration", &given);
        write_templates(w, &ACT);
        w.empty("id", &[("root", id.as_str())]);
        write_body_code(w, "code", &[], act);
        nested(w, &["text"], |w| point_at(w, VACCINE));
        w.empty("statusCode", &[("code", "completed")]);
        w.empty("effectiveTime", &[("value", &day.strftime("%Y%m%d").to_string())]);
        self.write_way(w);
        self.write_product(w);
        self.write_people(w);
        if let Some(rank) = rank {
            write_rank(w, *rank);
        }
        if let Some(comment) = comment {
            write_comment(w, comment);
        }
        w.close();
        Ok(writer.finish()?)
    }

    /// Route and site.
    fn write_way(&self, w: &mut Writer) {
        if let Some(route) = &self.vaccination.route {
            write_body_code(w, "routeCode", &[], route);
        }
        if let Some(site) = &self.vaccination.site {
            open_code(w, "approachSiteCode", site);
            nested(w, &["originalText"], |w| point_at(w, SITE));
            w.close();
        }
    }

    fn write_product(&self, w: &mut Writer) {
        let vaccine = &self.vaccination.vaccine;
        w.open("consumable", &[("typeCode", "CSM")]);
        w.open("manufacturedProduct", &[]);
        write_templates(w, &PRODUCT);
        w.open("manufacturedMaterial", &[]);
        open_code(w, "code", &vaccine.product);
        nested(w, &["originalText"], |w| point_at(w, VACCINE));
        vaccine.translations.iter().for_each(|translation| write_body_code(w, "translation", &[], translation));
        w.close();
        w.leaf("name", &[], &vaccine.name);
        if let Some(lot) = &vaccine.lot {
            w.leaf("lotNumberText", &[], lot);
        }
        (0..3).for_each(|_| w.close());
    }

    /// Who gave the vaccine, then who wrote it down.
    fn write_people(&self, w: &mut Writer) {
        w.open("performer", &[("typeCode", "PRF")]);
        match &self.vaccination.vaccinator {
            Vaccinator::Author => self.author().into_iter().for_each(|author| self.write_performer(w, author)),
            Vaccinator::Identified(professional) => self.write_performer(w, professional),
            Vaccinator::Named(name) => nested(w, &["assignedEntity"], |w| {
                w.empty("id", UNKNOWN);
                write_person(w, "assignedPerson", name);
            }),
        }
        w.close();
        if let Some(author) = self.author() {
            w.open("author", &[]);
            w.empty("time", &[("value", &second(&self.header.created))]);
            Entity::from(author).write_author(w);
            w.close();
        }
    }

    fn write_performer(&self, w: &mut Writer, professional: &Professional) {
        Entity::from(professional).write_signatory(w, Some(&self.header.event.practice_setting));
    }
}

fn write_rank(w: &mut Writer, rank: u16) {
    w.open("entryRelationship", &[("typeCode", "SUBJ")]);
    w.open("observation", &[("classCode", "OBS"), ("moodCode", "EVN")]);
    write_templates(w, &RANK);
    write_body_code(w, "code", &[], &loinc("30973-2", "Rang de la vaccination"));
    w.empty("statusCode", &[("code", "completed")]);
    w.empty("value", &[("xsi:type", "INT"), ("value", &rank.to_string())]);
    w.close();
    w.close();
}

fn write_comment(w: &mut Writer, comment: &str) {
    w.open("entryRelationship", &[("typeCode", "SUBJ")]);
    w.open("act", &[("classCode", "ACT"), ("moodCode", "EVN")]);
    write_templates(w, &REMARK);
    write_body_code(w, "code", &[], &loinc("48767-8", "Commentaire"));
    w.open("text", &[]);
    point_at(w, COMMENT);
    w.text(comment);
    w.close();
    w.empty("statusCode", &[("code", "completed")]);
    w.close();
    w.close();
}

fn write_templates(w: &mut Writer, roots: &[&str]) {
    roots.iter().for_each(|root| w.empty("templateId", &[("root", root)]));
}

fn open_code(w: &mut Writer, element: &str, concept: &Concept) {
    w.open(element, &code_attributes(concept));
}

fn point_at(w: &mut Writer, id: &str) {
    w.empty("reference", &[("value", &format!("#{id}"))]);
}
