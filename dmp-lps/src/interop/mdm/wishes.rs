//! The metadata OBX: visibility codes, destinations, receipts that are wanted.

use std::collections::BTreeSet;

use dmp_client::Hidden;

use super::MdmError;
use crate::interop::er7::{Line, Message};

/// Code system of the metadata.
const META: &str = "MetaDMPMSS";

/// One metadata: said `Y` or `N` in each message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Wish {
    /// Hidden from professionals in the DMP.
    MasquePs,
    /// Not visible to the patient yet.
    InvisiblePatient,
    /// Not visible to the legal representatives.
    InvisibleRepresentants,
    /// Connexion secrète of a minor.
    ConnexionSecrete,
    /// The message changes the visibility of a document that is already there.
    ModifConfCode,
    /// Meant for the DMP.
    DestDmp,
    /// Meant for professionals by MSSanté.
    DestMssPs,
    /// Meant for the patient by MSSanté.
    DestMssPatient,
    /// The sender wants to be told what became of it.
    AckReception,
    /// The sender wants to be told when the mail was read.
    AckLectureMss,
}

/// In the order of the volet: code on the wire, label.
const TABLE: [(Wish, &str, &str); 10] = [
    (Wish::MasquePs, "MASQUE_PS", "Masqué aux professionnels de santé"),
    (Wish::InvisiblePatient, "INVISIBLE_PATIENT", "Non visible par le patient"),
    // The DMP writes INVISIBLE_REPRESENTANTS_LEGAUX.
    (Wish::InvisibleRepresentants, "INVISIBLE_REP_LEGAUX", "Non visible par les représentants légaux"),
    (Wish::ConnexionSecrete, "CONNEXION_SECRETE", "Connexion secrète"),
    (Wish::ModifConfCode, "MODIF_CONF_CODE", "Modification de la confidentialité"),
    (Wish::DestDmp, "DESTDMP", "Destiné au DMP"),
    (Wish::DestMssPs, "DESTMSSANTEPS", "Destiné à des professionnels par MSSanté"),
    (Wish::DestMssPatient, "DESTMSSANTEPAT", "Destiné au patient par MSSanté"),
    (Wish::AckReception, "ACK_RECEPTION", "Accusé de réception demandé"),
    (Wish::AckLectureMss, "ACK_LECTURE_MSS", "Accusé de lecture MSSanté demandé"),
];

/// What is said `Y` of a document.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wishes(BTreeSet<Wish>);

impl Wishes {
    /// Meant for the DMP, visible to all, with a receipt.
    #[must_use]
    pub fn for_the_dmp() -> Self {
        Self::default().with(Wish::DestDmp).with(Wish::AckReception)
    }

    /// The same, with one more.
    #[must_use]
    pub fn with(mut self, wish: Wish) -> Self {
        self.0.insert(wish);
        self
    }

    /// Whether it is said.
    #[must_use]
    pub fn has(&self, wish: Wish) -> bool {
        self.0.contains(&wish)
    }

    /// From whom the document is hidden in the DMP: what a minor tells in connexion secrète stays hidden from the legal
    /// representatives (F08 V4).
    #[must_use]
    pub fn hidden(&self) -> Vec<Hidden> {
        let rules: [(&[Wish], Hidden); 3] = [
            (&[Wish::MasquePs], Hidden::FromProfessionals),
            (&[Wish::InvisiblePatient], Hidden::FromPatient),
            (&[Wish::InvisibleRepresentants, Wish::ConnexionSecrete], Hidden::FromRepresentatives),
        ];
        let said = |wishes: &[Wish]| wishes.iter().any(|wish| self.has(*wish));
        rules.into_iter().filter_map(|(wishes, hidden)| said(wishes).then_some(hidden)).collect()
    }

    /// What is hidden from somebody is not mailed to that person.
    pub(super) fn check(&self) -> Result<(), MdmError> {
        for (hidden, mailed, expected) in [
            (Wish::InvisiblePatient, Wish::DestMssPatient, "no mail to the patient of what the patient does not see"),
            (Wish::MasquePs, Wish::DestMssPs, "no mail to professionals of what is hidden from them"),
        ] {
            if self.has(hidden) && self.has(mailed) {
                return Err(MdmError::disagreement("OBX-5", expected));
            }
        }
        Ok(())
    }

    /// The OBX, numbered from `first`.
    pub(super) fn lines(&self, first: usize) -> impl Iterator<Item = Line> {
        TABLE.iter().zip(first..).map(|((wish, code, label), number)| {
            Line::new("OBX")
                .text(1, &number.to_string())
                .text(2, "CWE")
                .components(3, &[code, label, META])
                .components(5, &[if self.has(*wish) { "Y" } else { "N" }, "", "expandedYes-NoIndicator"])
                .text(11, "F")
        })
    }

    /// What a message says; what it does not name is `N`.
    pub(super) fn read(message: &Message) -> Result<Self, MdmError> {
        let mut wishes = Self::default();
        for segment in message.segments_named("OBX") {
            let name = segment.field(3);
            if name.component(3).text() != META || segment.field(2).text() == "ED" {
                continue;
            }
            let known = TABLE.iter().find(|(_, code, _)| *code == name.component(1).text());
            let (wish, ..) = known.ok_or(MdmError::value("OBX-3", "a metadata of MetaDMPMSS"))?;
            match &*segment.field(5).component(1).text() {
                "Y" => wishes = wishes.with(*wish),
                "N" => {}
                _ => return Err(MdmError::value("OBX-5", "Y or N")),
            }
        }
        wishes.check()?;
        Ok(wishes)
    }
}
