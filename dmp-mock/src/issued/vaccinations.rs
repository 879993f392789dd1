//! The vaccination history (`11369-6`): one line and one entry for each vaccination, whoever told of it.

use bytes::Bytes;
use dmp_protocol::xml::{WriteError, Writer};

use super::{Header, cda};
use crate::world::Vaccination;

/// templateId of the volet VAC.
const VAC: &str = "1.2.250.1.213.1.1.1.37";
/// Code système des médicaments (CIS).
const CIS: &str = "1.2.250.1.213.2.3.1";

/// The document that lists these vaccinations.
pub(crate) fn vaccination_history(header: Header<'_>, given: &[Vaccination]) -> Result<Bytes, WriteError> {
    cda(&Header { template: VAC, ..header }, |w| {
        for element in ["structuredBody", "component", "section"] {
            w.open(element, &[]);
        }
        super::code(w, "code", header.kind);
        w.leaf("title", &[], header.title);
        w.open("text", &[]);
        w.open("list", &[]);
        for (index, vaccination) in given.iter().enumerate() {
            let line = format!("{} : {}", vaccination.date, vaccination.label);
            w.leaf("item", &[("ID", &format!("vac-{}", index + 1))], &line);
        }
        w.close();
        w.close();
        given.iter().for_each(|vaccination| entry(w, vaccination));
        (0..3).for_each(|_| w.close());
    })
}

fn entry(w: &mut Writer, vaccination: &Vaccination) {
    w.open("entry", &[]);
    w.open("substanceAdministration", &[("classCode", "SBADM"), ("moodCode", "EVN"), ("negationInd", "false")]);
    if let Some(id) = &vaccination.id {
        w.empty("id", &[("root", id)]);
    }
    w.empty("statusCode", &[("code", "completed")]);
    w.empty("effectiveTime", &[("value", &vaccination.date)]);
    for element in ["consumable", "manufacturedProduct", "manufacturedMaterial"] {
        w.open(element, &[]);
    }
    w.empty("code", &[("code", &vaccination.product), ("displayName", &vaccination.label), ("codeSystem", CIS)]);
    (0..5).for_each(|_| w.close());
}
