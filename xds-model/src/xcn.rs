//! XCN: a person, a patient or a system as author or legal authenticator.

use std::borrow::Cow;

use crate::hl7;

/// OID of the identifiers of professionals and of systems of a structure (PS_IdNat and internal ids).
const PROFESSIONAL_IDS: &str = "1.2.250.1.71.4.2.1";

hl7::raw_value! {
    /// Raw XCN text: `id^family^given^^^^^^&OID&ISO^nametype^^^idtype` (components 1, 2, 3, 9, 10, 13).
    Xcn
}

/// What an [`Xcn`] designates, derived from XCN.1 (XCN.13 is unreliable in existing entries).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ActorKind {
    /// Professional with a national id: `8` + RPPS (11 digits) or `0` + ADELI (9 characters).
    NationalProfessional,
    /// Professional with an id of the structure: prefix + structure id + `/` + internal id.
    InternalProfessional,
    /// System of a structure: an internal id with name type `U`.
    StructureSystem,
    /// Patient: INS of 15 characters, or INS-C of 22 digits.
    Patient,
    /// Service numérique référencé: the OID of the instance.
    ReferencedService,
    /// None of these.
    Other,
}

impl Xcn {
    /// A professional: `id` is a PS_IdNat (`899999000013`) or an internal id with a `/` (`30B0990008/AG0042`).
    pub fn professional(id: &str, family: &str, given: &str) -> Self {
        let id_type = if id.contains('/') { "EI" } else { "IDNPS" };
        Self::build([id, family, given], PROFESSIONAL_IDS, "D", id_type)
    }

    /// A patient: INS of 15 characters and the OID of its nature.
    pub fn patient(ins: &str, ins_oid: &str, family: &str, given: &str) -> Self {
        Self::build([ins, family, given], ins_oid, "D", "NH")
    }

    /// A system of a structure: internal id, name of the system, model.
    pub fn structure_system(id: &str, name: &str, model: &str) -> Self {
        Self::build([id, name, model], PROFESSIONAL_IDS, "U", "RI")
    }

    /// A service numérique référencé: OID of the instance, OID of the vendor, name, model.
    pub fn referenced_service(instance_oid: &str, vendor_oid: &str, name: &str, model: &str) -> Self {
        Self::build([instance_oid, name, model], vendor_oid, "U", "RI")
    }

    fn build([id, family, given]: [&str; 3], oid: &str, name_type: &str, id_type: &str) -> Self {
        let [id, family, given] = [id, family, given].map(hl7::escape);
        let authority = hl7::authority(oid);
        Self::from_raw(format!("{id}^{family}^{given}^^^^^^{authority}^{name_type}^^^{id_type}"))
    }

