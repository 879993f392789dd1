//! OIDs both ends of the DMP know by heart (identities §6). Text constants: they are compared with the wire.

/// INS-NIR, production.
pub const INS_NIR: &str = "1.2.250.1.213.1.4.8";
/// INS-NIA, *numéro identifiant d'attente*: never opens a DMP.
pub const INS_NIA: &str = "1.2.250.1.213.1.4.9";
/// INS-NIR de test.
pub const INS_NIR_TEST: &str = "1.2.250.1.213.1.4.10";
/// INS-NIR de démonstration.
pub const INS_NIR_DEMO: &str = "1.2.250.1.213.1.4.11";
/// INS-C, *INS calculé*: legacy, read only.
pub const INS_C: &str = "1.2.250.1.213.1.4.2";

/// PS_IdNat, national identifier of a person ([`crate::identity::ProfessionalId`]).
pub const PS_ID_NAT: &str = "1.2.250.1.71.4.2.1";
/// Struct_IdNat, national identifier of a structure ([`crate::identity::StructureId`]).
pub const STRUCT_ID_NAT: &str = "1.2.250.1.71.4.2.2";

/// Secteur d'activité (TRE_R02).
pub const SECTEUR_ACTIVITE: &str = "1.2.250.1.71.4.2.4";
/// Savoir-faire (TRE_R01).
pub const SAVOIR_FAIRE: &str = "1.2.250.1.71.4.2.5";
/// Section du tableau des pharmaciens (TRE_G05).
pub const SECTION_PHARMACIEN: &str = "1.2.250.1.71.4.2.6";
/// Profession de santé (TRE_G15).
pub const PROFESSION_SANTE: &str = "1.2.250.1.71.1.2.7";
/// Profession en formation (TRE_G16).
pub const PROFESSION_EN_FORMATION: &str = "1.2.250.1.71.1.2.8";
/// Producteur de documents qui n'est pas un PS (TRE_A00).
pub const PRODUCTEUR_NON_PS: &str = "1.2.250.1.213.1.1.4.6";
/// Usager de titre (TRE_R95).
pub const USAGER_DE_TITRE: &str = "1.2.250.1.213.1.6.1.109";
/// Profession du social (TRE_R94).
pub const PROFESSION_DU_SOCIAL: &str = "1.2.250.1.213.1.6.1.4";
/// Autre profession (TRE_R291).
pub const AUTRE_PROFESSION: &str = "1.2.250.1.213.1.6.1.140";
/// Rôle (TRE_R85).
pub const ROLE: &str = "1.2.250.1.213.1.6.1.107";
/// Genre d'activité (TRE_R22).
pub const GENRE_ACTIVITE: &str = "1.2.250.1.213.1.6.1.19";
/// JDV_J65, roles of the VIHF.
pub const SUBJECT_ROLE: &str = "1.2.250.1.213.1.1.5.5";
/// JDV_J64, confidentiality of the VIHF (*connexion secrète*).
pub const VIHF_CONFIDENTIALITY: &str = "1.2.250.1.213.1.1.5.97";
/// Access mode of the VIHF.
pub const ACCESS_MODE: &str = "1.2.250.1.213.1.1.4.248";
/// Masking codes (TRE_A07): who may not see a document.
pub const MASKING: &str = "1.2.250.1.213.1.1.4.13";

/// LOINC.
pub const LOINC: &str = "2.16.840.1.113883.6.1";
/// HL7 confidentiality (`N`, `R`, `V`).
pub const HL7_CONFIDENTIALITY: &str = "2.16.840.1.113883.5.25";
/// Document classes (TRE_A03).
pub const CLASS_CODE: &str = "1.2.250.1.213.1.1.4.1";
/// Professions and specialities of authors (TRE_A02).
pub const AUTHOR_SPECIALTY: &str = "1.2.250.1.213.1.1.4.5";
/// Practice settings, *cadres d'exercice* (TRE_A01).
pub const PRACTICE_SETTING: &str = "1.2.250.1.213.1.1.4.9";
/// Document types outside LOINC (TRE_A05).
pub const DOCUMENT_TYPE: &str = "1.2.250.1.213.1.1.4.12";
/// CI-SIS formats (TRE_A06).
pub const FORMAT_CI_SIS: &str = "1.2.250.1.213.1.1.4.2.282";
/// IHE formats (TRE_A11).
pub const FORMAT_IHE: &str = "1.3.6.1.4.1.19376.1.2.3";
/// Functional roles of `functionCode` (JDV_J47).
pub const FUNCTIONAL_ROLE: &str = "1.2.250.1.213.1.1.4.2.280";

/// Certificate extension: product class (TRE_G01).
pub const CERTIFICATE_PRODUCT_CLASS: &str = "1.2.250.1.71.1.2.5";
/// Certificate extension: type of card.
pub const CERTIFICATE_CARD_TYPE: &str = "1.2.250.1.71.1.2.2";
/// Certificate extension: number of the card.
pub const CERTIFICATE_CARD_NUMBER: &str = "1.2.250.1.71.1.2.3";
/// Certificate policy of the test branch (probable for every product).
pub const CERTIFICATE_POLICY_TEST: &str = "1.2.250.1.213.1.7.2.1.1.1.1";
