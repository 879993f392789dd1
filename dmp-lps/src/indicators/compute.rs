//! From the stores and the register of activity to the report.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use dmp_vocabulary::identity::Finess;
use jiff::Timestamp;

use super::counting::Counting;
use super::stances::Stances;
use super::tally::Tally;
use super::{
    Access, AccessHistory, Activity, ActivityError, ActivitySource, Feeding, FeedingHistory, IndicatorReport,
    IndicatorSettings, Period,
};
use crate::consent::StanceLedger;
use crate::context::EpisodeId;
use crate::store::StoreError;
use crate::trace::TraceError;

/// Counts the indicators: from the queue `F`, the traces `A`, the register of stances `L` and the activity `S`.
#[derive(Debug)]
pub struct Indicators<F, A, L, S> {
    feedings: F,
    accesses: A,
    ledger: L,
    activity: S,
    settings: IndicatorSettings,
}

/// A report that cannot be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IndicatorError {
    /// A store of the SDK.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The traces.
    #[error(transparent)]
    Trace(#[from] TraceError),
    /// The register of the software.
    #[error(transparent)]
    Activity(#[from] ActivityError),
}

impl<F: FeedingHistory, A: AccessHistory, L: StanceLedger, S: ActivitySource> Indicators<F, A, L, S> {
    /// Counts from these, with the default settings.
    pub fn of(feedings: F, accesses: A, ledger: L, activity: S) -> Self {
        Self { feedings, accesses, ledger, activity, settings: IndicatorSettings::default() }
    }

    /// With the settings of the establishment.
    #[must_use]
    pub fn with_settings(self, settings: IndicatorSettings) -> Self {
        Self { settings, ..self }
    }

    /// The report of a period.
    ///
    /// # Errors
    /// [`IndicatorError`].
    pub async fn report(&self, period: Period) -> Result<IndicatorReport, IndicatorError> {
        let activity = self.activity.activity(period).await?;
        let feedings = self.feedings.ended().await?;
        let accesses = self.accesses.accesses(earliest(&activity, period), period.end()).await?;
        let places = self.places(&activity, &feedings, &accesses, period).await?;

        let tally = Tally::of(&activity.sites, period, &profiles(&activity));
        let sites = &activity.sites;
        let mut counting = Counting { sites, tally, period, settings: &self.settings, places, unplaced: 0 };
        counting.feedings(&feedings);
        counting.accesses(&accesses, &activity.users);
        counting.stays(&activity, &feedings, &accesses);
        counting.messages(&activity);
        counting.integrations(&activity);
        let mut stances = Stances::of(&self.ledger);
        for stay in &activity.stays {
            counting.informed_stay(stay, stances.informed(&stay.patient, &stay.episode).await?);
        }
        for consultation in &activity.consultations {
            let informed = stances.informed(&consultation.patient, &consultation.episode).await?;
            counting.informed_consultation(consultation, informed);
        }
        Ok(IndicatorReport { lines: counting.tally.into_lines(), unplaced: counting.unplaced })
    }

    /// Where each episode took place.
    async fn places(
        &self,
        activity: &Activity,
        feedings: &[Feeding],
        accesses: &[Access],
        period: Period,
    ) -> Result<HashMap<EpisodeId, Finess>, ActivityError> {
        let stays = activity.stays.iter().map(|stay| (&stay.episode, &stay.site));
        let consultations = activity.consultations.iter().map(|one| (&one.episode, &one.site));
        let mut places: HashMap<EpisodeId, Finess> =
            stays.chain(consultations).map(|(episode, site)| (episode.clone(), site.clone())).collect();
        let fed = feedings.iter().filter(|feeding| period.contains(feeding.at)).map(|feeding| &feeding.episode);
        let read = accesses.iter().filter(|access| period.contains(access.at)).map(|access| &access.episode);
        let unknown: BTreeSet<&EpisodeId> = fed.chain(read).filter(|episode| !places.contains_key(*episode)).collect();
        for episode in unknown.into_iter().cloned().collect::<Vec<_>>() {
            if let Some(site) = self.activity.site_of(&episode).await? {
                places.insert(episode, site);
            }
        }
        Ok(places)
    }
}

/// A stay of the period may have begun before it, and documents been integrated then.
fn earliest(activity: &Activity, period: Period) -> Timestamp {
    activity.stays.iter().map(|stay| stay.entered).chain([period.start()]).min().unwrap_or_default()
}

fn profiles(activity: &Activity) -> BTreeMap<Finess, BTreeSet<String>> {
    let mut profiles: BTreeMap<Finess, BTreeSet<String>> = BTreeMap::new();
    for user in &activity.users {
        profiles.entry(user.site.clone()).or_default().insert(user.profile.clone());
    }
    profiles
}