    /// XCN.1: the identifier.
    pub fn id(&self) -> Cow<'_, str> {
        hl7::unescape(hl7::component(self.as_str(), 1))
    }

    /// XCN.2: family name, or name of the system.
    pub fn family(&self) -> Cow<'_, str> {
        hl7::unescape(hl7::component(self.as_str(), 2))
    }

    /// XCN.3: given name, or model of the system.
    pub fn given(&self) -> Cow<'_, str> {
        hl7::unescape(hl7::component(self.as_str(), 3))
    }

    /// XCN.9: OID of the assigning authority; empty when absent.
    pub fn authority_oid(&self) -> &str {
        hl7::authority_oid(hl7::component(self.as_str(), 9))
    }

    /// XCN.10: `D` for a person, `U` for a system.
    pub fn name_type(&self) -> &str {
        hl7::component(self.as_str(), 10)
    }

    /// XCN.13: `IDNPS`, `EI`, `NH`, `RI`. Unreliable: see [`Xcn::kind`].
    pub fn id_type(&self) -> &str {
        hl7::component(self.as_str(), 13)
    }

    /// What this designates, by the form of XCN.1.
    pub fn kind(&self) -> ActorKind {
        let id = self.id();
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let alphanumeric = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        match (id.len(), id.as_bytes().first()) {
            _ if id.contains('/') && self.name_type() == "U" => ActorKind::StructureSystem,
            _ if id.contains('/') => ActorKind::InternalProfessional,
            (12, Some(b'8')) if digits(&id) => ActorKind::NationalProfessional,
            (10, Some(b'0')) if alphanumeric(&id) => ActorKind::NationalProfessional,
            (15, Some(b'1'..=b'9')) if alphanumeric(&id) => ActorKind::Patient,
            (22, _) if digits(&id) => ActorKind::Patient,
            (_, Some(b'0'..=b'2')) if id.contains('.') => ActorKind::ReferencedService,
            _ => ActorKind::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn builds_the_five_forms() {
        let rows = [
            (
                Xcn::professional("899999000013", "MODELE", "ALIX"),
                "899999000013^MODELE^ALIX^^^^^^&1.2.250.1.71.4.2.1&ISO^D^^^IDNPS",
                ActorKind::NationalProfessional,
            ),
            (
                Xcn::professional("30B0990008/AG0042", "TEMOIN", "OLIVE"),
                "30B0990008/AG0042^TEMOIN^OLIVE^^^^^^&1.2.250.1.71.4.2.1&ISO^D^^^EI",
                ActorKind::InternalProfessional,
            ),
            (
                Xcn::patient("285079999999935", "1.2.250.1.213.1.4.10", "FICTIVE", "ZOE"),
                "285079999999935^FICTIVE^ZOE^^^^^^&1.2.250.1.213.1.4.10&ISO^D^^^NH",
                ActorKind::Patient,
            ),
            (
                Xcn::structure_system("30B0990008/AUTOMATE7", "ANALYSEUR", "AX-100"),
                "30B0990008/AUTOMATE7^ANALYSEUR^AX-100^^^^^^&1.2.250.1.71.4.2.1&ISO^U^^^RI",
                ActorKind::StructureSystem,
            ),
            (
                Xcn::referenced_service("1.2.250.1.999.1.1", "1.2.250.1.999.1", "SERVICE", "."),
                "1.2.250.1.999.1.1^SERVICE^.^^^^^^&1.2.250.1.999.1&ISO^U^^^RI",
                ActorKind::ReferencedService,
            ),
        ];
        for (built, expected, kind) in rows {
            assert_eq!(built.as_str(), expected);
            assert_eq!(built.kind(), kind, "{expected}");
        }
    }

    #[test]
    fn reads_odd_values_by_their_id() {
        let rows = [
            ("899999000013^MODELE^ALIX", "MODELE", "", ActorKind::NationalProfessional),
            (
                "0999999999^A&B^C^^^^^^&1.2.250.1.71.4.2.1&ISO^D^^^EI^^^^X",
                "A&B",
                "1.2.250.1.71.4.2.1",
                ActorKind::NationalProfessional,
            ),
            (
                "30B0990008/1^N^P^^^^^^1.2.250.1.71.4.2.1^D^^^IDNPS",
                "N",
                "1.2.250.1.71.4.2.1",
                ActorKind::InternalProfessional,
            ),
            ("^N\\S\\O\\T\\P", "N^O&P", "", ActorKind::Other),
            ("", "", "", ActorKind::Other),
            ("1234567890123456789012^N", "N", "", ActorKind::Patient),
        ];
        for (raw, family, oid, kind) in rows {
            let xcn = Xcn::from(raw);
            assert_eq!((xcn.family().as_ref(), xcn.authority_oid(), xcn.kind()), (family, oid, kind), "{raw}");
            assert_eq!(xcn.as_str(), raw);
        }
    }

    #[test]
    fn debug_shows_no_name() {
        let text = format!("{:?}", Xcn::professional("899999000013", "MODELE", "ALIX"));
        assert_eq!(text, "Xcn(63 bytes)");
    }
}
