//! Feature `legacy`: TD1.3b and TD1.4, for the records that are **not** linked to Mon espace santé. Where there is a Mon
//! espace santé the holder decides there, and the DMP refuses both.

use dmp_protocol::patient::{
    AdministrativeUpdate, Dmp, Existence, RegistrationAnswer, RegistrationAuthor, RegistrationChange,
    RegistrationRequest, RegistrationResponse,
};
use dmp_protocol::transaction::Transaction;
use jiff::Timestamp;
use uuid::Uuid;

use super::actor::Professional;
use super::answer::Answered;
use super::existence::Change;
use super::mode::{Consults, Feeds};
use super::record::Record;
use super::roles;
use super::shared::Acting;
use super::watching::About;
use crate::watch::Act;
use crate::{DmpError, ErrorKind, failure};

impl<A: Consults + Feeds> Record<A> {
    /// TD1.3b, for a record outside Mon espace santé: replaces contacts, address, birth place, représentant légal and
    /// oppositions as a whole. Start from what TD1.3a says now, by [`AdministrativeUpdate::of`]. Name, sex and birth date
    /// are sent as the DMP has them.
    ///
    /// Asks TD0.2 first. After an unknown outcome read TD1.3a again, and then decide (`transactions.md` §9.1).
    ///
    /// # Errors
    /// [`DmpError`]; here, when there is no DMP or it is closed (`EX_0.2`), when it is linked to Mon espace santé
    /// (`FUN-02`), when the patient does not agree to consultation (`EX_0.3-1010`).
    pub async fn update_administrative_data(&self, update: AdministrativeUpdate) -> Result<(), DmpError> {
        let transaction = Transaction::UpdateAdministrativeData;
        self.require_consultation()?;
        let existence = self.caller.toward(act_of(transaction)).existence(&self.known).await?;
        self.known.require_open(transaction)?;
        self.register(transaction, existence, RegistrationChange::Update(Box::new(update))).await
    }

    /// TD1.4, for a record outside Mon espace santé: closes it because the patient asks for it, with a reason in French
    /// if the patient gives one. **Only the DMP can open it again**: ask for confirmation.
    ///
    /// Asks TD0.2 first: a record that is closed already is [`Change::Unchanged`], so that it may be called again after
    /// an unknown outcome.
    ///
    /// # Errors
    /// [`DmpError`]; here, when there is no DMP (`EX_0.2`), when it is linked to Mon espace santé (`FUN-02`), when the
    /// patient does not agree to consultation (`EX_0.3-1010`).
    pub async fn close(&self, reason: Option<&str>) -> Result<Change, DmpError> {
        let transaction = Transaction::CloseRecord;
        self.require_consultation()?;
        let existence = self.caller.toward(act_of(transaction)).existence(&self.known).await?;
        if let Existence::Closed(..) = existence {
            return Ok(Change::Unchanged);
        }
        self.known.require_open(transaction)?;
        self.register(transaction, existence, RegistrationChange::close(reason)).await?;
        self.known.learn_closed();
        Ok(Change::Done)
    }

    async fn register(
        &self,
        transaction: Transaction,
        existence: Existence,
        change: RegistrationChange,
    ) -> Result<(), DmpError> {
        let dmp = dmp_of(existence);
        // A DMP that does not say decides by itself.
        if dmp.attached_to_ens() == Some(true) {
            return Err(failure::Local {
                rule: "FUN-02",
                kind: ErrorKind::PatientState,
                found: "TD0.2 answered that this DMP is linked to Mon espace santé",
                expected: "a record that is not: the holder of this one changes it in Mon espace santé",
            }
            .conclusion(transaction));
        }
        let caller = &self.caller;
        let (message, now) = (Uuid::new_v4(), Timestamp::now());
        let author = author(&caller.acting, transaction)?;
        let lps = caller.shared.lps();
        let request = RegistrationRequest::new(lps, &caller.patient, dmp.traits, change, author, message, now);
        let read = |answered: &Answered| {
            let response = RegistrationResponse::read(answered.body())
                .map_err(|error| failure::unreadable(&answered.origin, error))?;
            match response.answer {
                RegistrationAnswer::Accepted { .. } => Ok(()),
                RegistrationAnswer::Refused(acknowledgement) => {
                    Err(failure::acknowledgement(&answered.origin, &acknowledgement))
                }
            }
        };
        caller.call(About::new(act_of(transaction), transaction), move |w| request.write(w), read).await
    }
}

fn act_of(transaction: Transaction) -> Act {
    match transaction {
        Transaction::CloseRecord => Act::Close,
        _ => Act::UpdateAdministrativeData,
    }
}

/// An absent DMP was refused before.
fn dmp_of(existence: Existence) -> Dmp {
    match existence {
        Existence::Active(dmp) | Existence::Closed(dmp, _) | Existence::Unknown { dmp, .. } => *dmp,
        _ => Dmp::default(),
    }
}

/// The one who acts; the DMP rejects an author who has no family or no given name.
fn author(acting: &Acting, transaction: Transaction) -> Result<RegistrationAuthor, DmpError> {
    let person = match acting {
        Acting::Direct { professional, .. } | Acting::ProSanteConnect { professional, .. } => Some(professional),
        Acting::Air { .. } | Acting::Indirect { .. } | Acting::Cpe { .. } => None,
    };
    let named = |one: &&Professional| !one.person.family.trim().is_empty() && !one.person.given.trim().is_empty();
    let Some(Professional { person, establishment }) = person.filter(named) else {
        return Err(failure::Local {
            rule: transaction.td(),
            kind: ErrorKind::Validation,
            found: "an author who is no professional with a family and a given name",
            expected: "both names, as on the card or in the directory",
        }
        .error(transaction));
    };
    let specialty = roles::author_specialty(&person.roles);
    Ok(RegistrationAuthor {
        id: person.id.as_str().to_owned(),
        specialty: specialty.map(|code| (code.code, code.display.unwrap_or_default())),
        family: person.family.clone(),
        given: person.given.clone(),
        structure: establishment.id.as_str().to_owned(),
        structure_name: Some(establishment.name.clone()).filter(|name| !name.is_empty()),
    })
}
