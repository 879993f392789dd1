//! Identifiers of patients, professionals and structures (identities §1-§5).
//!
//! Every type is parsed once under an [`IdentityPolicy`] and then trusted. `parse` answers a [`Parsed`] value with the
//! problems the policy tolerated, or the [`IdentityError`] it refused. A `Realm` is enough of a policy:
//!
//! ```
//! use dmp_vocabulary::Realm;
//! use dmp_vocabulary::identity::{Ins, StructureId};
//!
//! let ins = Ins::parse("280057599900151", "1.2.250.1.213.1.4.10", Realm::Test)?.value;
//! assert_eq!(ins.to_cx(), "280057599900151^^^&1.2.250.1.213.1.4.10&ISO^NH");
//!
//! let clinic = StructureId::parse("10B0990008", Realm::Test)?.value;
//! assert_eq!(clinic.person_prefix(), '3');
//! # Ok::<(), dmp_vocabulary::identity::IdentityError>(())
//! ```
//!
//! The traits of a patient are in [`traits`], the status of an identity in [`status`]: only a
//! [`status::QualifiedIdentity`] feeds or reads the DMP \[EXI 06\]. [`InsReport`] says what is wrong with an INS without
//! showing it, [`InsDatamatrix`] reads the text of the symbol, [`GenericNumbers`] is the list that AIR asks for.
//!
//! `Debug` never shows a value and there is no `Display`: whoever wants the wire form says so with `as_str()`.
//! Serde reads and writes the wire form as a string. Reading checks the shape only, because a realm cannot be known
//! there: call `check` with the policy of the session afterwards.

mod birth_date;
mod check_digit;
mod datamatrix;
mod error;
mod generic_numbers;
mod ins;
mod ins_c;
mod ins_report;
mod number;
mod policy;
mod professional_id;
mod shape;
pub mod status;
mod structure_id;
pub mod traits;

pub use birth_date::{BirthDate, UnknownBirthday};
pub use datamatrix::InsDatamatrix;
pub use error::{IdentityError, IdentityKind, IdentityProblem, Parsed};
pub use generic_numbers::{GenericNumbers, NamedRpps, NotNominative};
pub use ins::{Ins, InsKind, ins_key};
pub use ins_c::InsC;
pub use ins_report::{InsForm, InsReport, KeyVerdict, RealmVerdict};
pub use number::{Adeli, AdeliRang, Finess, Rpps, RppsRang, Siren, Siret};
pub use policy::{IdentityPolicy, InsiOidRewrite, KeyCheck, Severity};
pub use professional_id::{ProfessionalId, ProfessionalIdKind};
pub use structure_id::{StructureId, StructureIdKind};
