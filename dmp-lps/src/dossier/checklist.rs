//! Questions that the establishment answers: the paragraph of the contract (EXI 26), the protection of data (EXI 13, 14; DMN
//! requirement 103).

/// A point of the paragraph on the DMP in the contract with the vendor (EXI 26).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContractPoint {
    /// Its key, for [`DossierBuilder::contract`](super::DossierBuilder::contract).
    pub key: &'static str,
    /// The question, in French.
    pub question: &'static str,
}

/// The points of EXI 26.
pub const CONTRACT: [ContractPoint; 3] = [
    ContractPoint {
        key: "professionals",
        question: "Le contrat liste les professionnels autorisés à s'identifier au nom de la structure",
    },
    ContractPoint {
        key: "software",
        question: "Le contrat engage le logiciel sur le référentiel : identification, traces, contrôle d'accès",
    },
    ContractPoint {
        key: "summaries",
        question: "Le contrat prévoit la restitution régulière aux professionnels de la synthèse de leurs accès",
    },
];

/// A point of the declaration on the protection of data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DataProtectionPoint {
    /// Its key, for [`DossierBuilder::data_protection`](super::DossierBuilder::data_protection).
    pub key: &'static str,
    /// The article.
    pub article: &'static str,
    /// The question, in French.
    pub question: &'static str,
}

/// The points of the RGPD, and of the hosting of health data.
pub const DATA_PROTECTION: [DataProtectionPoint; 6] = [
    DataProtectionPoint {
        key: "processors",
        article: "RGPD art. 28",
        question: "Contrats avec les sous-traitants, éditeur compris, et instructions documentées",
    },
    DataProtectionPoint {
        key: "register",
        article: "RGPD art. 30",
        question: "Le traitement est inscrit au registre des activités de traitement",
    },
    DataProtectionPoint {
        key: "measures",
        article: "RGPD art. 32",
        question: "Mesures techniques et organisationnelles adaptées au risque",
    },
    DataProtectionPoint {
        key: "breaches",
        article: "RGPD art. 33 et 34",
        question: "Procédure de notification des violations à la CNIL et aux personnes",
    },
    DataProtectionPoint {
        key: "impact",
        article: "RGPD art. 35",
        question: "Analyse d'impact réalisée et tenue à jour",
    },
    DataProtectionPoint {
        key: "hosting",
        article: "HDS",
        question: "Hébergeur de données de santé certifié, si les données sont confiées à un tiers",
    },
];
