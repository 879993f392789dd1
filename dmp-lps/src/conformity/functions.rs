//! The functions of the DMP, as users know them.

/// A function of the DMP that a software may offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum DmpFunction {
    /// TD0.2.
    Existence,
    /// TD0.3.
    Authorisation,
    /// TD0.4.
    AuthorisedList,
    /// TD0.5.
    PatientSearch,
    /// TD0.9, TD0.10.
    WebPs,
    /// TD1.3a.
    AdministrativeData,
    /// TD1.6.
    Authorised,
    /// TD2.1.
    Feeding,
    /// TD2.1b.
    Replacement,
    /// TD2.2.
    FeedingByCpe,
    /// TD3.1.
    Search,
    /// TD3.2.
    Consultation,
    /// TD3.3a.
    Masking,
    /// TD3.3b.
    Revealing,
    /// TD3.3c.
    Deletion,
    /// TD3.3d.
    Archiving,
}

impl DmpFunction {
    /// Every function, in the order of the transactions.
    pub const ALL: [Self; 16] = [
        Self::Existence,
        Self::Authorisation,
        Self::AuthorisedList,
        Self::PatientSearch,
        Self::WebPs,
        Self::AdministrativeData,
        Self::Authorised,
        Self::Feeding,
        Self::Replacement,
        Self::FeedingByCpe,
        Self::Search,
        Self::Consultation,
        Self::Masking,
        Self::Revealing,
        Self::Deletion,
        Self::Archiving,
    ];

    /// Its transactions in the guide.
    #[must_use]
    pub fn transactions(self) -> &'static str {
        self.told().0
    }

    /// What it does, in French, for users.
    #[must_use]
    pub fn title(self) -> &'static str {
        self.told().1
    }

    fn told(self) -> (&'static str, &'static str) {
        match self {
            Self::Existence => ("TD0.2", "Savoir si le patient a un DMP et si l'on y est autorisé"),
            Self::Authorisation => ("TD0.3", "Ajouter ou retirer son autorisation de consulter"),
            Self::AuthorisedList => ("TD0.4", "Lister les DMP sur lesquels on est autorisé"),
            Self::PatientSearch => ("TD0.5", "Chercher un patient par ses traits (régulation seulement)"),
            Self::WebPs => ("TD0.9, TD0.10", "Ouvrir une page du Web-PS depuis le dossier"),
            Self::AdministrativeData => ("TD1.3a", "Lire les données administratives et les oppositions"),
            Self::Authorised => ("TD1.6", "Lister les professionnels autorisés ou bloqués"),
            Self::Feeding => ("TD2.1", "Déposer des documents"),
            Self::Replacement => ("TD2.1b", "Remplacer un document déposé"),
            Self::FeedingByCpe => ("TD2.2", "Déposer des documents avec une carte CPE"),
            Self::Search => ("TD3.1", "Chercher des documents et voir leur liste"),
            Self::Consultation => ("TD3.2", "Lire un document"),
            Self::Masking => ("TD3.3a", "Masquer ou démasquer un document aux professionnels"),
            Self::Revealing => ("TD3.3b", "Rendre un document visible au patient ou à ses représentants légaux"),
            Self::Deletion => ("TD3.3c", "Supprimer un document"),
            Self::Archiving => ("TD3.3d", "Archiver ou désarchiver un document"),
        }
    }
}
