//! The files shipped with the crate. Their order is the order of look-ups: sets of the DMP first.

use super::load::Texts;

macro_rules! shipped {
    ($($file:literal),* $(,)?) => {
        const SHIPPED: &[(&str, &str)] = &[$(($file, include_str!(concat!("../../data/", $file)))),*];
    };
}

shipped! {
    "ASS_X04_TypeCode_ClassCode_CISIS.tsv",
    "document-types.tsv",
    "eventCodeList_systems.tsv",
    "retired-type-codes.tsv",
    "template_format.tsv",
    "value-sets.tsv",
    "JDV_J66_TypeCode_DMP.tsv",
    "JDV_J57_ClassCode_DMP.tsv",
    "JDV_J60_FormatCode_DMP.tsv",
    "JDV_J58_ConfidentialityCode_DMP.tsv",
    "JDV_J61_HealthcareFacilityTypeCode_DMP.tsv",
    "JDV_J62_PracticeSettingCode_DMP.tsv",
    "JDV_J59_ContentTypeCode_DMP.tsv",
    "JDV_J65_SubjectRole_DMP.tsv",
    "JDV_J64_RestrictionAudienceVIHF_DMP.tsv",
    "JDV_J231_XdsTypesIdentifiantsReferenceId_DMP.tsv",
    "JDV_J52_AvailabilityStatus.tsv",
    "JDV_J07_XdsTypeCode_CISIS.tsv",
    "JDV_J06_XdsClassCode_CISIS.tsv",
    "JDV_J10_XdsFormatCode_CISIS.tsv",
    "JDV_J02_XdsHealthcareFacilityTypeCode_CISIS.tsv",
    "JDV_J04_XdsPracticeSettingCode_CISIS.tsv",
    "JDV_J03_XdsContentTypeCode_CISIS.tsv",
    "JDV_J01_XdsAuthorSpecialty_CISIS.tsv",
    "JDV_J47_FunctionCode_CISIS.tsv",
    "JDV_J197_XdsTypesIdentifiantsReferenceId_CISIS.tsv",
    "JDV_J11_RelationPatient_CISIS.tsv",
    "JDV_J140_EncounterParticipationType_CISIS.tsv",
    "JDV_J142_TypeRencontre_CISIS.tsv",
    "JDV_J144_ParticipationType_CISIS.tsv",
    "JDV_J48_ProfessionNonPS_CISIS.tsv",
    "JDV_J107_EnsembleSavoirFaire_RASS.tsv",
    "TRE_G15_ProfessionSante.tsv",
    "TRE_R01_EnsembleSavoirFaire.tsv",
    "TRE_R02_SecteurActivite_in_J02.tsv",
    "TRE_R23_ModeExercice.tsv",
    "TRE_A00_ProducteurDocNonPS.tsv",
    "eventCode_AcquisitionModality.tsv",
    "eventCode_RegionAnatomique.tsv",
}

pub(super) fn texts() -> Texts {
    Texts::shipped(SHIPPED)
}
