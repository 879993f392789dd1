//! Who acts and why, as every command that talks to a DMP takes it.

use clap::{Args, ValueEnum};

/// Options of the session.
#[derive(Debug, Clone, Args)]
pub(crate) struct Acting {
    /// Who acts; by default the structure for `send` and `delete`, and air for the others.
    #[arg(long = "as", global = true, value_enum, value_name = "ACTOR")]
    pub(crate) actor: Option<Actor>,
    /// Why the record is opened.
    #[arg(long, global = true, value_enum, default_value_t = Purpose::Normal)]
    pub(crate) access: Purpose,
    /// The reason that the user typed, with --access bris-de-glace: 10 to 255 characters.
    #[arg(long, global = true, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
    /// Connexion secrète, for a minor born on that day: no trace for the legal representatives.
    #[arg(long, global = true, value_name = "BIRTH-DATE")]
    pub(crate) secret: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Actor {
    /// AIR simplifié: the professional of the configuration, by RPPS.
    Air,
    /// AIR: the same, by RPPS or ADELI, as the login of the configuration says.
    PlainAir,
    /// AIR by who is no professionnel de santé: for the structure, where `air_allow_non_ps` is on.
    AirNonPs,
    /// INDIRECTE: the structure of the configuration.
    #[value(alias = "indirecte")]
    Indirect,
    /// DIRECTE: the holder of the card of the configuration; a CPE acts for its structure.
    Card,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Purpose {
    /// Normal access.
    Normal,
    /// Régulation médicale.
    #[value(name = "centre-15")]
    Centre15,
    /// The patient cannot express a will and is at risk: needs --reason.
    BrisDeGlace,
}
