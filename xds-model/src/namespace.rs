//! Namespaces of the messages.

/// ebRIM objects.
pub const RIM: &str = "urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0";
/// ebRS responses and errors.
pub const RS: &str = "urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0";
/// ebRS life cycle: SubmitObjectsRequest.
pub const LCM: &str = "urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0";
/// ebRS queries.
pub const QUERY: &str = "urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0";
/// IHE XDS.b messages.
pub const XDSB: &str = "urn:ihe:iti:xds-b:2007";
/// XOP references.
pub const XOP: &str = "http://www.w3.org/2004/08/xop/include";
