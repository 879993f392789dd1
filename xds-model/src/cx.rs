//! CX: identifier of a patient at an authority, or of an order.

use std::borrow::Cow;

use crate::hl7;

hl7::raw_value! {
    /// Raw CX text: `id^^^&OID&ISO^type` (components 1, 4, 5).
    Cx
}

impl Cx {
    /// An INS: 15 characters with key, and the OID of its nature.
    pub fn ins(matricule: &str, oid: &str) -> Self {
        Self::build(matricule, oid, "NH")
    }

    /// An identifier that the producer gives to the patient (IPP), and the OID of its authority.
    pub fn local(id: &str, oid: &str) -> Self {
        Self::build(id, oid, "PI")
    }

    /// A value of referenceIdList: `kind` such as `urn:ihe:iti:xds:2013:accession`; an empty `oid` leaves CX.4 empty.
    pub fn reference(id: &str, oid: &str, kind: &str) -> Self {
        Self::build(id, oid, kind)
    }

    fn build(id: &str, oid: &str, kind: &str) -> Self {
        Self::from_raw(format!("{}^^^{}^{kind}", hl7::escape(id), hl7::authority(oid)))
    }

    /// CX.1: the identifier.
    pub fn id(&self) -> Cow<'_, str> {
        hl7::unescape(hl7::component(self.as_str(), 1))
    }

    /// CX.4: OID of the assigning authority; empty when absent.
    pub fn authority_oid(&self) -> &str {
        hl7::authority_oid(hl7::component(self.as_str(), 4))
    }

    /// CX.5: kind of identifier (`NH`, `PI`, `INS-C`).
    pub fn id_type(&self) -> &str {
        hl7::component(self.as_str(), 5)
    }

    /// Whether both name the same identifier: CX.1 and CX.4 only. Producers add a date in CX.7, write `nh`, drop CX.5.
    pub fn same_identifier(&self, other: &Self) -> bool {
        self.id() == other.id() && self.authority_oid() == other.authority_oid()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn builds_the_forms_of_the_dmp() {
        assert_eq!(
            Cx::ins("285079999999935", "1.2.250.1.213.1.4.10").as_str(),
            "285079999999935^^^&1.2.250.1.213.1.4.10&ISO^NH"
        );
        assert_eq!(Cx::local("IPP-000042", "2.25.7.2").as_str(), "IPP-000042^^^&2.25.7.2&ISO^PI");
        assert_eq!(
            Cx::reference("1.2.3", "", "urn:ihe:iti:xds:2016:studyInstanceUID").as_str(),
            "1.2.3^^^^urn:ihe:iti:xds:2016:studyInstanceUID"
        );
    }

    #[test]
    fn compares_the_identifier_only() {
        let ins = Cx::ins("285079999999935", "1.2.250.1.213.1.4.10");
        let rows = [
            ("285079999999935^^^&1.2.250.1.213.1.4.10&ISO^NH^^20260302", true),
            ("285079999999935^^^&1.2.250.1.213.1.4.10&ISO^nh^^20260302091730", true),
            ("285079999999935^^^&1.2.250.1.213.1.4.10&ISO", true),
            ("285079999999935^^^1.2.250.1.213.1.4.10^NH", true),
            ("285079999999935^^^&1.2.250.1.213.1.4.8&ISO^NH", false),
            ("285079999999936^^^&1.2.250.1.213.1.4.10&ISO^NH", false),
            ("285079999999935", false),
            ("", false),
        ];
        for (raw, expected) in rows {
            assert_eq!(ins.same_identifier(&Cx::from(raw)), expected, "{raw}");
        }
    }
}
