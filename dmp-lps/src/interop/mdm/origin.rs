//! PRT « Send by »: who is at the origin of a document, which the VIHF of the platform and the author of its lot repeat
//! (SC.DMP/CONF.12).

use std::fmt;

use dmp_vocabulary::identity::{Finess, IdentityPolicy, ProfessionalId, StructureId};
use xds_model::{Xcn, Xon};

use super::MdmError;
use crate::interop::er7::{Line, Message, Segment, Value};

const PARTICIPATION: [&str; 3] = ["SB", "Send by", "participation"];

/// What the VIHF of a platform needs of the software at the origin. `Debug` shows no identity.
#[derive(Clone, PartialEq, Eq)]
pub struct VihfInputs {
    /// Who made the document.
    pub origin: Origin,
    /// The structure, `Identifiant_Structure`.
    pub structure: StructureId,
    /// Its name.
    pub structure_name: String,
}

/// A person or a device.
#[derive(Clone, PartialEq, Eq)]
pub enum Origin {
    /// A professional, by PS_IdNat.
    Professional {
        /// RPPS, ADELI or internal number, with its prefix.
        id: ProfessionalId,
        /// Nom d'exercice.
        family: String,
        /// Prénom d'exercice.
        given: String,
    },
    /// A device of the structure, by its identifier there.
    Device(String),
}

impl VihfInputs {
    /// The FINESS géographique, when the structure is known by one.
    #[must_use]
    pub fn finess_geo(&self) -> Option<Finess> {
        self.structure.finess()
    }

    /// The professional, whom an AIR or a named indirect access names.
    #[must_use]
    pub fn professional(&self) -> Option<&ProfessionalId> {
        match &self.origin {
            Origin::Professional { id, .. } => Some(id),
            Origin::Device(_) => None,
        }
    }

    pub(super) fn to_line(&self) -> Line {
        let line = Line::new("PRT").text(2, "UC").components(4, &PARTICIPATION);
        let line = match &self.origin {
            Origin::Professional { id, family, given } => {
                line.raw(5, Xcn::professional(id.as_str(), family, given).as_str())
            }
            Origin::Device(id) => line.text(10, id),
        };
        line.raw(8, Xon::structure(&self.structure_name, self.structure.as_str()).as_str())
    }

    pub(super) fn read(message: &Message, policy: IdentityPolicy) -> Result<Self, MdmError> {
        let sender = message.segments_named("PRT").find(|prt| prt.field(4).component(1).text() == PARTICIPATION[0]);
        let sender = sender.ok_or(MdmError::missing("PRT", "a participation SB, who sends the document"))?;
        let structure = sender.field(8);
        let id = StructureId::parse(&structure.component(10).text(), policy);
        Ok(Self {
            origin: origin(&sender, policy)?,
            structure: id.map_err(|_| MdmError::value("PRT-8.10", "a Struct_IdNat, such as 1 and a FINESS"))?.value,
            structure_name: structure.component(1).text().into_owned(),
        })
    }
}

fn origin(sender: &Segment<'_>, policy: IdentityPolicy) -> Result<Origin, MdmError> {
    let (person, device): (Value<'_>, Value<'_>) = (sender.field(5), sender.field(10));
    if !person.is_empty() {
        let id = ProfessionalId::parse(&person.component(1).text(), policy);
        let id = id.map_err(|_| MdmError::value("PRT-5.1", "a PS_IdNat, such as 8 and an RPPS"))?.value;
        let (family, given) = (person.component(2).text().into_owned(), person.component(3).text().into_owned());
        return Ok(Origin::Professional { id, family, given });
    }
    match device.component(1).text() {
        id if id.trim().is_empty() => Err(MdmError::missing("PRT-5", "a person, or a device in PRT-10")),
        id => Ok(Origin::Device(id.into_owned())),
    }
}

impl fmt::Debug for VihfInputs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VihfInputs").finish_non_exhaustive()
    }
}

impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Professional { .. } => "Professional(…)",
            Self::Device(_) => "Device(…)",
        })
    }
}
