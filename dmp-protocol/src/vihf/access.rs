//! Access modes: why a patient's DMP is opened.

use std::fmt;

/// The access mode of a request, with what it needs.
#[derive(Clone, PartialEq, Eq, Default)]
pub enum Access {
    /// Normal access.
    #[default]
    Normal,
    /// Bris de glace: the patient cannot express a will and is at risk. The reason is typed by the user.
    BrisDeGlace {
        /// 1 to [`crate::switches::Switches::bdg_reason_max`] characters.
        reason: String,
    },
    /// Régulation médicale.
    Centre15,
}

impl Access {
    /// The code of `purposeofuse`.
    pub fn purpose(&self) -> Purpose {
        match self {
            Self::Normal => Purpose::Normal,
            Self::BrisDeGlace { .. } => Purpose::BrisDeGlace,
            Self::Centre15 => Purpose::Centre15,
        }
    }
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.purpose().code())
    }
}

/// The codes of `purposeofuse`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// `normal`.
    Normal,
    /// `bris_de_glace`.
    BrisDeGlace,
    /// `centre_15`.
    Centre15,
}

impl Purpose {
    /// From the code on the wire.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Normal, Self::BrisDeGlace, Self::Centre15].into_iter().find(|purpose| purpose.code() == code)
    }

    /// The code on the wire.
    pub fn code(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::BrisDeGlace => "bris_de_glace",
            Self::Centre15 => "centre_15",
        }
    }

    /// The `displayName` that goes with it; receivers do not check it.
    pub fn display(self) -> &'static str {
        match self {
            Self::Normal => "Accès normal",
            Self::BrisDeGlace => "Accès bris de glace",
            Self::Centre15 => "Accès centre de régulation",
        }
    }
}
