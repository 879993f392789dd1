//! The invented people and structures that every mock starts with.

/// Struct_IdNat of the establishment (EG): `1` + FINESS.
pub const STRUCTURE_EG: &str = "10B0990008";
/// Struct_IdNat of the legal entity (EJ) above it.
pub const STRUCTURE_EJ: &str = "11B0099001";
