//! XON: the institution of an author.

use std::borrow::Cow;

use crate::hl7;

/// OID of the national identifiers of structures (Struct_IdNat).
const STRUCTURE_IDS: &str = "1.2.250.1.71.4.2.2";

hl7::raw_value! {
    /// Raw XON text: `name^^^^^&OID&ISO^idtype^^^id` (components 1, 6, 7, 10).
    Xon
}

impl Xon {
    /// A structure: name (empty when unknown) and Struct_IdNat (`10B0990008`: `1` + FINESS).
    pub fn structure(name: &str, id: &str) -> Self {
        Self::build(name, STRUCTURE_IDS, "IDNST", id)
    }

    /// The vendor of a service numérique référencé, by its SIREN.
    pub fn referenced_service(name: &str, siren: &str) -> Self {
        Self::build(name, "1.3.2", "SIREN", siren)
    }

    /// An organisation without identifier: XON.6, .7 and .10 stay empty.
    pub fn name_only(name: &str) -> Self {
        Self::from_raw(hl7::escape(name))
    }

    fn build(name: &str, oid: &str, id_type: &str, id: &str) -> Self {
        let authority = hl7::authority(oid);
        Self::from_raw(format!("{}^^^^^{authority}^{id_type}^^^{}", hl7::escape(name), hl7::escape(id)))
    }

    /// XON.1: name of the organisation.
    pub fn name(&self) -> Cow<'_, str> {
        hl7::unescape(hl7::component(self.as_str(), 1))
    }

    /// XON.6: OID of the assigning authority; empty when absent.
    pub fn authority_oid(&self) -> &str {
        hl7::authority_oid(hl7::component(self.as_str(), 6))
    }

    /// XON.7: `IDNST`, or `SIREN` for a service numérique référencé.
    pub fn id_type(&self) -> &str {
        hl7::component(self.as_str(), 7)
    }

    /// XON.10: identifier of the organisation; empty when absent.
    pub fn id(&self) -> Cow<'_, str> {
        hl7::unescape(hl7::component(self.as_str(), 10))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn builds_and_reads_back() {
        let rows = [
            (
                Xon::structure("CLINIQUE DU MODELE", "10B0990008"),
                "CLINIQUE DU MODELE^^^^^&1.2.250.1.71.4.2.2&ISO^IDNST^^^10B0990008",
            ),
            (Xon::structure("", "499999000013008"), "^^^^^&1.2.250.1.71.4.2.2&ISO^IDNST^^^499999000013008"),
            (Xon::structure("A & B", "1990000010"), "A \\T\\ B^^^^^&1.2.250.1.71.4.2.2&ISO^IDNST^^^1990000010"),
            (Xon::referenced_service("EDITEUR", "999999999"), "EDITEUR^^^^^&1.3.2&ISO^SIREN^^^999999999"),
            (Xon::name_only("CABINET"), "CABINET"),
        ];
        for (xon, expected) in rows {
            assert_eq!(xon.as_str(), expected);
        }
        let xon = Xon::structure("A & B", "1990000010");
        assert_eq!((xon.name().as_ref(), xon.id().as_ref()), ("A & B", "1990000010"));
        assert_eq!((xon.authority_oid(), xon.id_type()), ("1.2.250.1.71.4.2.2", "IDNST"));
        assert_eq!(Xon::from("A & B").name(), "A & B");
    }
}
