//! Identities and nomenclatures of the DMP: parsed once, then trusted.
//!
//! - [`Oid`], [`oids`]: object identifiers, and the ones both ends of the DMP know by heart;
//! - [`identity`]: INS of patients, numbers of professionals and structures, with the validation policy of each
//!   [`Realm`];
//! - [`nomenclature`]: the value sets (*jeux de valeurs*) the DMP and the CI-SIS check, as replaceable data.

pub mod identity;
pub mod nomenclature;
mod oid;
pub mod oids;
mod realm;

pub use oid::{MAX_OID_LENGTH, Oid, OidError};
pub use realm::Realm;
