//! Patients and rights: `admin-data`, `authorisations`, `authorised`, `search-patient`.

use clap::{Args, ValueEnum};
use dmp_client::{
    AdministrativeData, AuthorisedList, AuthorizationMode, AuthorizedActor, FoundPatient, Gender, ListedDmp,
    PatientCriteria,
};
use dmp_protocol::patient::{PatientTraits, WireTime};
use dmp_vocabulary::identity::{BirthDate, ProfessionalId};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::acting::{Actor, Purpose};
use crate::arguments::{Patient, Shared};
use crate::consult::instant;
use crate::exit::Failure;
use crate::opened::{anybody, cannot, consulting_normally};
use crate::output::Report;
use crate::wiring::Wired;

#[derive(Debug, Args)]
pub(crate) struct AdminData {
    #[command(flatten)]
    patient: Patient,
    /// Show the identity data too: they are hidden by default (EX_1.3-1020), and only those of INSi count.
    #[arg(long)]
    show_identity: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Authorisations {
    #[command(flatten)]
    patient: Patient,
    /// Whom to list.
    #[arg(long, value_enum, default_value_t = Listed::All)]
    mode: Listed,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Listed {
    /// ACTIVE: the authorised.
    #[value(alias = "active")]
    Authorised,
    /// INTERDITE: those blocked by the patient.
    #[value(alias = "interdite")]
    Blocked,
    /// TOUTE: both.
    #[value(alias = "toute")]
    All,
}

#[derive(Debug, Args)]
pub(crate) struct Authorised {
    /// Only what happened at this date or later (YYYY-MM-DD, or an instant); absent lists all.
    #[arg(long, value_name = "DATE")]
    since: Option<String>,
    /// What must have happened since.
    #[arg(long, value_enum, default_value_t = By::Authorisation)]
    by: By,
    /// PS_IdNat of a professional of the structure: with a CPE or as air-non-ps, who list for somebody (psOwnerId).
    #[arg(long, value_name = "PS_IDNAT")]
    ps_owner: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum By {
    /// LASTAUTORIZATION: an authorisation.
    Authorisation,
    /// LASTDOC: a new document.
    Document,
}

#[derive(Debug, Args)]
pub(crate) struct SearchPatient {
    /// Family name, used or of birth.
    #[arg(long)]
    name: Option<String>,
    /// Given name.
    #[arg(long)]
    given: Option<String>,
    /// Search names that are alike, not only the same.
    #[arg(long)]
    approximate: bool,
    /// Birth date, YYYY-MM-DD.
    #[arg(long, value_name = "DATE")]
    born: Option<String>,
    /// Sex, M or F.
    #[arg(long, value_enum)]
    sex: Option<Sex>,
    /// City.
    #[arg(long)]
    city: Option<String>,
    /// Postal code.
    #[arg(long)]
    postal_code: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Sex {
    /// Male.
    #[value(name = "M", alias = "m")]
    Male,
    /// Female.
    #[value(name = "F", alias = "f")]
    Female,
}

pub(crate) async fn admin_data(shared: &Shared, arguments: &AdminData) -> Result<Report, Failure> {
    let wired = Wired::new(shared)?;
    let patient = wired.patient(&arguments.patient.ins)?;
    let opened = wired.open(Actor::Air, patient).await?;
    let data = anybody!(&opened, "TD1.3a", record => record.administrative_data().await?)?;
    let Some(data) = data else { return Ok(Report::line("no DMP").with("status", "absent")) };
    let status = if data.closing().is_some() { "closed" } else { "active" };
    let report = Report::line(status)
        .and(format!("opposed to bris de glace: {}", said(data.opposes_bris_de_glace())))
        .and(format!("opposed to régulation: {}", said(data.opposes_centre_15())))
        .with("status", status)
        .with("opposes_bris_de_glace", data.opposes_bris_de_glace())
        .with("opposes_centre_15", data.opposes_centre_15());
    Ok(if arguments.show_identity { with_identity(report, &data) } else { report })
}

fn with_identity(report: Report, data: &AdministrativeData) -> Report {
    let address = data.civil().addresses.first();
    let city = address.and_then(|address| address.city.clone());
    let telecoms: Vec<String> = data.traits().telecoms.iter().map(|telecom| telecom.url.clone()).collect();
    report
        .and(name_line(data.traits()))
        .and(format!("contacts: {}", telecoms.join(", ")))
        .and(format!("city: {}", city.as_deref().unwrap_or("-")))
        .with("traits", traits(data.traits()))
        .with("telecoms", telecoms)
        .with("city", city)
        .with("legal_representatives", data.civil().representatives.len())
}

fn said(answer: Option<bool>) -> &'static str {
    match answer {
        Some(true) => "yes",
        Some(false) => "no",
        None => "not said",
    }
}

pub(crate) async fn authorisations(shared: &Shared, arguments: &Authorisations) -> Result<Report, Failure> {
    let wired = Wired::new(shared)?;
    let opened = wired.open(Actor::Air, wired.patient(&arguments.patient.ins)?).await?;
    let mode = match arguments.mode {
        Listed::Authorised => AuthorizationMode::Active,
        Listed::Blocked => AuthorizationMode::Interdite,
        Listed::All => AuthorizationMode::Toute,
    };
    let actors = consulting_normally!(&opened, "TD1.6", record => record.authorisations(mode).await?)?;
    let lines = actors.iter().map(|actor| {
        let names = [actor.first_name.as_deref(), actor.last_name.as_deref()];
        let name: Vec<&str> = names.into_iter().flatten().collect();
        format!("{}  {}  {}", actor.mode.as_str(), actor.national_id, name.join(" "))
    });
    Ok(Report::of(lines.collect(), &actors.iter().map(actor_json).collect::<Vec<_>>()))
}

fn actor_json(actor: &AuthorizedActor) -> Value {
    json!({
        "id": actor.national_id, "id_type": actor.national_id_type, "first_name": actor.first_name,
        "last_name": actor.last_name, "mode": actor.mode.as_str(), "since": time(actor.since.as_ref()),
        "last_action": time(actor.last_action.as_ref()), "medecin_traitant": actor.is_medecin_traitant(),
        "specialties": actor.specialties.iter().map(|(code, _)| code).collect::<Vec<_>>(),
    })
}

pub(crate) async fn authorised(shared: &Shared, arguments: &Authorised) -> Result<Report, Failure> {
    let wired = Wired::new(shared)?;
    let since = arguments.since.as_deref().map(|since| instant(since, "--since", "00:00:00")).transpose()?;
    let dmps = listed(&wired, arguments, since).await?;
    let lines = dmps.iter().map(|dmp| {
        let number = dmp.ins().next().map_or("-", |id| id.extension());
        let name = dmp.used_name.as_deref().or(dmp.birth_name.as_deref()).unwrap_or("-");
        format!("{number}  {name}  {}", dmp.given.as_deref().unwrap_or("-"))
    });
    Ok(Report::of(lines.collect(), &dmps.iter().map(dmp_json).collect::<Vec<_>>()))
}

/// By whoever asks: a professional for himself, an employee for a professional of the structure, the structure.
async fn listed(wired: &Wired, arguments: &Authorised, since: Option<Timestamp>) -> Result<Vec<ListedDmp>, Failure> {
    let actor = wired.acting.actor.unwrap_or(Actor::Air);
    let cpe = actor == Actor::Card && wired.card()?.is_cpe();
    let regulation = wired.acting.access == Purpose::Centre15;
    if wired.acting.access == Purpose::BrisDeGlace || (regulation && (cpe || actor == Actor::AirNonPs)) {
        return Err(cannot("TD0.4 without a patient"));
    }
    let owner = arguments.ps_owner.as_deref().map(|owner| ProfessionalId::parse(owner, wired.identities()));
    let owner = owner.transpose().map_err(|error| Failure::input(format!("--ps-owner: {error}")))?;
    let needs_owner = cpe || actor == Actor::AirNonPs;
    let owner = match (owner, needs_owner) {
        (Some(owner), true) => Some(owner.value),
        (None, false) => None,
        (None, true) => return Err(Failure::input("--ps-owner: name a professional of the structure (FUN-03)")),
        (Some(_), false) => return Err(Failure::input("--ps-owner: a professional lists for himself (FUN-03)")),
    };
    Ok(match (actor, owner) {
        (Actor::Indirect, _) => match since {
            Some(since) if arguments.by == By::Authorisation && !regulation => {
                wired.indirect()?.authorised_since(since).await?
            }
            _ => return Err(Failure::input("--as indirect: a structure lists by --since, by authorisation (FUN-03)")),
        },
        (Actor::Card, Some(owner)) => wired.cpe()?.authorised_of(&owner, list(arguments, since)?).await?,
        (_, Some(owner)) => wired.air_non_ps()?.authorised_of(&owner, list(arguments, since)?).await?,
        (Actor::Card, None) if regulation => wired.direct()?.centre_15().authorised(list(arguments, since)?).await?,
        (Actor::Card, None) => wired.direct()?.authorised(list(arguments, since)?).await?,
        (_, None) => {
            let session = if actor == Actor::Air { wired.air()? } else { wired.plain_air()? };
            match regulation {
                true => session.centre_15().authorised(list(arguments, since)?).await?,
                false => session.authorised(list(arguments, since)?).await?,
            }
        }
    })
}

fn list(arguments: &Authorised, since: Option<Timestamp>) -> Result<AuthorisedList, Failure> {
    Ok(match (since, arguments.by) {
        (None, By::Authorisation) => AuthorisedList::all(),
        (None, By::Document) => return Err(Failure::input("--by document needs --since")),
        (Some(since), By::Authorisation) => AuthorisedList::authorised_since(since),
        (Some(since), By::Document) => AuthorisedList::documents_since(since),
    })
}

fn dmp_json(dmp: &ListedDmp) -> Value {
    json!({
        "ins": dmp.ins().map(|id| json!({"number": id.extension(), "oid": id.root})).collect::<Vec<_>>(),
        "used_name": dmp.used_name, "birth_name": dmp.birth_name, "given": dmp.given, "birth_date": dmp.birth_date,
        "medecin_traitant": dmp.medecin_traitant, "message": dmp.message,
        "last_access": time(dmp.last_access.as_ref()), "last_update": time(dmp.last_update.as_ref()),
        "last_add": time(dmp.last_add.as_ref()),
    })
}

/// The number is neither shown nor written (`EX_0.5-1020`, `EX_0.5-1030`).
pub(crate) async fn search_patient(shared: &Shared, arguments: &SearchPatient) -> Result<Report, Failure> {
    let wired = Wired::new(shared)?;
    let born = arguments.born.as_deref().map(|date| {
        let date = BirthDate::parse_hl7(&date.replace('-', ""));
        date.map(|date| date.to_hl7()).map_err(|error| Failure::input(format!("--born: {error}")))
    });
    let criteria = PatientCriteria {
        gender: arguments.sex.map(|sex| match sex {
            Sex::Male => Gender::Male,
            Sex::Female => Gender::Female,
        }),
        birth_time: born.transpose()?,
        family: arguments.name.clone(),
        given: arguments.given.clone(),
        approximate: arguments.approximate,
        city: arguments.city.clone(),
        postal_code: arguments.postal_code.clone(),
    };
    let found = match wired.acting.actor.unwrap_or(Actor::Air) {
        Actor::Air => wired.air()?.centre_15().search_patients(criteria).await?,
        Actor::PlainAir => wired.plain_air()?.centre_15().search_patients(criteria).await?,
        Actor::Card => wired.direct()?.centre_15().search_patients(criteria).await?,
        Actor::Indirect => wired.indirect()?.centre_15().search_patients(criteria).await?,
        Actor::AirNonPs => return Err(cannot("TD0.5")),
    };
    let lines = found.iter().map(|patient| {
        let percentage = patient.match_percentage().map_or("-".to_owned(), |percentage| format!("{percentage} %"));
        format!("{percentage}  {}", name_line(patient.traits()))
    });
    Ok(Report::of(lines.collect(), &found.iter().map(found_json).collect::<Vec<_>>()))
}

fn found_json(patient: &FoundPatient) -> Value {
    json!({
        "traits": traits(patient.traits()), "match_percentage": patient.match_percentage(),
        "usable": patient.is_usable(),
        "city": patient.civil().addresses.first().and_then(|address| address.city.clone()),
    })
}

fn traits(traits: &PatientTraits) -> Value {
    json!({
        "used_name": traits.used_name, "birth_name": traits.birth_name, "given": traits.given,
        "sex": traits.gender.as_ref().map(Gender::code), "birth_date": traits.birth_time,
    })
}

fn name_line(traits: &PatientTraits) -> String {
    let name = traits.used_name.as_deref().or(traits.birth_name.as_deref()).unwrap_or("-");
    format!("{name} {} {}", traits.given.join(" "), traits.birth_time.as_deref().unwrap_or("-"))
}

fn time(time: Option<&WireTime>) -> Option<&str> {
    time.map(WireTime::as_str)
}
