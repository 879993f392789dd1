//! The record of a patient, opened as the command line asks; what its type does not offer is refused by name.

use dmp_client::mode::{Air, BrisDeGlace, Centre15, Direct, Indirect};
use dmp_client::{
    AirNonPsRecord, AirRecord, Consent, CpeRecord, DirectRecord, IndirectRecord, QualifiedPatient, Record,
};
use dmp_vocabulary::identity::BirthDate;

use crate::acting::{Actor, Purpose};
use crate::exit::Failure;
use crate::wiring::Wired;

/// One variant for each pair of an authentication and an access mode that the DMP knows.
pub(crate) enum Opened {
    Air(AirRecord),
    AirCentre15(Record<Air, Centre15>),
    AirBrisDeGlace(Record<Air, BrisDeGlace>),
    AirNonPs(AirNonPsRecord),
    Card(DirectRecord),
    CardCentre15(Record<Direct, Centre15>),
    CardBrisDeGlace(Record<Direct, BrisDeGlace>),
    Cpe(CpeRecord),
    Indirect(IndirectRecord),
    IndirectCentre15(Record<Indirect, Centre15>),
}

/// The same expression on the record of each of these variants; the others cannot.
macro_rules! on {
    ($opened:expr, [$($variant:ident)+], $what:literal, $record:ident => $body:expr) => {
        match $opened {
            $($crate::opened::Opened::$variant($record) => Ok($body),)+
            #[allow(unreachable_patterns, reason = "every variant may be listed")]
            _ => Err($crate::opened::cannot($what)),
        }
    };
}

/// Whoever it is.
macro_rules! anybody {
    ($opened:expr, $what:literal, $record:ident => $body:expr) => {
        $crate::opened::on!(
            $opened,
            [Air AirCentre15 AirBrisDeGlace AirNonPs Card CardCentre15 CardBrisDeGlace Cpe Indirect IndirectCentre15],
            $what, $record => $body
        )
    };
}

/// A person who consults, in any access mode.
macro_rules! consulting {
    ($opened:expr, $what:literal, $record:ident => $body:expr) => {
        $crate::opened::on!(
            $opened,
            [Air AirCentre15 AirBrisDeGlace Card CardCentre15 CardBrisDeGlace],
            $what, $record => $body
        )
    };
}

/// A person who consults, in normal access.
macro_rules! consulting_normally {
    ($opened:expr, $what:literal, $record:ident => $body:expr) => {
        $crate::opened::on!($opened, [Air Card], $what, $record => $body)
    };
}

/// Who feeds.
macro_rules! feeding {
    ($opened:expr, $what:literal, $record:ident => $body:expr) => {
        $crate::opened::on!(
            $opened,
            [Card CardCentre15 CardBrisDeGlace Cpe Indirect IndirectCentre15],
            $what, $record => $body
        )
    };
}

/// Who declares and lists for the structure.
macro_rules! for_structure {
    ($opened:expr, $what:literal, $record:ident => $body:expr) => {
        $crate::opened::on!($opened, [AirNonPs Cpe], $what, $record => $body)
    };
}

pub(crate) use {anybody, consulting, consulting_normally, feeding, for_structure, on};

pub(crate) fn cannot(what: &str) -> Failure {
    Failure::input(format!("{what} is not open to this actor in this access mode: see --as and --access (FUN-01)"))
}

impl Wired {
    /// The record of a patient, as `--as`, `--access`, `--reason` and `--secret` ask. In bris de glace TD0.2 is asked
    /// first: it is refused while a normal access is valid.
    pub(crate) async fn open(&self, default: Actor, patient: QualifiedPatient) -> Result<Opened, Failure> {
        self.open_with(default, patient, self.consent()?).await
    }

    pub(crate) async fn open_with(
        &self,
        default: Actor,
        patient: QualifiedPatient,
        consent: Consent,
    ) -> Result<Opened, Failure> {
        let acting = &self.acting;
        let reason = acting.reason.clone().unwrap_or_default();
        let actor = acting.actor.unwrap_or(default);
        let opened = match (actor, acting.access) {
            (Actor::Air | Actor::PlainAir, purpose) => {
                let session = if actor == Actor::Air { self.air()? } else { self.plain_air()? };
                match purpose {
                    Purpose::Normal => Opened::Air(session.record(patient, consent)?),
                    Purpose::Centre15 => Opened::AirCentre15(session.centre_15().record(patient, consent)?),
                    Purpose::BrisDeGlace => {
                        Opened::AirBrisDeGlace(session.bris_de_glace(patient, consent, reason).await?)
                    }
                }
            }
            (Actor::Card, Purpose::Normal) if self.card()?.is_cpe() => {
                Opened::Cpe(self.cpe()?.record(patient, consent)?)
            }
            (Actor::Card, purpose) => {
                let session = self.direct()?;
                match purpose {
                    Purpose::Normal => Opened::Card(session.record(patient, consent)?),
                    Purpose::Centre15 => Opened::CardCentre15(session.centre_15().record(patient, consent)?),
                    Purpose::BrisDeGlace => {
                        Opened::CardBrisDeGlace(session.bris_de_glace(patient, consent, reason).await?)
                    }
                }
            }
            (Actor::AirNonPs, Purpose::Normal) => Opened::AirNonPs(self.air_non_ps()?.record(patient, consent)?),
            (Actor::Indirect, Purpose::Normal) => Opened::Indirect(self.indirect()?.record(patient, consent)?),
            (Actor::Indirect, Purpose::Centre15) => {
                Opened::IndirectCentre15(self.indirect()?.centre_15().record(patient, consent)?)
            }
            (Actor::AirNonPs, _) | (Actor::Indirect, Purpose::BrisDeGlace) => return Err(cannot("this access mode")),
        };
        match &acting.secret {
            None => Ok(opened),
            Some(birth) => opened.in_secret(birth),
        }
    }
}

impl Opened {
    fn in_secret(self, birth: &str) -> Result<Self, Failure> {
        let birth = BirthDate::parse_hl7(&birth.replace('-', ""))
            .map_err(|error| Failure::input(format!("--secret: {error}; expected YYYY-MM-DD")))?;
        Ok(match self {
            Self::Air(record) => Self::Air(record.connexion_secrete(&birth)?),
            Self::AirCentre15(record) => Self::AirCentre15(record.connexion_secrete(&birth)?),
            Self::AirBrisDeGlace(record) => Self::AirBrisDeGlace(record.connexion_secrete(&birth)?),
            Self::AirNonPs(record) => Self::AirNonPs(record.connexion_secrete(&birth)?),
            Self::Card(record) => Self::Card(record.connexion_secrete(&birth)?),
            Self::CardCentre15(record) => Self::CardCentre15(record.connexion_secrete(&birth)?),
            Self::CardBrisDeGlace(record) => Self::CardBrisDeGlace(record.connexion_secrete(&birth)?),
            Self::Cpe(record) => Self::Cpe(record.connexion_secrete(&birth)?),
            Self::Indirect(record) => Self::Indirect(record.connexion_secrete(&birth)?),
            Self::IndirectCentre15(record) => Self::IndirectCentre15(record.connexion_secrete(&birth)?),
        })
    }
}
