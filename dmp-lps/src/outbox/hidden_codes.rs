//! Visibility flags as their codes, for stores and rules.

use dmp_client::Hidden;
use serde::{Deserialize, Deserializer, Serializer, de};

pub(super) fn serialize<S: Serializer>(flags: &[Hidden], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(flags.iter().map(|flag| flag.code()))
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Hidden>, D::Error> {
    let codes = Vec::<String>::deserialize(deserializer)?;
    let unknown = || {
        de::Error::custom(
            "not a visibility flag: expected INVISIBLE_PATIENT, INVISIBLE_REPRESENTANTS_LEGAUX or MASQUE_PS",
        )
    };
    codes.iter().map(|code| Hidden::from_code(code).ok_or_else(unknown)).collect()
}
